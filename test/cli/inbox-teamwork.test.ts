import { expect, it } from 'vitest';
import type { EscalationView } from '../../core/contract/api.ts';
import { Problem } from '../../core/contract/problems.ts';
import { holdfast } from './command.ts';
import { escalationId, runId, platformsOfTests } from './platform.ts';

const platformWith = platformsOfTests();

const until = '2099-01-01T00:15:00.000Z';
const item = (change: Partial<EscalationView> = {}): EscalationView => ({
  ...{ escalationId, runId, agent: 'trip-planner', kind: 'inDoubt', status: 'open', reason: 'no answer' },
  openedAt: '2026-11-28T00:00:00.000Z',
  ...change,
});

it('what a team does with an item is sent as the options say', async () => {
  const { platform, env } = await platformWith({
    claimEscalation: () => item({ claim: { by: 'ada', until } }),
    releaseEscalation: () => item(),
    reassignEscalation: () => item({ assignedTo: 'team-b' }),
    commentEscalation: () => item(),
  });
  const run = async (...args: string[]) => (await holdfast(['inbox', ...args], { env })).stdout;
  expect(await run('claim', escalationId)).toBe(`Escalation ${escalationId} is yours until ${until}\n`);
  await run('claim', escalationId, '--minutes', '30');
  expect(await run('release', escalationId)).toBe(`Escalation ${escalationId} is free again\n`);
  const reassign = ['reassign', escalationId, '--to', 'team-b', '--reason', 'they know'];
  expect(await run(...reassign)).toBe(`Escalation ${escalationId} is for team-b now\n`);
  expect(JSON.parse(await run('comment', escalationId, '--text', 'asked them', '--json'))).toEqual(item());
  expect(platform.received.map(({ body }) => body)).toEqual([
    {},
    { minutes: 30 },
    {},
    { to: 'team-b', reason: 'they know' },
    { text: 'asked them' },
  ]);
});

it('a claim that somebody else has is told with who and until when, and exits with 2', async () => {
  const { env } = await platformWith({
    claimEscalation: () => {
      throw new Problem('escalation-claimed', `Escalation '${escalationId}' is claimed by grace until ${until}.`);
    },
  });
  const ended = await holdfast(['inbox', 'claim', escalationId], { env });
  expect(ended.exitCode).toBe(2);
  expect(ended.stderr).toContain(`is claimed by grace until ${until}`);
});

it('an item is shown with who has it, whom it is for, and its history', async () => {
  const at = '2026-11-28T01:00:00.000Z';
  const { env } = await platformWith({
    showEscalation: () =>
      item({
        assignedTo: 'team-b',
        claim: { by: 'grace', until },
        history: [
          { act: 'reassigned', by: 'ada', at, to: 'team-b', text: 'they know' },
          { act: 'commented', by: 'grace', at, text: 'asking\u202e the desk' },
        ],
      }),
    listEscalations: () => ({ items: [item({ claim: { by: 'grace', until } })], nextCursor: null }),
  });
  const { stdout } = await holdfast(['inbox', 'show', escalationId], { env });
  expect(stdout).toContain(`by grace until ${until}`);
  expect(stdout).toContain('ada reassigned to team-b: they know');
  expect(stdout).toContain('asking\\u{202e} the desk');
  expect((await holdfast(['inbox'], { env })).stdout).toContain('grace');
});

it.each([
  ['0', 'claim'],
  ['241', 'claim'],
  ['1.5', 'claim'],
])('a claim of %s minutes is wrong use', async (minutes, what) => {
  const ended = await holdfast(['inbox', what, escalationId, '--minutes', minutes], {});
  expect(ended.exitCode).toBe(2);
  expect(ended.stderr).toContain('1 to 240 minutes');
});

it('a redrive says how many messages went back, how many stay, and why they had been given up', async () => {
  const { platform, env } = await platformWith({
    redriveInbox: () => ({
      queues: [
        {
          ...{ queue: 'escalations', moved: 3, left: 1, more: true },
          reasons: [
            { reason: 'it was given up after several tries', messages: 3 },
            { reason: 'it is not JSON', messages: 1 },
          ],
        },
      ],
    }),
  });
  const { stdout } = await holdfast(['inbox', 'redrive', '--limit', '4'], { env });
  expect(stdout).toBe(
    [
      'escalations: 3 sent back, 1 left that nobody can ever take in; there may be more',
      '  3: it was given up after several tries',
      '  1: it is not JSON',
      '',
    ].join('\n'),
  );
  expect(platform.received.map(({ body }) => body)).toEqual([{ limit: 4 }]);
});
