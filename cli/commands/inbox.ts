import { Option } from 'commander';
import type { Command } from 'commander';
import type { ResolveRequest } from '../../core/contract/api.ts';
import { escalationIdArgument, limitArgument, readJsonOption } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { usageError } from '../errors.ts';
import { safe } from '../escape.ts';
import { heldBy, printEscalation } from '../escalation.ts';
import { ownName, styledRunStatus } from '../outcome.ts';
import { printDocument, printLine, printNote, printTable, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';
import { addRedrive } from './inbox-redrive.ts';
import { addTeamwork } from './inbox-teamwork.ts';
import { followRun } from '../watch/follow.ts';

interface ListOptions extends ApiOptions {
  readonly status?: 'open' | 'settled';
  readonly limit?: number;
  readonly cursor?: string;
}

interface ResolveOptions extends ApiOptions {
  readonly attest?: 'happened' | 'not-happened';
  readonly approve?: boolean;
  readonly reject?: boolean;
  readonly compensate?: boolean;
  readonly binding?: string;
  readonly output?: string;
  readonly reason: string;
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
    .action(async (escalationId: string, options: ApiOptions) => {
      const escalation = await connect(options).showEscalation(escalationId);
      if (options.json) printDocument(escalation);
      else printEscalation(escalation);
    });
  addTeamwork(inbox);
  addRedrive(inbox);
  withApiOptions(inbox.command('resolve'))
    .description(
      'say what became of a step in doubt, approve or reject a use, or have a run taken back; the run goes on',
    )
    .argument('<escalation>', 'id of the escalation', escalationIdArgument)
    .addOption(
      new Option('--attest <verdict>', 'whether the side effect took place')
        .choices(['happened', 'not-happened'])
        .conflicts(['approve', 'reject', 'compensate']),
    )
    .addOption(
      new Option('--approve', 'allow the use, with exactly the arguments that are shown').conflicts([
        'reject',
        'compensate',
      ]),
    )
    .addOption(new Option('--reject', 'do not allow the use; the run is declined'))
    .addOption(
      new Option('--compensate', 'do not go on after a failure: undo what the run has done').conflicts('reject'),
    )
    .option('--binding <binding>', 'of the use as it was shown, so that nothing else is approved')
    .option('--output <json|file>', 'what the action would have answered, if it happened: JSON, a file, or -')
    .requiredOption('--reason <text>', 'how you know, or why, for the record')
    .option('--watch', 'show how the run goes on until it is over or waits for a person')
    .action(async (escalationId: string, options: ResolveOptions) => {
      const request = await resolutionOf(options);
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

async function resolutionOf({
  attest,
  approve,
  reject,
  compensate,
  binding,
  output,
  reason,
}: ResolveOptions): Promise<ResolveRequest> {
  if (approve || reject) {
    if (output !== undefined) throw usageError('--output belongs to --attest happened; leave it out.');
    return { resolution: approve ? 'approve' : 'reject', reason, ...(binding === undefined ? {} : { binding }) };
  }
  if (binding !== undefined) throw usageError('--binding belongs to --approve and --reject; leave it out.');
  if (compensate) {
    if (output !== undefined) throw usageError('--output belongs to --attest happened; leave it out.');
    return { resolution: 'compensate', reason };
  }
  if (attest === undefined) {
    throw usageError(
      'Say what you decide: --attest happened, --attest not-happened, --approve, --reject or --compensate.',
    );
  }
  return {
    resolution: 'attest',
    happened: attest === 'happened',
    reason,
    ...(output === undefined ? {} : { output: await readJsonOption('--output', output) }),
  };
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
