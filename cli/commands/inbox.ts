import { Option } from 'commander';
import type { Command } from 'commander';
import { escalationIdArgument, limitArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { heldBy, printEscalation } from '../escalation.ts';
import { ownName, styledRunStatus } from '../outcome.ts';
import { decisionOf, withResolution } from '../resolution.ts';
import type { WrittenDecision } from '../resolution.ts';
import { printDocument, printLine, printNote, printTable, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';
import { terminalPrompts, workInbox } from '../interactive.ts';
import { addRedrive } from './inbox-redrive.ts';
import { addTeamwork } from './inbox-teamwork.ts';
import { followRun } from '../watch/follow.ts';

interface ListOptions extends ApiOptions {
  readonly status?: 'open' | 'settled';
  readonly limit?: number;
  readonly cursor?: string;
}

interface ResolveOptions extends ApiOptions, WrittenDecision {
  readonly watch?: boolean;
}

export function addInbox(program: Command, setExitCode: SetExitCode): void {
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
    .addOption(
      new Option('--format <format>', 'for another inbox: the HumanInterrupt of LangChain').choices([
        'human-interrupt',
      ]),
    )
    .action(async (escalationId: string, options: ApiOptions & { readonly format?: string }) => {
      if (options.format !== undefined) return printDocument(await connect(options).showInterrupt(escalationId));
      const escalation = await connect(options).showEscalation(escalationId);
      if (options.json) printDocument(escalation);
      else printEscalation(escalation);
    });
  withApiOptions(inbox.command('work'))
    .description('go through what is open: shows each case, asks what is to be done, and does it')
    .argument('[escalation]', 'only this one', escalationIdArgument)
    .action(async (escalationId: string | undefined, options: ApiOptions) => {
      const prompts = terminalPrompts();
      await workInbox(connect(options), prompts, escalationId);
    });
  addTeamwork(inbox);
  addRedrive(inbox);
  withResolution(
    withApiOptions(inbox.command('resolve'))
      .description('decide about an escalation; `inbox show` says what may be decided, and the run goes on from there')
      .argument('<escalation>', 'id of the escalation', escalationIdArgument),
  )
    .option('--watch', 'show how the run goes on until it is over or waits for a person')
    .action(async (escalationId: string, options: ResolveOptions) => {
      const request = await decisionOf(options);
      const client = connect(options);
      const accepted = await client.resolveEscalation(escalationId, request);
      if (options.watch) {
        setExitCode(await followRun(client, accepted.runId, options.json ?? false));
      } else if (options.json) {
        printDocument(accepted);
      } else {
        printLine(safe`Run ${accepted.runId} is ${styledRunStatus(accepted.status)}`);
      }
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
      ['ESCALATION', 'KIND', 'RUN', 'STEP', 'OPENED', 'HELD BY', 'REASON'],
      page.items.map((item) => [
        item.escalationId,
        styled('yellow', item.kind),
        item.runId,
        item.stepId ?? '',
        item.openedAt,
        heldBy(item) ?? item.assignedTo ?? '',
        item.reason,
      ]),
    );
  }
  if (page.nextCursor !== null) {
    printLine(safe`More: ${ownName} inbox list --status ${status ?? 'open'} --cursor ${page.nextCursor}`);
  }
}
