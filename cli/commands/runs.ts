import type { Command } from 'commander';
import { limitArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { ownName, styledRunStatus } from '../outcome.ts';
import { printDocument, printLine, printNote, printTable } from '../output.ts';

interface RunsOptions extends ApiOptions {
  readonly status?: string;
  readonly agent?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export function addRuns(program: Command): void {
  withApiOptions(program.command('runs'))
    .description('list runs, newest first')
    .option('--status <list>', 'only runs with one of these statuses, e.g. failed,escalated')
    .option('--agent <name>', 'only runs of this agent')
    .option('--limit <count>', 'runs on a page (1 to 100)', limitArgument)
    .option('--cursor <cursor>', 'the page that a previous answer named')
    .action(async (options: RunsOptions) => {
      const { status, agent, limit, cursor } = options;
      const page = await connect(options).listRuns({
        ...(status === undefined ? {} : { status }),
        ...(agent === undefined ? {} : { agent }),
        ...(limit === undefined ? {} : { limit }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (options.json) return printDocument(page);
      if (page.items.length === 0) printNote(safe`There are no runs here.`);
      else {
        printTable(
          ['RUN', 'AGENT', 'STATUS', 'CREATED'],
          page.items.map((run) => [run.runId, run.agent, styledRunStatus(run.status), run.createdAt]),
        );
      }
      const same = `${status === undefined ? '' : ` --status ${status}`}${agent === undefined ? '' : ` --agent ${agent}`}`;
      if (page.nextCursor !== null) printLine(safe`More: ${ownName} runs${same} --cursor ${page.nextCursor}`);
    });
}
