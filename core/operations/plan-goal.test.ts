import * as z from 'zod';
import { expect, it } from 'vitest';
import { allowing } from '../../test/fixtures/authorizers.ts';
import { CountingIds } from '../../test/fixtures/counting-ids.ts';
import { ManualClock } from '../../test/fixtures/manual-clock.ts';
import { memoryReach } from '../../test/fixtures/memory-reach.ts';
import { MemoryBlobStore, MemoryBreakerStore, MemoryEffectLedger, MemoryRunStore } from '../adapters/memory/index.ts';
import { principalOf } from '../authz/principal.ts';
import { withModels } from '../authz/with-models.ts';
import { limits } from '../contract/limits.ts';
import type { DecideResult } from '../contract/machine.ts';
import type { StepOutcome } from '../model/step.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { AgentDefinition, SkillDefinition } from '../model/skill.ts';
import type { ModelClient, Ports } from '../ports/index.ts';
import { createAdvance } from './advance-run.ts';
import { answerModelStep } from './answer-model-step.ts';
import { executeStep } from './execute-step.ts';
import { ModelChain } from './model-chain.ts';
import { modelSkill } from './model-skill.ts';
import { startRun } from './start-run.ts';
import { Breakers } from './with-breaker.ts';

const turns = 80;
const tenantId = 'acme';
const options = [{ option: 'go on', chosen: true, reason: 'The goal is not reached.' }];

const counter: SkillDefinition = {
  kind: 'skill',
  id: 'Counter:v1',
  release: '1.0.0',
  description: 'Adds one to a number.',
  settings: [],
  actions: {
    add: {
      description: 'The number that follows value.',
      input: z.object({ value: z.int() }),
      output: z.object({ value: z.int() }),
      effect: { class: 'P' },
      timeoutSeconds: 10,
      maxAttempts: 1,
      run: (input) => Promise.resolve({ value: (input as { value: number }).value + 1 }),
    },
  },
};
/** The same under another name. */
const other: SkillDefinition = { ...counter, id: 'Other:v1' };
const agent: AgentDefinition = {
  kind: 'agent',
  name: 'counting',
  description: 'Counts.',
  grants: ['Counter:v1', 'Other:v1'],
  deadlineSeconds: 3_600,
  planning: 'incremental',
  playbooks: {},
};

/** Plans one more step, or shortens; keeps what it was asked. */
class Planner implements ModelClient {
  readonly prompts: { readonly purpose: 'plan' | 'compact'; readonly text: string }[] = [];
  #turn = 0;
  #summaries = 0;

  ask({ parts }: Parameters<ModelClient['ask']>[0]): ReturnType<ModelClient['ask']> {
    const text = parts.map((part) => part.text).join('\n');
    const purpose = text.includes('# Your task: compact') ? 'compact' : 'plan';
    this.prompts.push({ purpose, text });
    return Promise.resolve({
      text: JSON.stringify(purpose === 'compact' ? this.#summary() : this.#step()),
      ...{ reasoning: '', ending: 'complete', latencyMs: 0 },
      usage: { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 10 },
    });
  }

  #summary(): object {
    this.#summaries += 1;
    return { summary: `SUMMARY-${this.#summaries}` };
  }

  #step(): object {
    this.#turn += 1;
    const value = this.#turn === 1 ? 0 : `\${steps.add-${this.#turn - 1}.output.value}`;
    const step = { id: `add-${this.#turn}`, skill: 'Counter:v1', action: 'add', input: { value }, why: 'It is next.' };
    const output = { value: `\${steps.add-${this.#turn}.output.value}` };
    const last = this.#turn === turns;
    return { reasoning: 'Go on.', options, decision: 'plan', steps: [step], final: last, ...(last ? { output } : {}) };
  }
}

