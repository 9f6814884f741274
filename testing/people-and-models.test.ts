import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ActionError, defineAction, defineAgent, definePlaybook, defineSkill } from '../core/sdk/index.ts';
import { clerk, deskSkill, DeskService } from '../test/fixtures/travel-desk.ts';
import { startFakeModels } from '../test/fixtures/fake-models.ts';
import { expectEffects, expectStatus, runAgent } from './index.ts';
import type { AgentRun, AgentRunResult, PersonalDecision } from './index.ts';

const reserve = (options: Partial<AgentRun> = {}): Promise<AgentRunResult> =>
  runAgent({
    ...{ agent: clerk, skills: [deskSkill], playbook: 'reserve', input: { what: 'a car' } },
    ...{ http: new DeskService().http, faults: [{ at: 'Desk:v1/reserve', fault: 'apply-then-drop' }] },
    ...options,
  });

describe('a person', () => {
  it('who does nothing leaves the run with them', async () => {
    const result = await reserve({ people: () => undefined });
    expectStatus(result, 'escalated');
    expect(result.escalation).toMatchObject({ kind: 'inDoubt', status: 'open', stepId: 'reserve' });
  });

  it('attests what happened, and the run goes on with it', async () => {
    const output = { id: 'R-1', what: 'a car' };
    const result = await reserve({
      people: ({ kind }, run) =>
        kind === 'inDoubt' && run.status === 'escalated'
          ? { resolution: 'attest', happened: true, output, reason: 'asked at the desk' }
          : undefined,
    });
    expectStatus(result, 'completed');
    expect(result.output).toEqual(output);
    expectEffects(result, { 'Desk:v1/reserve': 'once' });
    expect(result.escalations).toMatchObject([{ status: 'settled', settled: { by: 'person' } }]);
  });

  it('attests that nothing happened, then resumes', async () => {
    const decisions: PersonalDecision[] = [{ resolution: 'attest', happened: false }, { resolution: 'resume' }];
    const faults = [{ at: 'Desk:v1/reserve', times: 1, fault: 'hang' }] as const;
    const result = await reserve({ faults, people: () => decisions.shift() });
    expectStatus(result, 'completed');
    expect(decisions).toEqual([]);
  });

  it('cancels', async () => {
    const faults = [{ at: 'Desk:v1/reserve', fault: { status: 403 } }] as const;
    const result = await reserve({ faults, people: () => ({ resolution: 'cancel' }) });
    expectStatus(result, 'canceled');
  });

  const payer = defineAgent({
    name: 'payer',
    description: 'Pays.',
    grants: [{ grant: 'Desk:v1/charge', approval: 'required' }],
    playbooks: {
      pay: definePlaybook({
        description: 'Pay.',
        input: z.strictObject({ what: z.string() }),
        steps: [{ id: 'pay', skill: 'Desk:v1', action: 'charge', input: { what: '${input.what}' }, why: 'So.' }],
      }),
    },
  });
  it.each([
    ['approve', 'completed', 'once'],
    ['reject', 'declined', 'never'],
  ] as const)('who is asked first may %s', async (resolution, status, times) => {
    const seen: unknown[] = [];
    const result = await runAgent({
      ...{ agent: payer, skills: [deskSkill], playbook: 'pay', input: { what: 'rent' }, http: new DeskService().http },
      people: ({ approval, kind }) => {
        if (kind !== 'approval') return undefined;
        seen.push(approval?.arguments);
        return { resolution };
      },
    });
    expectStatus(result, status);
    expectEffects(result, { 'Desk:v1/charge': times });
    expect(seen).toEqual([{ what: 'rent' }]);
  });

  it('is waited for also by a run that has handed something on', async () => {
    const boss = defineAgent({
      name: 'boss',
      description: 'Hands on.',
      grants: ['Agent:v1/clerk'],
      deadline: '30d',
      playbooks: {
        pass: definePlaybook({
          description: 'Pass it on.',
          input: z.strictObject({ what: z.string() }),
          steps: [
            {
              ...{ id: 'part', skill: 'Agent:v1', action: 'clerk', why: 'The clerk knows how.' },
              input: { playbook: 'reserve', input: { what: '${input.what}' } },
            },
          ],
          output: '${steps.part.output.result}',
        }),
      },
    });
    const pass = (people?: AgentRun['people']): Promise<AgentRunResult> =>
      reserve({ agent: boss, agents: [clerk], playbook: 'pass', ...(people ? { people } : {}) });
    const left = await pass();
    expectStatus(left, 'escalated');
    expect(left.run.status).toBe('waiting');
    expect(left.runs.map(({ agent, status }) => [agent, status])).toEqual([
      ['boss', 'waiting'],
      ['clerk', 'escalated'],
    ]);
    expect(left.virtualMs).toBeLessThan(60_000);
    const output = { id: 'R-1', what: 'a car' };
    const settled = await pass(() => ({ resolution: 'attest', happened: true, output }));
    expectStatus(settled, 'completed');
    expect(settled.output).toEqual(output);
  });
});

