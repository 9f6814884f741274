import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { allowing } from '../../test/fixtures/authorizers.ts';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { MemoryBlobStore, MemoryBreakerStore, MemoryEffectLedger, MemoryRunStore } from '../adapters/memory/index.ts';
import { principalOf } from '../authz/principal.ts';
import { withModels } from '../authz/with-models.ts';
import { limits } from '../contract/limits.ts';
import type { DecideResult } from '../contract/machine.ts';
import { jsonSizeBytes } from '../model/json.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { StepOutcome } from '../model/step.ts';
import type { ActionDefinition, AgentDefinition, SkillDefinition } from '../model/skill.ts';
import type { ModelClient, Ports } from '../ports/index.ts';
import { createAdvance } from './advance-run.ts';
import { answerModelStep } from './answer-model-step.ts';
import { executeStep } from './execute-step.ts';
import { ModelChain } from './model-chain.ts';
import { modelSkill } from './model-skill.ts';
import { startRun } from './start-run.ts';
import { Breakers } from './with-breaker.ts';

const tenantId = 'acme';
const considered = { reasoning: 'Go on.', options: [{ option: 'go on', chosen: true, reason: 'It is not reached.' }] };

function counterOf(id: string): SkillDefinition {
  const action = (run: (value: number) => number, trust: Pick<ActionDefinition, 'trust'> = {}): ActionDefinition => ({
    description: 'The number that follows value.',
    input: z.object({ value: z.int() }),
    output: z.object({ value: z.int() }),
    effect: { class: 'P' },
    ...trust,
    timeoutSeconds: 10,
    maxAttempts: 1,
    run: async (input) => ({ value: run((input as { value: number }).value) }),
  });
  return {
    ...{ kind: 'skill', id, release: '1.0.0', description: 'Adds one to a number.', settings: [] },
    ...{ dependency: id === 'Counter:v1' ? 'counter-api' : 'other-api' },
    actions: {
      add: action((value) => value + 1),
      hear: action((value) => value + 1, { trust: 'untrusted' }),
      stumble: action(() => {
        throw new Error('there was a stone');
      }),
    },
  };
}
const counters = [counterOf('Counter:v1'), counterOf('Other:v1')];

/** A model, and what it was asked. */
class Planner implements ModelClient {
  readonly prompts: { readonly purpose: string; readonly text: string }[] = [];
  readonly #answerTo: (purpose: string, round: number) => object;

  /** @param answerTo gives an answer; `round` counts the questions of a purpose from 1 */
  constructor(answerTo: (purpose: string, round: number) => object) {
    this.#answerTo = answerTo;
  }

