import type { InboxNotification } from './inbox-notification.ts';
import { visibleText } from './visible-text.ts';

/** A message that Slack and what imitates it show. */
export interface ChatMessage {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: 'section' | 'context';
    readonly text?: { readonly type: 'mrkdwn'; readonly text: string };
    readonly elements?: readonly { readonly type: 'mrkdwn'; readonly text: string }[];
  }[];
}

const what: Readonly<Record<InboxNotification['event'], string>> = {
  opened: 'needs a person',
  reminded: 'still needs a person',
  handedOver: 'needs somebody else, since nobody has answered',
  lapsed: 'was answered by nobody in time',
};
const reasonCharacters = 1_000;

/** One line for people, in which nothing tricks the eye. */
export function notificationLine({ event, agent, kind, reason }: InboxNotification): string {
  return `A run of ${agent} ${what[event]} (${kind}): ${visibleText(reason).shown.slice(0, reasonCharacters)}`;
}

/** The same for a chat. Words of agents cannot mention anybody or pose as a link. */
export function chatMessage(notification: InboxNotification): ChatMessage {
  const { escalationId, runId, assignedTo, lapsesAtMs } = notification;
  const facts = [
    `escalation \`${escalationId}\``,
    `run \`${runId}\``,
    ...(assignedTo === undefined ? [] : [`for ${escaped(visibleText(assignedTo).shown)}`]),
    ...(lapsesAtMs === undefined ? [] : [`until ${new Date(lapsesAtMs).toISOString()}`]),
  ];
  const text = escaped(notificationLine(notification));
  return {
    text,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      { type: 'context', elements: facts.map((fact) => ({ type: 'mrkdwn', text: fact })) },
    ],
  };
}

/** https://docs.slack.dev/messaging/formatting-message-text: these three are all that has a meaning of its own. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