const plan = {
  decision: 'plan',
  steps: [{ id: 'one', skill: 'Desk:v1', action: 'book', input: { what: '${input.what}' }, why: 'It is wanted.' }],
  output: '${steps.one.output.id}',
};
const planner = defineAgent({ name: 'planner', description: 'Plans.', grants: ['Desk:v1'], deadline: '1d' });
const goal = { agent: planner, skills: [deskSkill], goal: 'Book a room', input: { what: 'a room' } };

describe('a model', () => {
  it('says what the test has written for its purpose', async () => {
    const result = await runAgent({ ...goal, http: new DeskService().http, models: { plan } });
    expectStatus(result, 'completed');
    expect(result.revisions.map(({ author }) => author)).toContain('planner');
    expectEffects(result, { 'Desk:v1/book': 'once' });
    expect(result.spend.tokens).toBeGreaterThan(0);
  });

  it('answers one after the other, malformed or with an error if the test wants it', async () => {
    const busy = new ActionError('too busy', { class: 'throttled', sendOutcome: 'notDone', retryAfterMs: 600_000 });
    const result = await runAgent({ ...goal, http: new DeskService().http, models: { plan: [busy, 'no JSON', plan] } });
    expectStatus(result, 'completed');
    expect(result.virtualMs).toBeGreaterThanOrEqual(600_000);
  });

  it('may be a function that sees the question', async () => {
    const asked: string[] = [];
    const result = await runAgent({
      ...{ ...goal, http: new DeskService().http },
      models: ({ purpose, call, prompt }) => {
        asked.push(`${purpose} ${call} ${prompt.includes('Book a room')}`);
        return plan;
      },
    });
    expectStatus(result, 'completed');
    expect(asked).toEqual(['plan 1 true']);
  });

  it('without an answer is a mistake of the test', async () => {
    const http = new DeskService().http;
    await expect(runAgent({ ...goal, http, models: {} })).rejects.toThrow(/asked for 'plan'.*'models' has nothing/);
    await expect(runAgent({ ...goal, http })).rejects.toThrow(/model-not-configured/);
  });

  it('may be a server, asked through the adapter of production', async () => {
    const answer = { reasoning: 'It fits.', options: [{ option: 'x', chosen: true, reason: 'y' }], ...plan };
    const models = await startFakeModels(() => ({ kind: 'says', text: JSON.stringify(answer) }));
    try {
      const { baseUrl } = models;
      const result = await runAgent({ ...goal, http: new DeskService().http, models: { baseUrl } });
      expectStatus(result, 'completed');
    } finally {
      await models.stop();
    }
  });
});

describe('a skill without network', () => {
  it('fails under an outage as if it had one', async () => {
    const counter = defineSkill({
      id: 'Counter:v1',
      release: '1.0.0',
      description: 'Counts.',
      actions: {
        count: defineAction({
          description: 'Counts.',
          input: z.strictObject({}),
          output: z.object({ count: z.int() }),
          effect: { class: 'P' },
          maxAttempts: 10,
          run: () => Promise.resolve({ count: 1 }),
        }),
      },
    });
    const agent = defineAgent({
      name: 'counter',
      description: 'Counts.',
      grants: ['Counter:v1'],
      playbooks: {
        count: definePlaybook({
          description: 'Count.',
          input: z.strictObject({}),
          steps: [{ id: 'count', skill: 'Counter:v1', action: 'count', why: 'So.' }],
        }),
      },
    });
    const faults = [{ dependency: 'Counter:v1', downFor: '1s' }] as const;
    const result = await runAgent({ agent, skills: [counter], playbook: 'count', faults });
    expectStatus(result, 'completed');
    expectEffects(result, { 'Counter:v1/count': 'once' });
    expect(result.virtualMs).toBeGreaterThanOrEqual(1_000);
  });
});