  ask({ parts }: Parameters<ModelClient['ask']>[0]): ReturnType<ModelClient['ask']> {
    const text = parts.map((part) => part.text).join('\n');
    const purpose = [...text.matchAll(/# (?:Your task|This time): (\w+)/g)].at(-1)?.[1] ?? '';
    this.prompts.push({ purpose, text });
    const answer = this.#answerTo(purpose, this.asked(purpose).length);
    return Promise.resolve({
      text: JSON.stringify(answer),
      ...{ reasoning: '', ending: 'complete', latencyMs: 0 },
      usage: { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 10 },
    });
  }

  asked(purpose: string): string[] {
    return this.prompts.flatMap((prompt) => (prompt.purpose === purpose ? prompt.text : []));
  }

  get purposes(): string {
    return this.prompts.map(({ purpose }) => purpose).join(' ');
  }
}

interface StepDraft {
  readonly action?: string;
  readonly skill?: string;
  readonly id?: string;
}

/** Step `number` of a chain in which each takes the value of the one before. */
function chained(number: number, { action = 'add', skill = 'Counter:v1', id }: StepDraft = {}): object {
  const value = number === 1 ? 0 : `\${steps.add-${number - 1}.output.value}`;
  return { id: id ?? `add-${number}`, skill, action, input: { value }, why: 'It is next.' };
}

function plan(steps: readonly object[], last?: number): object {
  const output = last === undefined ? {} : { output: { value: `\${steps.add-${last}.output.value}` } };
  return { ...considered, decision: 'plan', steps, final: last !== undefined, ...output };
}

/** One step after the other. */
function counting(turns: number, drafts: Readonly<Record<number, StepDraft>> = {}): Planner {
  return new Planner((purpose, round) => {
    if (purpose === 'compact') return { summary: `SUMMARY-${round}` };
    return plan([chained(round, drafts[round])], round === turns ? turns : undefined);
  });
}

/** Carries a goal run out in memory. */
async function carryOut(
  model: ModelClient,
  given: Partial<AgentDefinition>,
  options: { readonly forgetful?: boolean; readonly isolated?: string } = {},
): Promise<{ readonly decision: DecideResult; readonly plans: readonly PlanRevision[] }> {
  const agent: AgentDefinition = {
    ...{ kind: 'agent', name: 'counting', description: 'Counts.', grants: counters.map(({ id }) => id) },
    ...{ deadlineSeconds: 3_600, planning: 'incremental', playbooks: {} },
    ...given,
  };
  const skills = new Map(counters.map((counter) => [counter.id, counter]));
  const registry = withModels({ skills, agents: new Map([[agent.name, agent]]) }, ['fake:one'], modelSkill());
  const clock = new ManualClock();
  const ids = new CountingIds();
  const ports: Ports = {
    ...{ runs: new MemoryRunStore(), ledger: new MemoryEffectLedger(), blobs: new MemoryBlobStore(), clock, ids },
    ...memoryReach(),
    http: { request: () => Promise.reject(new Error('nothing here goes out')) } as unknown as Ports['http'],
    engine: { start: () => Promise.resolve('started'), succeedTask: () => Promise.resolve('stale') },
  };
  const { isolated: dependency } = options;
  const store = new MemoryBreakerStore();
  if (dependency !== undefined) {
    const held = { state: 'isolated', by: 'ann', reason: 'wrong answers', writeToken: 'ann' } as const;
    await store.write({ ...held, dependency }, undefined);
  }
  const breakers = new Breakers({ breakers: store, clock, ids, unrecorded: () => undefined });
  const functions = { arnOf: (skillId: string) => `function:${skillId}` };
  const dependencies = { ports, registry, functions, authorizer: allowing };
  const request = { agent: agent.name, goal: 'Count, one step after the other.' };
  const principal = principalOf({ tenant: tenantId, sub: 'test', scope: 'runs:write' });
  const { runId } = await startRun({ principal, idempotencyKey: undefined, request }, dependencies);
  const open = () => createAdvance({ ...dependencies, limits: limits.parse({}), epoch: undefined });
  const advanceWarm = open();
  const advance: typeof advanceWarm = (event) => (options.forgetful ? open() : advanceWarm)(event);

  const identity = { tenantId, runId, agent: agent.name, generation: 1 };
  let decision = await advance(identity);
  while (decision.next === 'continue' || decision.next === 'execute') {
    if (decision.next === 'continue') {
      decision = await advance(identity);
      continue;
    }
    const outcomes: StepOutcome[] = [];
    for (const { request: step } of decision.items) {
      const think = answerModelStep(step, {
        ...{ registry, client: model, spend: ports.spend, clock, prices: () => 1, tenantDay: {} },
        chainOver: (models, client) => new ModelChain({ models, client, breakers }),
        breakers,
      });
      const skill = skills.get(step.skill) ?? modelSkill(think);
      const worker = { epoch: undefined, deadlineMs: clock.now() + 600_000, settings: {}, authorizer: allowing };
      outcomes.push(await executeStep(step, skill, ports, worker));
    }
    decision = await advance({ ...identity, state: decision.state, outcomes });
  }
  const plans: PlanRevision[] = [];
  for (let revision = 1; ; revision += 1) {
    const found = await ports.runs.readPlan(identity, revision);
    if (!found) return { decision, plans };
    plans.push(found);
  }
}

const completed = { next: 'done', status: 'completed' };
const toldIn = (text: string): string[] => [...text.matchAll(/"step":"([^"]+)"/g)].map(([, id = '']) => id);

describe('a run of 80 turns', () => {
  it('is told of what was before in a summary, and of no result that the summary speaks of', async () => {
    const planner = counting(80);
    expect((await carryOut(planner, {})).decision).toMatchObject(completed);

    const { prompts } = planner;
    const compacted = prompts.flatMap(({ purpose }, index) => (purpose === 'compact' ? [index] : []));
    expect(compacted).toHaveLength(2);
    compacted.forEach((index, earlier) => {
      // The newest summary stands for the one before it, too.
      expect(prompts[index]?.text.includes(`SUMMARY-${earlier}`)).toBe(earlier > 0);
      const next = prompts[index + 1];
      expect(next?.purpose).toBe('plan');
      expect(next?.text).toContain(`SUMMARY-${earlier + 1}`);
      expect(next?.text).not.toContain(`SUMMARY-${earlier}"`);
      expect(toldIn(next?.text ?? '')).toEqual([]);
    });
    expect(Math.max(...prompts.map(({ text }) => toldIn(text).length))).toBe(31);
  });

  it('is told of every result since the last summary, each once, in order', async () => {
    const planner = counting(80);
    await carryOut(planner, {});
    let [turn, told] = [0, [] as string[]];
    for (const { purpose, text } of planner.prompts) {
      expect(toldIn(text)).toEqual(told);
      if (purpose === 'compact') told = [];
      else told = [...told, `add-${(turn += 1)}`];
    }
    expect(turn).toBe(80);
  });

  it('has revisions that do not grow', async () => {
    const { plans } = await carryOut(counting(80), {});
    const sizes = plans.map(jsonSizeBytes);
    // The numbers in them, and the name of the summary.
    expect(Math.max(...sizes) - Math.max(...sizes.slice(0, 10))).toBeLessThan(200);
  });

  it('asks the same bytes when every decision is made by a process that remembers nothing', async () => {
    const [warm, cold] = [counting(40), counting(40)];
    await carryOut(warm, {});
    await carryOut(cold, {}, { forgetful: true });
    expect(cold.prompts).toEqual(warm.prompts);
  });

  it('has read something untrusted for good, however long ago it was told', async () => {
    const { plans } = await carryOut(counting(80, { 5: { action: 'hear' } }), {});
    const reads = plans.filter(({ author }) => author === 'planner').map(({ read }) => read);
    expect(reads).toHaveLength(80);
    expect(reads.slice(0, 5)).not.toContain('untrusted');
    expect(new Set(reads.slice(5))).toEqual(new Set(['untrusted']));
  });
});

it('a planner is told which of its skills cannot be called now, after all that stays the same', async () => {
  const [calm, warned, unconcerned] = [counting(3), counting(3), counting(3)];
  await carryOut(calm, {});
  await carryOut(warned, {}, { isolated: 'counter-api' });
  await carryOut(unconcerned, {}, { isolated: 'nobody-needs-it' });
  const block = '<data name="breakers" trust="trusted">\n{"skill":"Counter:v1","breaker":"isolated"}\n</data>\n';
  expect(warned.prompts.map(({ text }) => text.split(block))).toEqual(
    calm.prompts.map(({ text }) => [text.slice(0, text.lastIndexOf('Round ')), text.slice(text.lastIndexOf('Round '))]),
  );
  expect(unconcerned.prompts).toEqual(calm.prompts);
});

it('an id that a model is told of is not free for a step of another skill', async () => {
  const planner = new Planner((_purpose, round) => {
    if (round === 7) return plan([chained(7, { skill: 'Other:v1', id: 'add-2' })]);
    return plan([chained(round < 7 ? round : round - 1)], round === 9 ? 8 : undefined);
  });
  expect((await carryOut(planner, {})).decision).toMatchObject(completed);
  expect(planner.prompts).toHaveLength(9);
  expect(planner.prompts[7]?.text).toContain("Step 'add-2' of an earlier revision has begun or is over");
});

it('a step whose id no reference may name is told of like any', async () => {
  const planner = new Planner((_purpose, round) => {
    if (round === 1) return plan([chained(1, { id: 'constructor' })]);
    return plan([chained(round - 1)], round === 3 ? 2 : undefined);
  });
  expect((await carryOut(planner, {})).decision).toMatchObject(completed);
  expect(planner.prompts[1]?.text).toContain('"step":"constructor"');
});

it('an id that a question of the platform will have is not free', async () => {
  const planner = new Planner((_purpose, round) => {
    if (round === 1) return plan([chained(1, { id: 'plan-4' })]);
    return plan([chained(round - 1)], round === 3 ? 2 : undefined);
  });
  expect((await carryOut(planner, {})).decision).toMatchObject(completed);
  expect(planner.prompts[1]?.text).toContain("'plan-4' is kept for a question of the platform");
});

describe('results of a large plan are shortened', () => {
  const steps = 40;
  const chain = (): object[] => Array.from({ length: steps }, (_, index) => chained(index + 1));

  it('before they are judged, and the output stays as it was planned', async () => {
    const planner = new Planner((purpose) => {
      if (purpose === 'compact') return { summary: 'SUMMARY' };
      return purpose === 'verify' ? { ...considered, satisfied: true, findings: [] } : plan(chain(), steps);
    });
    const { decision, plans } = await carryOut(planner, { planning: 'upfront', verify: true });
    expect(decision).toMatchObject(completed);
    expect(planner.purposes).toBe('plan compact verify');
    expect(toldIn(planner.asked('compact')[0] ?? '')).toHaveLength(steps);
    expect(planner.asked('verify')[0]).toContain('"SUMMARY"');
    expect(toldIn(planner.asked('verify')[0] ?? '')).toEqual([]);
    expect(plans.at(-1)?.output).toEqual({ value: `\${steps.add-${steps}.output.value}` });
  });

  it('before a failure is planned around, which is then told', async () => {
    const planner = new Planner((purpose) => {
      if (purpose === 'compact') return { summary: 'SUMMARY' };
      if (purpose === 'revise') return plan([chained(steps + 1)], steps + 1);
      return plan([...chain(), chained(steps + 1, { id: 'fall', action: 'stumble' })], steps);
    });
    const { decision, plans } = await carryOut(planner, { planning: 'upfront' });
    expect(decision).toMatchObject(completed);
    expect(planner.purposes).toBe('plan compact revise');
    const revise = planner.asked('revise')[0] ?? '';
    expect(revise).toContain('there was a stone');
    expect(revise).toContain('"SUMMARY"');
    expect(toldIn(revise)).toEqual(['fall']);
    expect(plans.flatMap(({ supersedes = [] }) => supersedes)).toEqual(['fall']);
  });
});
