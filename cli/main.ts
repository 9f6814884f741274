import { CommanderError } from 'commander';
import { CliError, exitCodes } from './errors.ts';
import type { ExitCode } from './errors.ts';
import { Safe, safe } from './escape.ts';
import { printDocument, printNote } from './output.ts';
import { buildProgram } from './program.ts';

/**
 * Runs one command. Returns the exit code of the process (DESIGN section 12).
 * @param argv as in process.argv
 */
export async function main(argv: readonly string[]): Promise<number> {
  // `holdfast runs | head` closes the pipe early, and that is fine.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.completed);
  });
  let exitCode: ExitCode = exitCodes.completed;
  const program = buildProgram((code) => (exitCode = code));
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return reportError(error, argv.includes('--json'));
  }
}

/** With `--json`, stdout holds a document for an error too, so that a script finds one whatever happened. */
function reportError(error: unknown, json: boolean): number {
  // Commander has already printed its message, or the help that was asked for.
  if (error instanceof CommanderError) {
    const exitCode = error.exitCode === 0 ? exitCodes.completed : exitCodes.rejected;
    if (json && exitCode !== exitCodes.completed) printDocument({ error: { exitCode, message: error.message } });
    return exitCode;
  }
  if (!(error instanceof CliError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (json) printDocument({ error: { exitCode: exitCodes.failed, message: String(error) } });
    printNote(safe`${errorMark()} this is a bug of holdfast: ${Safe.lines(text)}`);
    return exitCodes.failed;
  }
  const { exitCode, message, details, problem } = error;
  if (json) printDocument({ error: { exitCode, message, details, ...(problem === undefined ? {} : { problem }) } });
  printNote(safe`${errorMark()} ${message}`);
  for (const detail of details) printNote(safe`  ${detail}`);
  return exitCode;
}

function errorMark(): Safe {
  return Safe.styled('red', 'error:', process.stderr);
}
