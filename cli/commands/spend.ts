import { Option } from 'commander';
import type { Command } from 'commander';
import type { SpendGroup } from '../../core/contract/api.ts';
import { spendGroups } from '../../core/contract/api.ts';
import { dayArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { printDocument, printNote, printTable } from '../output.ts';

interface SpendOptions extends ApiOptions {
  readonly by: SpendGroup;
  readonly from?: string;
  readonly to?: string;
}

export function addSpend(program: Command): void {
  withApiOptions(program.command('spend'))
    .description('show what was spent on models')
    .addOption(new Option('--by <group>', 'a line for each of these').choices(spendGroups).default('agent'))
    .option('--from <day>', 'first day in UTC, such as 2026-11-27 (default: 29 days before the last)', dayArgument)
    .option('--to <day>', 'last day in UTC (default: today)', dayArgument)
    .action(async (options: SpendOptions) => {
      const { by, from, to } = options;
      const spend = await connect(options).showSpend({
        by,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
      if (options.json) return printDocument(spend);
      if (spend.items.length === 0) {
        return printNote(safe`Nothing was spent on models from ${spend.from} to ${spend.to}.`);
      }
      const rows = [...spend.items, { key: 'total', ...spend.total }];
      printTable(
        [by.toUpperCase(), 'USD', 'TOKENS', 'CALLS'],
        rows.map(({ key, usd, tokens, calls }) => [key, usd, tokens, calls]),
      );
      printNote(safe`From ${spend.from} to ${spend.to}, UTC. Calls that are still under way are not in it.`);
    });
}
