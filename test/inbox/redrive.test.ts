import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SqsUndeliveredQueues } from '../../core/adapters/notifications/index.ts';
import { redriveUndelivered } from '../../core/operations/redrive-undelivered.ts';
import { startEventSource } from '../../local/event-sources.ts';
import { escalationOf } from '../conformance/records.ts';
import { batchOf, startQueues } from './queues.ts';

let queues: Awaited<ReturnType<typeof startQueues>>;
beforeEach(async () => {
  queues = await startQueues(['escalations', 'dead-letters']);
});
afterEach(() => queues.stop());

const good = (number: number): string => {
  const { status: _, version: __, writeToken: ___, taskToken, ...notice } = escalationOf(number);
  return JSON.stringify({ notice, taskToken });
};
const died = JSON.stringify({
  source: 'aws.states',
  detail: {
    ...{ name: 'run-1-g1', status: 'FAILED', error: null, cause: null },
    input: JSON.stringify({ tenantId: 'acme', runId: 'run-1', agent: 'writer', generation: 1 }),
  },
});
const clock = { now: () => Date.now(), sleep: async () => undefined };
const redrive = (limit = 100, client: Pick<SQSClient, 'send'> = queues.client) =>
  redriveUndelivered(limit, { undelivered: new SqsUndeliveredQueues(client, queues.redriven), clock });

it('sends back what can be read, says why it had been given up, and leaves what nobody can ever read', async () => {
  await queues.fill('escalations-dlq', [
    ...Array.from({ length: 23 }, (_, index) => good(index)),
    'no JSON',
    '{"a":1}',
  ]);
  await queues.fill('dead-letters-dlq', [died, '{"detail":{"name":"x","status":"FAILED","input":"?"}}']);
  const again = 'it was given up after several tries; the log of its function says why';
  const { queues: reports } = await redrive();
  expect(reports).toMatchObject([
    { queue: 'escalations', moved: 23, left: 2, more: false },
    { queue: 'dead-letters', moved: 1, left: 1, more: false },
  ]);
  expect(reports[0]?.reasons.toSorted((a, b) => b.messages - a.messages)).toMatchObject([
    { reason: again, messages: 23 },
    { messages: 1 },
    { messages: 1 },
  ]);
  expect(reports[1]?.reasons.map(({ reason }) => reason).toSorted()).toEqual([
    'it is no message of this platform',
    again,
  ]);
  expect(
    ['escalations', 'escalations-dlq', 'dead-letters', 'dead-letters-dlq'].map((name) => queues.size(name)),
  ).toEqual([23, 2, 1, 1]);
  // What was left is there for the next look.
  expect((await redrive()).queues).toMatchObject([
    { moved: 0, left: 2 },
    { moved: 0, left: 1 },
  ]);
});

it('looks at no more messages than it is told to, and says that there may be more', async () => {
  await queues.fill(
    'escalations-dlq',
    Array.from({ length: 35 }, (_, index) => good(index)),
  );
  const [first] = (await redrive(20)).queues;
  expect(first).toMatchObject({ moved: 20, more: true });
  expect((await redrive(20)).queues[0]).toMatchObject({ moved: 15, more: false });
  expect(queues.size('escalations')).toBe(35);
});

it('that dies between sending and removing has a message twice, and loses none', async () => {
  await queues.fill('escalations-dlq', [good(1), good(2), good(3)]);
  let removed = 0;
  const dying = {
    send: vi.fn(async (command: { readonly constructor: { readonly name: string } }, ...rest: unknown[]) => {
      if (command.constructor.name === 'DeleteMessageCommand' && removed++ === 1) throw new Error('the process died');
      return (queues.client.send as (...args: unknown[]) => Promise<unknown>)(command, ...rest);
    }),
  } as unknown as Pick<SQSClient, 'send'>;
  await expect(redrive(100, dying)).rejects.toThrow('the process died');
  const all = queues.size('escalations') + queues.size('escalations-dlq');
  expect(all).toBe(4);
  const taken: string[] = [];
  const consume = batchOf(async (body) => void taken.push(body));
  const source = startEventSource(queues.urlOf('escalations'), queues.endpoint, consume, () => undefined);
  await vi.waitFor(() => expect(queues.size('escalations')).toBe(0), { timeout: 10_000 });
  await source.stop();
  expect(taken).toHaveLength(2);
});

it('has nothing to do where there is nothing to redrive', async () => {
  expect(await redrive()).toEqual({
    queues: ['escalations', 'dead-letters'].map((queue) => ({ queue, moved: 0, left: 0, reasons: [], more: false })),
  });
  expect(await redriveUndelivered(10, { clock })).toEqual({ queues: [] });
});
