import { expect, it } from 'vitest';
import { escalationPage, escalationView, runAccepted } from '../../core/contract/api.ts';
import type { Prompts } from '../../cli/interactive.ts';
import { workInbox } from '../../cli/interactive.ts';
import { holdfast } from '../cli/command.ts';
import { waitingFor } from './waiting-run.ts';

/** A person who gives these answers, in turn; undefined is Ctrl-C. */
function person(answers: readonly (string | undefined)[], agrees = true) {
  const left = [...answers];
  const offered: string[] = [];
  const prompts: Prompts = {
    choose: async (_message, options) => {
      offered.push(...options.map(({ value }) => value));
      return left.shift();
    },
    write: async (message, wrong) => {
      const given = left.shift();
      const why = given === undefined ? undefined : wrong(given);
      if (why !== undefined) throw new Error(`${message} ${given}: ${why}`);
      return given;
    },
    agree: async () => agrees,
  };
  return { prompts, offered };
}

/** The command line's own client, past HTTP. */
function clientOf({ get, drive }: Awaited<ReturnType<typeof waitingFor>>) {
  const path = (id: string): string => `/v1/escalations/${id}`;
  return {
    listEscalations: () => get(escalationPage, '/v1/escalations'),
    showEscalation: (id: string) => get(escalationView, path(id)),
    claimEscalation: (id: string, body: object) => get(escalationView, `${path(id)}/claim`, { body }),
    releaseEscalation: (id: string) => get(escalationView, `${path(id)}/release`, { body: {} }),
    resolveEscalation: async (id: string, body: object) => {
      const accepted = await get(runAccepted, `${path(id)}/resolve`, { body });
      await drive();
      return accepted;
    },
  };
}

it('shows the case, offers what may be decided, asks for what that needs, and does it', async () => {
  const run = await waitingFor('failure');
  const { prompts, offered } = person(['edit', '{"text":"write"}', 'the bell is broken']);
  await workInbox(clientOf(run), prompts);
  expect(offered).toEqual([
    ...['edit', 'retry', 'happened', 'provide', 'skip', 'compensate', 'abort'],
    ...['later', 'stop'],
  ]);
  expect(await run.show()).toMatchObject({ status: 'completed' });
  expect(run.desk.sent).toEqual(['room', 'write']);
  expect((await run.listed('settled'))[0]?.settled?.reason).toBe('edited by ada: the bell is broken');
});

it('gives an item back that the person leaves, and decides nothing', async () => {
  for (const answers of [['later'], ['stop'], [undefined], ['edit', undefined], ['retry', undefined]]) {
    const run = await waitingFor('failure');
    await workInbox(clientOf(run), person(answers).prompts);
    const item = await run.item();
    expect(item.claim).toBeUndefined();
    expect(run.desk.sent).toEqual(['room']);
  }
  const run = await waitingFor('failure');
  await workInbox(clientOf(run), person(['retry', 'sure'], false).prompts);
  expect((await run.item()).claim).toBeUndefined();
});

it('approves exactly what was shown', async () => {
  const run = await waitingFor('approval');
  await workInbox(clientOf(run), person(['approve', 'fine']).prompts);
  expect(run.desk.sent).toEqual(['room', 'ring']);
});

it('says plainly that it needs a terminal', async () => {
  const { exitCode, stderr } = await holdfast(['inbox', 'work'], { env: { HOLDFAST_URL: 'http://127.0.0.1:9' } });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('there is no terminal to ask them at');
});