/** Carries a goal run out in memory. Gives the last decision. */
async function carryOut(model: ModelClient, habits: Partial<AgentDefinition> = {}): Promise<DecideResult> {
  const skills = new Map([counter, other].map((skill) => [skill.id, skill] as const));
  const agents = new Map([[agent.name, { ...agent, ...habits }]]);
  const registry = withModels({ skills, agents }, ['fake:one'], modelSkill());
  const clock = new ManualClock();
  const ids = new CountingIds();
  const ports: Ports = {
    ...{ runs: new MemoryRunStore(), ledger: new MemoryEffectLedger(), blobs: new MemoryBlobStore(), clock, ids },
    ...memoryReach(),
    http: { request: () => Promise.reject(new Error('nothing here goes out')) } as unknown as Ports['http'],
    engine: { start: () => Promise.resolve('started'), succeedTask: () => Promise.resolve('stale') },
  };
  const breakers = new Breakers({ breakers: new MemoryBreakerStore(), clock, ids, unrecorded: () => undefined });
  const functions = { arnOf: (skillId: string) => `function:${skillId}` };
  const dependencies = { ports, registry, functions, authorizer: allowing };
  const request = { agent: agent.name, goal: 'Count, one step after the other.' };
  const principal = principalOf({ tenant: tenantId, sub: 'test', scope: 'runs:write' });
  const { runId } = await startRun({ principal, idempotencyKey: undefined, request }, dependencies);
  const advance = createAdvance({ ...dependencies, limits: limits.parse({}), epoch: undefined });

  const identity = { tenantId, runId, agent: agent.name, generation: 1 };
  let decision = await advance(identity);
  for (;;) {
    if (decision.next === 'continue') decision = await advance(identity);
    else if (decision.next !== 'execute') return decision;
    else {
      const outcomes: StepOutcome[] = [];
      for (const { request: step } of decision.items) {
        const think = answerModelStep(step, {
          ...{ registry, client: model, spend: ports.spend, clock, prices: () => 1, tenantDay: {} },
          chainOver: (models, client) => new ModelChain({ models, client, breakers }),
        });
        const skill = step.skill === modelSkillId ? modelSkill(think) : (skills.get(step.skill) ?? counter);
        const worker = { epoch: undefined, deadlineMs: clock.now() + 600_000, settings: {}, authorizer: allowing };
        outcomes.push(await executeStep(step, skill, ports, worker));
      }
      decision = await advance({ ...identity, state: decision.state, outcomes });
    }
  }
}

it('a run of 80 turns is told of what was before in a summary, and of no result that the summary speaks of', async () => {
  const planner = new Planner();
  expect(await carryOut(planner)).toMatchObject({ next: 'done', status: 'completed' });

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
    expect(next?.text).not.toMatch(/"step":"add-\d+"/);
  });
  const told = prompts.map(({ text }) => text.match(/"step":"add-\d+"/g)?.length ?? 0);
  expect(Math.max(...told)).toBe(31);
});

it('a plan that gives the id of a step that it was told of to another is refused, however long that step is over', async () => {
  const add = (skill: string): object => ({ id: 'add', skill, action: 'add', input: { value: 1 }, why: 'It is next.' });
  const said = { reasoning: 'Go on.', options };
  const answers = [
    { ...said, decision: 'plan', steps: [add('Counter:v1')] },
    { ...said, satisfied: false, findings: ['One more is missing.'] },
    { ...said, decision: 'plan', steps: [add('Other:v1')] },
    { ...said, decision: 'done' },
    { ...said, satisfied: true, findings: [] },
  ];
  const prompts: string[] = [];
  const model: ModelClient = {
    ask: ({ parts }) => {
      prompts.push(parts.map((part) => part.text).join('\n'));
      return Promise.resolve({
        text: JSON.stringify(answers[prompts.length - 1]),
        ...{ reasoning: '', ending: 'complete', latencyMs: 0 },
        usage: { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 10 },
      });
    },
  };
  const habits = { planning: 'upfront', verify: true } as const;
  expect(await carryOut(model, habits)).toMatchObject({ next: 'done', status: 'completed' });
  expect(prompts).toHaveLength(5);
  expect(prompts[3]).toContain("Step 'add' of an earlier revision has begun or is over");
});
