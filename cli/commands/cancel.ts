import type { Command } from 'commander';
import { runIdArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { styledRunStatus } from '../outcome.ts';
import { printDocument, printLine } from '../output.ts';

export function addCancel(program: Command): void {
  withApiOptions(program.command('cancel'))
    .description('ask a run to end: what it has begun is settled, nothing new is begun')
    .argument('<run>', 'id of the run', runIdArgument)
    .option('--reason <text>', 'why, for the record')
    .action(async (runId: string, options: ApiOptions & { readonly reason?: string }) => {
      const { reason } = options;
      const accepted = await connect(options).cancelRun(runId, reason === undefined ? {} : { reason });
      if (options.json) return printDocument(accepted);
      printLine(safe`Run ${accepted.runId} was asked to end; it is ${styledRunStatus(accepted.status)}`);
    });
}
