import Table from 'cli-table3';
import { Safe } from './escape.ts';
import type { Printable, Style } from './escape.ts';

/** A line of the answer, on stdout. */
export function printLine(line: Safe): void {
  process.stdout.write(`${line.text}\n`);
}

/** A line about what is going on, on stderr: never part of what a script reads. */
export function printNote(line: Safe): void {
  process.stderr.write(`${line.text}\n`);
}

/** The one JSON document of a command that was given `--json`. */
export function printDocument(value: unknown): void {
  printLine(Safe.json(value));
}

/** A styled text for stdout. */
export function styled(style: Style, value: string | Safe): Safe {
  return Safe.styled(style, value, process.stdout);
}

/** Columns without borders, under their heads. */
export function printTable(head: readonly string[], rows: readonly (readonly Printable[])[]): void {
  const cells = [
    head.map((title) => styled('bold', title)),
    ...rows.map((row) => row.map((cell) => (cell instanceof Safe ? cell : Safe.line(String(cell))))),
  ];
  const table = Safe.drawn(cells, (texts) => {
    const drawn = new Table({ chars: borderless, style: { 'padding-left': 0, 'padding-right': 2 } });
    drawn.push(...texts);
    return drawn.toString().replace(/ +$/gm, '');
  });
  printLine(table);
}

const borderless = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
);
