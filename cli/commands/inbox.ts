import { Option } from 'commander';
import type { Command } from 'commander';
import type { EscalationView } from '../../core/contract/api.ts';
import { escalationIdArgument, limitArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { ownName } from '../outcome.ts';
import { printDocument, printLine, printNote, printTable, styled } from '../output.ts';

interface ListOptions extends ApiOptions {
  readonly status?: 'open' | 'settled';
  readonly limit?: number;
  readonly cursor?: string;
}

export function addInbox(program: Command): void {
  const inbox = program.command('inbox').alias('escalations').description('what waits for a person');
  withApiOptions(inbox.command('list', { isDefault: true }))
    .description('list escalations, newest first')
    .addOption(new Option('--status <status>', 'which ones').choices(['open', 'settled']).default('open'))
    .option('--limit <count>', 'escalations on a page (1 to 100)', limitArgument)
    .option('--cursor <cursor>', 'the page that a previous answer named')
    .action(list);
  withApiOptions(inbox.command('show'))
    .description('show one escalation')
    .argument('<escalation>', 'id of the escalation', escalationIdArgument)
    .action(async (escalationId: string, options: ApiOptions) => {
      const escalation = await connect(options).showEscalation(escalationId);
      if (options.json) printDocument(escalation);
      else printEscalation(escalation);
    });
}

async function list(options: ListOptions): Promise<void> {
  const { status, limit, cursor } = options;
  const page = await connect(options).listEscalations({
    ...(status === undefined ? {} : { status }),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  if (options.json) return printDocument(page);
  if (page.items.length === 0) printNote(safe`Nothing here is ${status ?? 'open'}.`);
  else {
    printTable(
      ['ESCALATION', 'KIND', 'RUN', 'STEP', 'OPENED', 'REASON'],
      page.items.map((item) => [
        item.escalationId,
        styled('yellow', item.kind),
        item.runId,
        item.stepId ?? '',
        item.openedAt,
        item.reason,
      ]),
    );
  }
  if (page.nextCursor !== null) {
    printLine(safe`More: ${ownName} inbox list --status ${status ?? 'open'} --cursor ${page.nextCursor}`);
  }
}

function printEscalation(escalation: EscalationView): void {
  const { failure, settled } = escalation;
  printLine(
    safe`${styled('bold', escalation.escalationId)}  ${styled('yellow', escalation.kind)}, ${escalation.status}`,
  );
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['reason', escalation.reason],
    ['run', `${escalation.runId} (${escalation.agent})`],
    ['step', escalation.stepId === '' ? undefined : escalation.stepId],
    ['failure', failure && `${failure.class}: ${failure.message}`],
    ['opened', escalation.openedAt],
    ['settled', settled && `${settled.at} by ${settled.by}: ${settled.reason}`],
  ];
  for (const [label, value] of facts) {
    if (value !== undefined) printLine(safe`  ${styled('dim', label.padEnd(8))}  ${value}`);
  }
  if (escalation.status === 'open') {
    printLine(safe``);
    printLine(safe`The run and its steps: ${ownName} show ${escalation.runId}`);
    if (escalation.kind === 'failure' || escalation.kind === 'deadRun' || escalation.kind === 'budget') {
      printLine(safe`Try again:             ${ownName} resume ${escalation.runId} --watch`);
    }
  }
}
