import { Option } from 'commander';
import type { Command } from 'commander';
import { runStatuses } from '../../core/contract/api.ts';
import type { RunStatus } from '../../core/contract/api.ts';
import { limitArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { ownName, styledRunStatus } from '../outcome.ts';
import { printDocument, printLine, printNote, printTable } from '../output.ts';

interface PageOptions extends ApiOptions {
  readonly status?: RunStatus;
  readonly agent?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export function addRuns(program: Command): void {
  withApiOptions(program.command('runs'))
    .description('list runs, newest first')
    .addOption(new Option('--status <status>', 'only those of this status').choices(runStatuses))
    .option('--agent <agent>', 'only those of this agent')
    .option('--limit <count>', 'runs on a page (1 to 100)', limitArgument)
    .option('--cursor <cursor>', 'the page that a previous answer named')
    .action(async (options: PageOptions) => {
      const { limit, cursor, status, agent } = options;
      const page = await connect(options).listRuns({
        ...(status === undefined ? {} : { status }),
        ...(agent === undefined ? {} : { agent }),
        ...(limit === undefined ? {} : { limit }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (options.json) return printDocument(page);
      if (page.items.length === 0 && page.nextCursor === null) printNote(safe`There are no runs here.`);
      else if (page.items.length === 0) printNote(safe`None of the runs that were looked at is one of these.`);
      else {
        printTable(
          ['RUN', 'AGENT', 'STATUS', 'CREATED'],
          page.items.map((run) => [run.runId, run.agent, styledRunStatus(run.status), run.createdAt]),
        );
      }
      if (page.nextCursor !== null) {
        const filter = [...(status ? ['--status', status] : []), ...(agent ? ['--agent', agent] : [])];
        printLine(safe`More: ${[ownName, 'runs', ...filter, '--cursor', page.nextCursor].join(' ')}`);
      }
    });
}
