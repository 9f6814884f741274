import { describe, expect, it } from 'vitest';
import { breakerPage, breakerView } from '../../core/contract/api.ts';
import type { BreakerState } from '../../core/model/breaker.ts';
import type { AgentDefinition, SkillDefinition } from '../../core/model/skill.ts';
import { registry as project } from './project.ts';
import { createWorld, tokenWith } from './world.ts';

const modelId = 'model:openai:gpt/small';
const depending = (id: string, dependency: string): readonly [string, SkillDefinition] => {
  const skill = project.skills.get(id);
  if (!skill) throw new Error(`The project has no ${id}.`);
  return [id, { ...skill, dependency }];
};
const agents = [...project.agents].map(([name, agent]): readonly [string, AgentDefinition] => [
  name,
  name === 'writer' ? { ...agent, models: ['openai:gpt/small'] } : agent,
]);
const registry = {
  ...project,
  skills: new Map([...project.skills, depending('Words:v1', 'word-api'), depending('Words:v2', 'word-api')]),
  agents: new Map(agents),
};

type World = ReturnType<typeof createWorld>;
const world = () => createWorld({ registry });
const stand = async ({ ports }: World, dependency: string, state: BreakerState, sinceMs?: number): Promise<void> => {
  const breaker = {
    ...state,
    dependency,
    writeToken: `${dependency}-1`,
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
  await ports.breakers.write(breaker, undefined);
};
const act = (id: string, what: string, reason: unknown = 'wrong answers') =>
  [`/v1/breakers/${encodeURIComponent(id)}/${what}`, { body: { reason } }] as const;

describe('breakers', () => {
  it('are those of what skills depend on and of the models of agents, whether or not anything was ever recorded', async () => {
    expect(await world().get(breakerPage, '/v1/breakers')).toEqual({
      items: [
        {
          ...{ breakerId: 'word-api', kind: 'dependency', dependency: 'word-api', usedBy: ['Words:v1', 'Words:v2'] },
          ...{ state: 'closed', calls: 0, failures: 0 },
        },
        {
          ...{ breakerId: modelId, kind: 'model', dependency: 'openai:gpt/small', usedBy: ['writer'] },
          ...{ state: 'closed', calls: 0, failures: 0 },
        },
      ],
      nextCursor: null,
    });
  });

  it('are none where no skill has a dependency and no agent a model', async () => {
    expect(await createWorld().get(breakerPage, '/v1/breakers')).toEqual({ items: [], nextCursor: null });
  });

  it('show what has failed lately, until when they are open, and when one call may try', async () => {
    const one = world();
    const nowMs = one.clock.now();
    const iso = (ms: number) => new Date(ms).toISOString();
    await stand(one, 'word-api', { state: 'closed', outcomes: '++-+' }, nowMs - 500);
    await stand(one, modelId, { state: 'open', untilMs: nowMs + 30_000, openForMs: 30_000 }, nowMs);
    const { items } = await one.get(breakerPage, '/v1/breakers');
    expect(items).toMatchObject([
      { state: 'closed', since: iso(nowMs - 500), calls: 4, failures: 1 },
      { state: 'open', since: iso(nowMs), openUntil: iso(nowMs + 30_000), calls: 0, failures: 0 },
    ]);
    one.clock.advance(30_000);
    expect((await one.get(breakerPage, '/v1/breakers')).items[1]?.state).toBe('half-open');
  });

  it('are isolated and closed by hand, also those of models, and remember who did so, why and when', async () => {
    const one = world();
    for (const id of ['word-api', modelId]) {
      await stand(one, id, { state: 'open', untilMs: one.clock.now() + 1, openForMs: 30_000 });
      const at = new Date(one.clock.now()).toISOString();
      const isolated = await one.get(breakerView, ...act(id, 'isolate'));
      const byHand = { act: 'isolated', by: 'ada', reason: 'wrong answers', at };
      expect(isolated).toMatchObject({ breakerId: id, state: 'isolated', since: at, byHand });
      expect(isolated).not.toHaveProperty('openUntil');
      const closed = await one.get(breakerView, ...act(id, 'close', 'repaired'));
      expect(closed).toMatchObject({ state: 'closed', byHand: { act: 'closed', by: 'ada', reason: 'repaired' } });
      const { items } = await one.get(breakerPage, '/v1/breakers');
      expect(items.find(({ breakerId }) => breakerId === id)).toEqual(closed);
    }
  });

  it('are isolated although calls move them at the same time', async () => {
    const one = world();
    const write = one.ports.breakers.write.bind(one.ports.breakers);
    let others = 3;
    one.ports.breakers.write = async (next, seen) => {
      const stored = await one.ports.breakers.read(next.dependency);
      others -= 1;
      const { dependency } = next;
      if (others >= 0) {
        const other = { dependency, state: 'closed', outcomes: '-', writeToken: `other-${others}` } as const;
        await write(other, stored?.writeToken);
      }
      return write(next, seen);
    };
    expect(await one.get(breakerView, ...act('word-api', 'isolate'))).toMatchObject({ state: 'isolated' });
    expect(await one.ports.breakers.read('word-api')).toMatchObject({ state: 'isolated', by: 'ada' });
  });

  it('that are none are 404, whatever the table holds', async () => {
    const one = world();
    await stand(one, 'old-api', { state: 'closed', outcomes: '-' });
    for (const id of ['old-api', 'openai:gpt/small', 'constructor']) {
      expect((await one.refused('unknown-breaker', ...act(id, 'close'))).detail).toContain(`'${id}'`);
    }
  });

  it('are moved only by an administrator who says why; whoever may read runs sees them', async () => {
    const one = world();
    const token = await tokenWith({ scope: 'runs:read runs:write inbox:read inbox:resolve' });
    for (const what of ['isolate', 'close']) {
      const [path, { body }] = act('word-api', what);
      await one.refused('insufficient-scope', path, { body, token });
      for (const reason of [undefined, '', 'x'.repeat(501)])
        await one.refused('invalid-request', path, { body: { reason } });
    }
    expect(await one.ports.breakers.read('word-api')).toBeUndefined();
    expect((await one.get(breakerPage, '/v1/breakers', { token })).items).toHaveLength(2);
    await one.refused('insufficient-scope', '/v1/breakers', { token: await tokenWith({ scope: 'inbox:read' }) });
  });
});
