import type { Command } from 'commander';
import { redrivenArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine } from '../output.ts';

interface RedriveOptions extends ApiOptions {
  readonly limit?: number;
}

/** Adds what is done about messages that nobody could take in. */
export function addRedrive(inbox: Command): void {
  withApiOptions(inbox.command('redrive'))
    .description('give messages that nobody could take in another try (scope admin)')
    .option('--limit <count>', 'messages of each queue to look at (1 to 1000; default: 100)', redrivenArgument)
    .action(async (options: RedriveOptions) => {
      const request = options.limit === undefined ? {} : { limit: options.limit };
      const report = await connect(options, ['admin']).redriveInbox(request);
      if (options.json) return printDocument(report);
      for (const { queue, moved, left, reasons, more } of report.queues) {
        const stayed = left === 0 ? '' : `, ${left} left that nobody can ever take in`;
        printLine(safe`${queue}: ${moved} sent back${stayed}${more ? '; there may be more' : ''}`);
        for (const { reason, messages } of reasons) printLine(safe`  ${messages}: ${reason}`);
      }
    });
}
