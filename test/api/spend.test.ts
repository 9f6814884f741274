import { describe, expect, it } from 'vitest';
import { runAccepted, runView, spendView } from '../../core/contract/api.ts';
import { dayAfter, dayOf } from '../../core/model/day.ts';
import type { AgentDefinition } from '../../core/model/skill.ts';
import { spendOfRun } from '../../core/operations/show-spend.ts';
import { registry as project } from './project.ts';
import { createWorld, tokenWith } from './world.ts';

type World = ReturnType<typeof createWorld>;

async function spent(
  { ports }: World,
  call: { readonly key: string; readonly day: string; readonly agent?: string; readonly model?: string },
  usdMicros: number,
  tenantId = 'acme',
): Promise<void> {
  const charge = { usdMicros, tokens: 10 };
  const reservation = { tenantId, runId: 'run-1', agent: 'writer', model: 'small', worst: charge, ...call };
  await ports.spend.reserve(reservation, { run: {}, tenantDay: {} });
  await ports.spend.settle(reservation, charge);
}

describe('what was spent', () => {
  it('is shown by agent, model, day or tenant, the dearest first and days in order', async () => {
    const world = createWorld();
    await spent(world, { key: 'a', day: '2026-11-27' }, 1_500_000);
    await spent(world, { key: 'b', day: '2026-11-26', agent: 'clerk' }, 2);
    await spent(world, { key: 'c', day: '2026-11-26', model: 'large' }, 3_000_000);
    const show = (by: string) => world.get(spendView, `/v1/spend?by=${by}&from=2026-11-01&to=2026-11-30`);
    expect(await show('agent')).toEqual({
      by: 'agent',
      from: '2026-11-01',
      to: '2026-11-30',
      items: [
        { key: 'writer', usdMicros: 4_500_000, usd: '4.50', tokens: 20, calls: 2 },
        { key: 'clerk', usdMicros: 2, usd: '0.000002', tokens: 10, calls: 1 },
      ],
      total: { usdMicros: 4_500_002, usd: '4.500002', tokens: 30, calls: 3 },
    });
    const keys = async (by: string) => (await show(by)).items.map(({ key }) => key);
    expect(await keys('model')).toEqual(['large', 'small']);
    expect(await keys('day')).toEqual(['2026-11-26', '2026-11-27']);
    expect(await keys('tenant')).toEqual(['acme']);
  });

  it('is divided once more where that is asked for, so that a chart of days can show agents', async () => {
    const world = createWorld();
    await spent(world, { key: 'a', day: '2026-11-27' }, 5);
    await spent(world, { key: 'b', day: '2026-11-26', agent: 'clerk' }, 2);
    await spent(world, { key: 'c', day: '2026-11-26', model: 'large' }, 3);
    const days = 'from=2026-11-01&to=2026-11-30';
    const shown = await world.get(spendView, `/v1/spend?by=day&split=agent&${days}`);
    expect(shown).toMatchObject({ by: 'day', split: 'agent', total: { usdMicros: 10, calls: 3 } });
    expect(shown.items.map(({ key, usdMicros, parts }) => [key, usdMicros, parts])).toEqual([
      [
        ...['2026-11-26', 5],
        [
          { key: 'writer', usdMicros: 3, usd: '0.000003', tokens: 10, calls: 1 },
          { key: 'clerk', usdMicros: 2, usd: '0.000002', tokens: 10, calls: 1 },
        ],
      ],
      ['2026-11-27', 5, [{ key: 'writer', usdMicros: 5, usd: '0.000005', tokens: 10, calls: 1 }]],
    ]);
    const models = await world.get(spendView, `/v1/spend?by=model&split=day&${days}`);
    expect(models.items.map(({ key, parts }) => [key, parts?.map((part) => part.key)])).toEqual([
      ['small', ['2026-11-26', '2026-11-27']],
      ['large', ['2026-11-26']],
    ]);
  });

  it('covers the last 30 days by agent when nothing else is asked for, today included', async () => {
    const world = createWorld();
    const today = dayOf(world.clock.now());
    await spent(world, { key: 'a', day: today }, 1);
    await spent(world, { key: 'b', day: dayAfter(today, -29) }, 1);
    await spent(world, { key: 'c', day: dayAfter(today, -30) }, 1);
    const shown = await world.get(spendView, '/v1/spend');
    expect(shown).toMatchObject({ by: 'agent', from: dayAfter(today, -29), to: today, total: { calls: 2 } });
    const until = await world.get(spendView, `/v1/spend?to=${dayAfter(today, -30)}`);
    expect(until).toMatchObject({ from: dayAfter(today, -59), total: { calls: 1 } });
  });

  it('is shown of the tenant of the token only, to whoever may read runs', async () => {
    const world = createWorld();
    await spent(world, { key: 'a', day: '2026-11-27' }, 5, 'globex');
    const path = '/v1/spend?from=2026-11-01&to=2026-11-30&by=tenant';
    expect((await world.get(spendView, path)).items).toEqual([]);
    const token = await tokenWith({ tenant: 'globex', scope: 'runs:read' });
    expect((await world.get(spendView, path, { token })).items).toMatchObject([{ key: 'globex', calls: 1 }]);
    await world.refused('insufficient-scope', path, { token: await tokenWith({ scope: 'inbox:read' }) });
  });

  it.each([
    ['by=weather', "'by'"],
    ['by=day&split=day', 'is the same as'],
    ['split=agent', 'is the same as'],
    ['from=yesterday', "'from'"],
    ['from=2026-11-31', "'from'"],
    ['from=2026-11-28&to=2026-11-27', "is after 'to'"],
    ['from=2026-01-01&to=2026-11-27', 'at most 92 days'],
    ['from=2020-01-01', 'covers 1 to 92 days'],
    ['from=2999-01-01', 'covers 1 to 92 days'],
  ])('?%s is told what is wrong', async (query, said) => {
    const { detail } = await createWorld().refused('invalid-parameter', `/v1/spend?${query}`);
    expect(detail).toContain(said);
  });

  it('by a run is what its calls cost, with what is set aside', async () => {
    const world = createWorld();
    await spent(world, { key: 'a', day: '2026-11-27' }, 7);
    expect(await spendOfRun({ tenantId: 'acme', runId: 'run-1' }, world.ports)).toEqual({ usdMicros: 7, tokens: 10 });
  });
});

