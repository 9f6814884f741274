import type { RunPreview } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import { effectiveBudget } from '../model/budget.ts';
import type { Json } from '../model/json.ts';
import type { PlaybookDefinition, Registry } from '../model/skill.ts';
import { askFunction } from './plan-next.ts';
import { gatePlan, orderOf } from './run-order.ts';
import type { Order, OrderCall, OrderDependencies } from './run-order.ts';
import { effectOf } from './step-effect.ts';

/** A plan that has not passed the gate. */
interface Begun {
  readonly steps: unknown;
  readonly output: Json | undefined;
  readonly final: boolean;
}

/**
 * What a run would begin with, without starting it: what was asked for as it would be stored, and the first revision of its plan.
 * Throws a Problem for whatever is wrong with the request, as `startRun` does.
 */
export function previewRun(call: OrderCall, dependencies: OrderDependencies): RunPreview {
  const order = orderOf(call, dependencies);
  const { agent, goal, source, input, untrusted } = order;
  const budget = effectiveBudget(agent.budget, call.request.budget);
  const begun = beginningOf(order);
  return {
    ...{ agent: agent.name, goal, input, untrusted: [...untrusted] },
    source: 'playbook' in source ? 'playbook' : 'plan' in source ? 'plan' : 'model',
    ...(Object.keys(budget).length === 0 ? {} : { budget }),
    deadlineSeconds: call.request.budget?.deadlineSeconds ?? agent.deadlineSeconds,
    ...(begun === undefined ? {} : { plan: planView(begun, order, call, dependencies) }),
  };
}

function beginningOf({ agent, source, input }: Order): Begun | undefined {
  if ('plan' in source && source.plan !== undefined) {
    return { steps: source.plan.steps, output: source.plan.output, final: true };
  }
  const name = 'playbook' in source ? source.playbook : undefined;
  const playbook = name === undefined ? undefined : agent.playbooks[name];
  if (name === undefined || !playbook) return undefined;
  if (playbook.plan.kind === 'function') return firstOf(name, playbook.plan, input);
  return { steps: playbook.plan.draft.steps, output: playbook.plan.draft.output, final: true };
}

type PlaybookFunction = Extract<PlaybookDefinition['plan'], { kind: 'function' }>;

function firstOf(name: string, plan: PlaybookFunction, input: Json): Begun {
  const nothing = { count: 0, revision: 0, outputs: {}, carry: null };
  const asked = askFunction(name, `playbook ${name}`, plan.next, input, nothing, 'trusted');
  if (asked.kind === 'proposed') return asked.value;
  throw new Problem('plan-rejected', `There would be no plan: ${asked.failure.message}.`);
}

function planView(
  { steps, output, final }: Begun,
  { agent, input }: Order,
  call: OrderCall,
  dependencies: OrderDependencies,
): NonNullable<RunPreview['plan']> {
  const draft = { steps, ...(output === undefined ? {} : { output }) };
  const accepted = gatePlan(draft, input, agent, call, dependencies);
  return {
    steps: accepted.map((step) => ({
      ...{ id: step.id, skill: step.skill, action: step.action, input: step.input, why: step.why },
      ...{ optional: step.optional ?? false, after: step.after, timeoutSeconds: step.timeoutSeconds },
      ...effectClassOf(step, dependencies.registry),
    })),
    ...(output === undefined ? {} : { output }),
    final,
  };
}

function effectClassOf(step: Parameters<typeof effectOf>[0], registry: Registry) {
  const effectClass = effectOf(step, registry)?.class;
  return effectClass === undefined ? {} : { effectClass };
}
