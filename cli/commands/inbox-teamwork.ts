import type { Command } from 'commander';
import type { EscalationView } from '../../core/contract/api.ts';
import { escalationIdArgument, minutesArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine } from '../output.ts';

interface ClaimOptions extends ApiOptions {
  readonly minutes?: number;
}

interface ReassignOptions extends ApiOptions {
  readonly to: string;
  readonly reason: string;
}

interface CommentOptions extends ApiOptions {
  readonly text: string;
}

/** Adds what several people do who share an inbox. */
export function addTeamwork(inbox: Command): void {
  command(inbox, 'claim', 'take an escalation for a while, or for longer; nobody else may resolve it meanwhile')
    .option('--minutes <count>', 'how long (1 to 240; default: 15)', minutesArgument)
    .action(async (escalationId: string, options: ClaimOptions) => {
      const request = options.minutes === undefined ? {} : { minutes: options.minutes };
      const claimed = await connect(options).claimEscalation(escalationId, request);
      tell(claimed, options, `is yours until ${claimed.claim?.until ?? 'now'}`);
    });
  command(inbox, 'release', 'give an escalation back before the lease is over').action(
    async (escalationId: string, options: ApiOptions) => {
      tell(await connect(options).releaseEscalation(escalationId), options, 'is free again');
    },
  );
  command(inbox, 'reassign', 'ask another person or team')
    .requiredOption('--to <name>', 'whom')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (escalationId: string, options: ReassignOptions) => {
      const { to, reason } = options;
      tell(await connect(options).reassignEscalation(escalationId, { to, reason }), options, `is for ${to} now`);
    });
  command(inbox, 'comment', 'add a comment for whoever looks at the escalation')
    .requiredOption('--text <text>', 'the comment')
    .action(async (escalationId: string, options: CommentOptions) => {
      const { text } = options;
      tell(await connect(options).commentEscalation(escalationId, { text }), options, 'has your comment');
    });
}

function command(inbox: Command, name: string, description: string): Command {
  return withApiOptions(inbox.command(name))
    .description(description)
    .argument('<escalation>', 'id of the escalation', escalationIdArgument);
}

function tell(escalation: EscalationView, { json }: ApiOptions, said: string): void {
  if (json) printDocument(escalation);
  else printLine(safe`Escalation ${escalation.escalationId} ${said}`);
}
