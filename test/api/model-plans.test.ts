import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { escalationPage, planPage, runAccepted, runView, toolPage } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Registry } from '../../core/model/skill.ts';
import { defineAction, defineAgent, defineSkill } from '../../core/sdk/index.ts';
import { createWorld, tokenWith } from './world.ts';

const bank = defineSkill({
  id: 'Bank:v1',
  release: '1.0.0',
  description: 'Pays.',
  actions: {
    pay: defineAction({
      description: 'Pays somebody.',
      input: z.strictObject({ to: z.string(), text: z.string().default('') }),
      output: z.object({ receipt: z.string() }),
      sensitive: ['to'],
      run: async () => ({ receipt: 'r1' }),
    }),
    close: defineAction({
      description: 'Closes the counter.',
      input: z.strictObject({}),
      output: z.object({}),
      run: async () => ({}),
    }),
  },
});
const payer = defineAgent({
  name: 'payer',
  description: 'Pays.',
  grants: [
    { grant: 'Bank:v1/pay', when: { to: { oneOf: ['ada', 'bob'] } } },
    { grant: 'Bank:v1/close', tenants: ['other'] },
  ],
});
const registry: Registry = {
  skills: new Map([[bank.id, bank]]),
  agents: new Map([[payer.name, payer]]),
};

async function started(request: JsonObject) {
  const world = createWorld({ registry });
  const { runId } = await world.get(runAccepted, '/v1/runs', { body: { agent: 'payer', ...request } });
  await world.drive();
  return { ...world, runId, run: await world.get(runView, `/v1/runs/${runId}`) };
}
const payTo = (to: string): JsonObject => ({
  steps: [{ id: 'pay', skill: 'Bank:v1', action: 'pay', input: { to } }],
});

describe('a plan that is given with a request', () => {
  it('is the word of a person unless the request says otherwise', async () => {
    for (const author of [{}, { planAuthor: 'person' }] as JsonObject[]) {
      const { run, runId, get } = await started({ plan: payTo('ada'), ...author });
      expect(run.status).toBe('completed');
      expect((await get(planPage, `/v1/runs/${runId}/plan`)).items).toMatchObject([{ author: 'human' }]);
    }
  });

  it('waits with its sensitive arguments for a person when a model wrote it', async () => {
    const { run, runId, get } = await started({ plan: payTo('ada'), planAuthor: 'model' });
    expect(run).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'approval' } });
    const { items } = await get(escalationPage, '/v1/escalations');
    expect(items).toMatchObject([{ approval: { doubted: ['to'] } }]);
    const plans = await get(planPage, `/v1/runs/${runId}/plan`);
    expect(plans.items).toMatchObject([{ author: 'planner', reason: 'the plan of the request, which a model wrote' }]);
  });

  it('may repeat or refer to what the caller gave as input, although a model wrote it', async () => {
    for (const to of ['ada', '${input.whom}']) {
      const { run } = await started({ plan: payTo(to), planAuthor: 'model', input: { whom: 'ada' } });
      expect(run.status, to).toBe('completed');
    }
  });

  it('has an author only where there is one, and one of two', async () => {
    const { refused } = createWorld({ registry });
    const none = { agent: 'payer', goal: 'pay', planAuthor: 'model' };
    expect(await refused('plan-source-unclear', '/v1/runs', { body: none })).toMatchObject({ status: 422 });
    const other = { agent: 'payer', plan: payTo('ada'), planAuthor: 'human' };
    expect(await refused('invalid-request', '/v1/runs', { body: other })).toMatchObject({ status: 422 });
  });
});

describe('GET /v1/agents/{agent}/tools', () => {
  it('lists what the agent may use for the tenant of the token, with schemas and limits', async () => {
    const { get } = createWorld({ registry });
    const { items, nextCursor } = await get(toolPage, '/v1/agents/payer/tools');
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      {
        name: 'Bank:v1/pay',
        skill: 'Bank:v1',
        action: 'pay',
        description: 'Pays somebody.',
        input: { type: 'object', required: ['to'] },
        limits: [[expect.stringContaining('ada')]],
      },
    ]);
    const other = await get(toolPage, '/v1/agents/payer/tools', { token: await tokenWith({ tenant: 'other' }) });
    expect(other.items.map(({ name }) => name)).toEqual(['Bank:v1/pay', 'Bank:v1/close']);
  });

  it('says that there is no such agent', async () => {
    const { refused } = createWorld({ registry });
    expect(await refused('unknown-agent', '/v1/agents/Payer/tools')).toMatchObject({
      detail: "There is no agent 'Payer'. GET /v1/agents lists the agents there are.",
    });
  });
});
