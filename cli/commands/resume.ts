import type { Command } from 'commander';
import { budgetArgument, runIdArgument } from '../arguments.ts';
import type { WrittenBudget } from '../../core/model/budget.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { styledRunStatus } from '../outcome.ts';
import { printDocument, printLine } from '../output.ts';
import type { SetExitCode } from '../program.ts';
import { followRun } from '../watch/follow.ts';

interface ResumeOptions extends ApiOptions {
  readonly reason?: string;
  readonly budget?: WrittenBudget;
  readonly watch?: boolean;
}

export function addResume(program: Command, setExitCode: SetExitCode): void {
  withApiOptions(program.command('resume'))
    .description('set a run going again that waits or was escalated; failed steps are tried again')
    .argument('<run>', 'id of the run', runIdArgument)
    .option('--reason <text>', 'why, for the record')
    .option('--budget <unit=number>', 'a new limit for usd, tokens, steps or recoveries', budgetArgument)
    .option('--watch', 'show how the run goes on until it is over or waits for a person')
    .action(async (runId: string, options: ResumeOptions) => {
      const client = connect(options);
      const { reason, budget } = options;
      const accepted = await client.resumeRun(runId, {
        ...(reason === undefined ? {} : { reason }),
        ...(budget === undefined ? {} : { budget }),
      });
      if (options.watch) {
        setExitCode(await followRun(client, runId, options.json ?? false));
      } else if (options.json) {
        printDocument(accepted);
      } else {
        printLine(safe`Run ${accepted.runId} is ${styledRunStatus(accepted.status)}`);
      }
    });
}
