import type { Command } from 'commander';
import type { DecidingPolicy, GrantedAction, GrantsPage } from '../../core/contract/api.ts';
import type { Client } from '../client.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import type { Style } from '../escape.ts';
import { printDocument, printNote, printTable, styled } from '../output.ts';

interface GrantsOptions extends ApiOptions {
  readonly all?: boolean;
}

const styles: Readonly<Record<GrantedAction['decision'], Style>> = {
  allowed: 'green',
  approval: 'yellow',
  depends: 'yellow',
  denied: 'red',
};

export function addGrants(program: Command): void {
  withApiOptions(program.command('grants'))
    .description('say which actions agents may use, which wait for an approval, which are denied, and why')
    .argument('[agent]', 'name of one agent')
    .option('--all', 'also what no grant speaks of')
    .action(async (agent: string | undefined, options: GrantsOptions) => {
      const items = await allGrants(connect(options), agent);
      if (options.json) return printDocument({ items, nextCursor: null });
      const rows = items.flatMap((one) => one.actions.map((action) => ({ agent: one.agent, action })));
      const shown = rows.filter(({ action }) => options.all === true || action.because.length > 0);
      if (shown.length > 0) {
        printTable(
          ['AGENT', 'ACTION', 'DECISION', 'WHY'],
          shown.map(({ agent: name, action }) => [
            name,
            `${action.skill}/${action.action}`,
            styled(styles[action.decision], decisionOf(action)),
            whyOf(action),
          ]),
        );
      }
      const hidden = rows.length - shown.length;
      if (hidden > 0) printNote(safe`${hidden} more are denied: no grant speaks of them. Show them with --all.`);
      if (rows.length === 0) printNote(safe`The project has no agents, or no actions.`);
    });
}

/** Page by page: there are as many as the project has agents. */
async function allGrants(client: Client, agent: string | undefined): Promise<GrantsPage['items']> {
  const items: GrantsPage['items'] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listGrants({
      ...(agent === undefined ? {} : { agent }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

function decisionOf({ decision, mayBe = [] }: GrantedAction): string {
  return decision === 'depends' ? `depends (${mayBe.join(' or ')})` : decision;
}

function whyOf({ because, sensitive = [], decision, unsaid }: GrantedAction): string {
  const reasons = [
    ...because.map(policyText),
    ...(sensitive.length > 0 && decision !== 'denied' ? [`approval unless ${sensitive.join(', ')} is trusted`] : []),
    ...(unsaid === undefined ? [] : [unsaid]),
  ];
  return reasons.join('; ') || 'no grant speaks of it';
}

function policyText({ id, effect, applies, inheritedFrom, inWords }: DecidingPolicy): string {
  const words = inWords.length === 0 ? '' : `: ${inWords.join(', ')}`;
  const origin = inheritedFrom === undefined ? '' : ` from ${inheritedFrom}`;
  return `${id}${origin} ${effect}${holdings[applies]}${words}`;
}

const holdings: Readonly<Record<DecidingPolicy['applies'], string>> = {
  always: '',
  depends: ' by arguments',
  untilApproved: ' until approved',
  onceApproved: ' once approved',
  never: ' nothing here',
  fails: ' nothing, for it fails',
};
