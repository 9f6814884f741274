import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineAction, defineAgent, definePlaybook, defineSkill } from '../core/sdk/index.ts';
import { clerk, deskSkill, DeskService } from '../test/fixtures/travel-desk.ts';
import { expectEffects, expectStatus, runAgent, storyOf } from './index.ts';
import type { AgentRun } from './index.ts';

const order = (options: Partial<AgentRun> = {}): AgentRun => ({
  ...{ agent: clerk, skills: [deskSkill], playbook: 'everything', input: { what: 'a room' } },
  ...{ http: new DeskService().http },
  ...options,
});

describe('a run', () => {
  it('goes from its request to its output, as in production', async () => {
    const service = new DeskService();
    const result = await runAgent(order({ http: service.http }));
    expectStatus(result, 'completed');
    expectEffects(result, { 'Desk:v1/charge': 'once', 'Desk:v1/book': 'once', 'Desk:v1/reserve': 'once' });
    expect(result.output).toEqual({ booked: service.book.find(({ path }) => path === 'book')?.id });
    expect(result.steps.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
      ['look', 'completed', 1],
      ['charge', 'completed', 1],
      ['book', 'completed', 1],
      ['reserve', 'completed', 1],
    ]);
    expect(result.ledger.map(({ status }) => status)).toEqual(['DONE', 'DONE', 'DONE', 'DONE']);
    expect(result.effects.map(({ order: number }) => number)).toEqual([1, 2, 3, 4]);
    expect(result.effects[1]).toMatchObject({
      ...{ action: 'Desk:v1/charge', call: 'run', effectClass: 'K', attempt: 1, applied: 'yes', atMs: 0 },
      ...{ arguments: { what: 'a room' }, effectKey: service.book[0]?.reference },
    });
    expect(result.revisions).toMatchObject([{ revision: 1, author: 'playbook' }]);
    expect([result.virtualMs, result.escalations, result.unusedFaults]).toEqual([0, [], []]);
  });

  it('is the same again with the same seed, and another one with another', async () => {
    const faults = [{ at: 'Desk:v1/charge', attempt: [1, 2], fault: { status: 503 } }] as const;
    const shape = async (seed: number) => {
      const { events, effects, ledger, run, virtualMs } = await runAgent(order({ faults, seed }));
      return JSON.stringify({ events, effects, ledger, run, virtualMs });
    };
    const [first, again, other] = [await shape(7), await shape(7), await shape(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('reaches a real server through fetch, at addresses that settings name', async () => {
    const service = new DeskService();
    const server = createServer((incoming, answer) => {
      void (async () => {
        const { method = 'GET', url = '/' } = incoming;
        const body = method === 'GET' ? {} : { body: await text(incoming) };
        answer.end(await (await service.http(`http://desk.example${url}`, { method, ...body })).text());
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const http = (url: string, init: RequestInit) => fetch(url.replace('desk.example', `127.0.0.1:${port}`), init);
      expectStatus(await runAgent(order({ http })), 'completed');
      expect(service.book).toHaveLength(3);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('keeps the global fetch from skills, as production does, and from nobody else', async () => {
    const { look } = deskSkill.actions;
    const run = async (): Promise<never> =>
      fetch('http://127.0.0.1:9').then(() => Promise.reject(new Error('reached')));
    const past = { ...deskSkill, actions: { ...deskSkill.actions, look: { ...look, run } } };
    const before = globalThis.fetch;
    const result = await runAgent(order({ playbook: 'look', skills: [past] }));
    expectStatus(result, 'escalated');
    expect(result.steps[0]?.failure).toMatchObject({
      class: 'denied',
      message: expect.stringContaining('context.fetch'),
    });
    expect(globalThis.fetch).toBe(before);
  });

  it('lets skills use settings, secrets, their store and mail', async () => {
    const keeper = defineSkill({
      id: 'Keeper:v1',
      release: '1.0.0',
      description: 'Keeps notes.',
      settings: ['SENDER'],
      secrets: ['NOTE_KEY'],
      uses: ['store', 'mail'],
      actions: {
        keep: defineAction({
          description: 'Keeps one.',
          input: z.strictObject({ text: z.string() }),
          output: z.object({ length: z.int(), said: z.string() }),
          run: async ({ text }, { store, secret, settings, sendMail }) => {
            const key = await secret('NOTE_KEY');
            await store.put('note', { text });
            await sendMail({ to: ['a@example.com'], subject: settings['SENDER'] ?? '', text });
            return { length: key.length, said: `the key is ${key}` };
          },
        }),
      },
    });
    const agent = defineAgent({
      name: 'keeper',
      description: 'Keeps.',
      grants: ['Keeper:v1'],
      playbooks: {
        keep: definePlaybook({
          description: 'Keep it.',
          input: z.strictObject({}),
          steps: [{ id: 'keep', skill: 'Keeper:v1', action: 'keep', input: { text: 'hi' }, why: 'So.' }],
          output: '${steps.keep.output}',
        }),
      },
    });
    const secrets = { NOTE_KEY: 'a-secret-of-22-letters' };
    const run: AgentRun = { agent, skills: [keeper], playbook: 'keep', settings: { SENDER: 'the desk' }, secrets };
    const result = await runAgent(run);
    expectStatus(result, 'completed');
    expect(result.output).toEqual({ length: 22, said: 'the key is [secret NOTE_KEY]' });
    expect(result.mails).toMatchObject([{ subject: 'the desk', text: 'hi' }]);
    await expect(runAgent({ ...run, settings: {} })).rejects.toThrow(/needs the setting 'SENDER'/);
    await expect(runAgent({ ...run, secrets: {} })).rejects.toThrow(/the secret 'NOTE_KEY'/);
  });

  it('is refused with reasons when the test is wrong', async () => {
    const fault = 'hang';
    const wrong: [Partial<AgentRun>, RegExp][] = [
      [{ playbook: 'nothing' }, /unknown-playbook.*'everything'/s],
      [{ input: {} }, /invalid-input.*what/s],
      [{ skills: [] }, /grants a skill that the project does not have/],
      [{ skills: [deskSkill, deskSkill] }, /'Desk:v1' was given twice/],
      [{ faults: [{ at: 'Desk:v1/bok', fault }] }, /'at' names no action.*'Desk:v1\/book'/],
      [{ faults: [{ at: 'Desk:v1/charge', call: 'lookup', fault }] }, /has no lookup.*'run'/],
      [{ faults: [{ at: 'Desk:v1/charge', attempt: 0, fault }] }, /'attempt' is 0/],
      [{ faults: [{ at: 'Desk:v1/charge', fault: 'hangs' as 'hang' }] }, /'fault' is none that is known.*'hang'/],
      [{ faults: [{ dependency: 'disk', downFor: '5m' }] }, /no skill depends on 'disk'.*'desk'/],
      [{ faults: [{ store: 'ledger', calls: 0 }] }, /'calls' is 0/],
      [{ faults: [{ crash: { at: 'before', call: 0 } }] }, /'call' is 0/],
      [{ startAt: 'Monday' }, /'startAt' is 'Monday'/],
      [{ http: undefined }, /asked for .* http:\/\/desk\.example.*no network.*'http'/s],
      [
        { people: () => ({ resolution: 'approve' }), faults: [{ at: 'Desk:v1/reserve', fault }] },
        /resolution-not-allowed/,
      ],
      [{ http: () => new Promise(() => undefined), realTimeoutMs: 50 }, /within 50 ms of real time.*action\.called/s],
    ];
    for (const [options, message] of wrong) {
      await expect(runAgent(order(options)), String(message)).rejects.toThrow(message);
    }
  });

  it('tells its story', async () => {
    const result = await runAgent(order({ faults: [{ at: 'Desk:v1/reserve', fault: 'apply-then-drop' }] }));
    expect(storyOf(result)).toMatch(
      /is escalated after .*reserve \(Desk:v1\/reserve\) inDoubt, 1 attempt.*Inbox:\n {2}inDoubt, open/s,
    );
  });
});

/** Now, and not when V8 holds it to be time. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

describe('what a run leaves behind', () => {
  it(
    'is nothing: a thousand runs take a second or a few, and keep neither memory nor timers',
    { timeout: 120_000 },
    async () => {
      const faults = [{ at: 'Desk:v1/charge', fault: 'hang' }] as const;
      for (let warmUp = 0; warmUp < 50; warmUp += 1)
        await runAgent(order({ playbook: 'charge', faults, seed: warmUp }));
      const timers = process.getActiveResourcesInfo().length;
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      const startedAt = performance.now();
      for (let run = 0; run < 1_000; run += 1) await runAgent(order({ playbook: 'charge', faults, seed: run }));
      const eachMs = (performance.now() - startedAt) / 1_000;
      collectGarbage();
      const grownBytes = process.memoryUsage().heapUsed - before;
      expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(timers);
      expect(eachMs).toBeLessThan(100);
      // A leak of whole runs would be over 100 MB.
      expect(grownBytes).toBeLessThan(10 * 1024 * 1024);
    },
  );
});
