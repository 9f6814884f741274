import { expect, it } from 'vitest';
import type { InboxNotification } from './inbox-notification.ts';
import { chatMessage } from './notification-text.ts';

const notification: InboxNotification = {
  ...{ id: 'n1', event: 'opened', tenantId: 'acme', escalationId: 'esc-1', runId: 'run-1', agent: 'payer' },
  ...{ kind: 'approval', reason: 'pay <!channel> & <https://evil.example|bank>\u202e', openedAtMs: 0 },
  ...{ assignedTo: 'team <@U1>', lapsesAtMs: 86_400_000 },
};

it('a chat shows what an agent has written, and nothing of it mentions anybody, poses as a link or tricks the eye', () => {
  const { text, blocks } = chatMessage(notification);
  expect(text).toBe(
    'A run of payer needs a person (approval): pay &lt;!channel&gt; &amp; &lt;https://evil.example|bank&gt;\\u{202e}',
  );
  expect(blocks).toEqual([
    { type: 'section', text: { type: 'mrkdwn', text } },
    {
      type: 'context',
      elements: ['escalation `esc-1`', 'run `run-1`', 'for team &lt;@U1&gt;', 'until 1970-01-02T00:00:00.000Z'].map(
        (fact) => ({ type: 'mrkdwn', text: fact }),
      ),
    },
  ]);
});

it('a long reason is cut', () => {
  expect(chatMessage({ ...notification, reason: 'x'.repeat(5_000) }).text.length).toBeLessThan(1_200);
});
