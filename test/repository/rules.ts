import type { Scan } from '../layers/scan.ts';

/** Words that say nothing wherever they stand in a name. */
const emptyWords = new Set(['manager', 'helper', 'util', 'utility', 'common', 'shared', 'info', 'handle']);
/** Words that say nothing as the noun of a name: `run-data` could be anything, a `data-stack` is a stack. */
const emptyNouns = new Set(['data', 'process']);

/** Why the last part of a path is no name, or undefined. */
export function forbiddenName(path: string): string | undefined {
  const last = path.split('/').at(-1) ?? '';
  const [stem = ''] = last.replace(/^\./, '').split('.');
  const words = stem
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map(singular);
  const empty = words.find((word) => emptyWords.has(word)) ?? words.slice(-1).find((word) => emptyNouns.has(word));
  return empty === undefined ? undefined : `${path}: '${empty}' says nothing; name the thing (docs/glossary.md)`;
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word === 'processes') return 'process';
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/**
 * Uses of the clock, of chance, of the network and of the environment in core. Only adapters may reach for them;
 * everything else takes them from a port, so that a crash harness can stand in between and a test is repeatable.
 */
export function ambientUses(path: string, source: Pick<Scan, 'ambient'>): string[] {
  if (!path.startsWith('core/') || path.startsWith('core/adapters/')) return [];
  return source.ambient.map(
    ({ what, line }) => `${path}:${line} uses ${what}; take a port (Clock, Ids, Http) or a parameter`,
  );
}