describe('the budget of a run', () => {
  const greet = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
  const writer = project.agents.get('writer');
  if (!writer) throw new Error('The project has no writer.');
  const thrifty: AgentDefinition = { ...writer, budget: { usd: 0.5, steps: 9 } };
  const registry = { ...project, agents: new Map([...project.agents, ['writer', thrifty]]) };

  it('is the less of what its agent and its request allow, and is shown', async () => {
    const { get, runs } = createWorld({ registry });
    const budget = { usd: 2, tokens: 1_000, steps: 5, recoveries: 0 };
    const { runId } = await get(runAccepted, '/v1/runs', { body: { ...greet, budget } });
    const kept = { usdMicros: 500_000, tokens: 1_000, steps: 5, recoveries: 0 };
    expect((await runs.readRequest({ tenantId: 'acme', runId }))?.budget).toEqual(kept);
    expect((await get(runView, `/v1/runs/${runId}`)).budget).toEqual(kept);
  });

  it('is not shown where nothing is limited', async () => {
    const { get, runs } = createWorld();
    const { runId } = await get(runAccepted, '/v1/runs', { body: greet });
    expect((await runs.readRequest({ tenantId: 'acme', runId }))?.budget).toEqual({});
    expect(await get(runView, `/v1/runs/${runId}`)).not.toHaveProperty('budget');
  });

  it('is refused outside of its bounds', async () => {
    const { refused } = createWorld();
    const budget = { usd: 0.000_000_1, tokens: 0, steps: 100_001, recoveries: -1 };
    const { problems } = await refused('invalid-request', '/v1/runs', { body: { ...greet, budget } });
    expect(problems?.map(({ path }) => path)).toEqual([
      'budget.usd',
      'budget.tokens',
      'budget.steps',
      'budget.recoveries',
    ]);
    expect(problems?.[0]?.message).toContain('at most 6 decimals');
  });
});
