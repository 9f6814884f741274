import type { Command } from 'commander';
import type { RunAccepted } from '../../core/contract/api.ts';
import { runIdArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import type { Safe } from '../escape.ts';
import { ownName, styledRunStatus } from '../outcome.ts';
import { printDocument, printLine } from '../output.ts';

interface CancelOptions extends ApiOptions {
  readonly reason?: string;
  readonly compensate?: boolean;
}

export function addCancel(program: Command): void {
  withApiOptions(program.command('cancel'))
    .description('ask a run to end: what it has begun is settled, nothing new is begun')
    .argument('<run>', 'id of the run', runIdArgument)
    .option('--compensate', 'undo what the run has done before it ends')
    .option('--reason <text>', 'why, for the record')
    .action(async (runId: string, options: CancelOptions) => {
      const { reason, compensate } = options;
      const accepted = await connect(options).cancelRun(runId, {
        ...(reason === undefined ? {} : { reason }),
        ...(compensate ? { compensate } : {}),
      });
      if (options.json) return printDocument(accepted);
      printLine(told(accepted, compensate ?? false));
    });
}

function told({ runId, status }: RunAccepted, compensate: boolean): Safe {
  if (status === 'compensating') {
    const what = safe`Run ${runId} is ${styledRunStatus(status)}: what it has done is being undone`;
    return safe`${what}; '${ownName} show ${runId}' says how far it is`;
  }
  const wish = compensate ? 'end and to undo what it has done' : 'end';
  return safe`Run ${runId} was asked to ${wish}; it is ${styledRunStatus(status)}`;
}
