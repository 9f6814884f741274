import type { RunView } from '../../core/contract/api.ts';
import type { Client } from '../client.ts';
import { CliError, exitCodes } from '../errors.ts';
import type { ExitCode } from '../errors.ts';
import { exitCodeOf, ownName, printOutcome } from '../outcome.ts';
import { printDocument } from '../output.ts';
import { progressOn } from './progress.ts';
import { watchRun } from './watch-run.ts';

/**
 * Shows how a run goes on until it is over or waits for a person, then what came of it. With `json`, stdout gets the
 * run as one document and the progress goes to stderr. Ctrl-C ends the watching, not the run.
 */
export async function followRun(client: Client, runId: string, json: boolean): Promise<ExitCode> {
  const interruption = new AbortController();
  const onInterrupt = (): void => {
    interruption.abort(
      new CliError(exitCodes.interrupted, 'The watching was interrupted; the run goes on.', {
        details: [`Watch it again with: ${ownName} show ${runId} --watch`, `Stop it with: ${ownName} cancel ${runId}`],
      }),
    );
  };
  process.once('SIGINT', onInterrupt);
  try {
    const progress = progressOn(json ? process.stderr : process.stdout);
    return concludeRun(await watchRun(client, runId, progress, interruption.signal), json);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function concludeRun(run: RunView, json: boolean): ExitCode {
  if (json) {
    printDocument(run);
  } else {
    process.stdout.write('\n');
    printOutcome(run);
  }
  return exitCodeOf(run) ?? exitCodes.completed;
}
