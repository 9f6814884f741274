import { answersAsWell, pathsInto, usedAction } from '../model/alternatives.ts';
import type { DiagnoseAnswer } from '../model/diagnose-answer.ts';
import { changedInput, diffOf, editProblems, keepingOrder } from '../model/guarded-edit.ts';
import type { EditScope, GuardedAction } from '../model/guarded-edit.ts';
import type { Json } from '../model/json.ts';
import type { AcceptedStep, PlanStep } from '../model/plan.ts';
import type { Registry } from '../model/skill.ts';
import { contractOf } from '../model/skill-contract.ts';
import { usableActions } from './ask-diagnosis.ts';
import { windowSteps, writtenStep } from './open-steps.ts';
import type { Proposal } from './accept-proposal.ts';
import { actionOf } from './plan-provenance.ts';
import type { RecoveryCase } from './recovery-case.ts';

export type Applied =
  | { readonly kind: 'proposed'; readonly value: Proposal }
  /** The decision is not allowed; it can be asked for again with these problems. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
  /** A person is to be asked. */
  | { readonly kind: 'person'; readonly why: string }
  /** What the run has done is to be undone. */
  | { readonly kind: 'compensate'; readonly why: string };

/** What a diagnosis comes to, before the gate. Pure: it judges against what was planned, and nothing else. */
export function applied(failed: RecoveryCase, answer: DiagnoseAnswer, registry: Registry, nowMs: number): Applied {
  const { entry, run } = failed;
  const { step } = entry;
  const why = `${answer.cause} ${answer.reasoning}`.slice(0, 1_000);
  // The bytes of the step stay as they are, so they are whose they were.
  const again = { steps: [writtenStep(step)], redefines: [step.id], read: failed.read, words: failed.words, why };
  switch (answer.decision) {
    case 'escalate':
      return { kind: 'person', why: `${answer.cause} ${answer.summary ?? ''}`.trim() };
    case 'compensate':
      return { kind: 'compensate', why };
    case 'skip':
      // One that is optional was skipped when it failed.
      return wrong(`step '${step.id}' is not optional and cannot be skipped`);
    case 'retry':
      return proposed(failed.proposal({ decision: 'retry', ...again }));
    case 'wait': {
      const untilMs = nowMs + (answer.seconds ?? 0) * 1_000;
      if (untilMs >= run.head.deadlineMs) {
        const left = Math.max(0, Math.floor((run.head.deadlineMs - nowMs) / 1_000));
        return wrong(`${answer.seconds} seconds are too long: the deadline of the run is in ${left} seconds`);
      }
      return proposed(failed.proposal({ decision: 'wait', ...again, notBeforeMs: untilMs }));
    }
    case 'retryChanged': {
      const changed = changedInput(step.input, answer.changes ?? {}, answer.removes ?? []);
      return edited(failed, 'retryChanged', [{ ...writtenStep(step), input: changed }], why, registry);
    }
    case 'replace':
      return edited(failed, 'replace', answer.steps ?? [], why, registry);
  }
}

function edited(
  failed: RecoveryCase,
  decision: 'retryChanged' | 'replace',
  steps: readonly PlanStep[],
  why: string,
  registry: Registry,
): Applied {
  const scope = scopeOf(failed, registry);
  const problems = [...editProblems(steps, scope), ...unansweredProblems(failed, steps, registry)];
  if (problems.length > 0) return { kind: 'wrong', problems };
  const before = new Map([...scope.dependents, [failed.id, failed.entry.step]]);
  return proposed(
    failed.proposal({
      ...{ decision, why, read: 'untrusted' },
      steps: steps.map((step) => keepingOrder(step, before.get(step.id))),
      redefines: steps.flatMap(({ id }) => (before.has(id) ? [id] : [])),
      diff: diffOf(steps, before),
    }),
  );
}

function scopeOf(failed: RecoveryCase, registry: Registry): EditScope {
  const { run, entry, id } = failed;
  const window = windowSteps(run.head, run.plans);
  const waiting = new Map<string, AcceptedStep>();
  // Later steps wait for earlier ones, but a plan may list them in any order.
  for (let found = -1; found !== waiting.size;) {
    found = waiting.size;
    for (const { step, status } of window) {
      if (status === 'pending' && step.after.some((one) => one === id || waiting.has(one))) waiting.set(step.id, step);
    }
  }
  const defined = [...run.plans.values()].flatMap(({ steps }) => steps.map((step) => step.id));
  return {
    failed: entry.step,
    dependents: waiting,
    others: new Set(defined.filter((one) => one !== id && !waiting.has(one))),
    usable: new Map(usableActions(failed, registry).map((name) => [name, guardedAction(name, registry)])),
  };
}

function guardedAction(name: string, registry: Registry): GuardedAction {
  const { skill, action } = usedAction(name);
  const { effect, sensitive = [] } = actionOf(registry, skill, action) ?? {};
  return { effect: effect?.class ?? 'N', sensitive };
}

/** Steps that stay as they are go on asking for what the failed one would have answered. */
function unansweredProblems(
  { id, uses, run, newest }: RecoveryCase,
  steps: readonly PlanStep[],
  registry: Registry,
): string[] {
  const inPlace = steps.find((step) => step.id === id);
  if (!inPlace || `${inPlace.skill}/${inPlace.action}` === uses) return [];
  const redefined = new Set(steps.map((step) => step.id));
  const kept = windowSteps(run.head, run.plans).filter(({ step }) => !redefined.has(step.id));
  const asked = pathsInto(id, [...kept.map(({ step }): Json => step.input), newest.output ?? null]);
  const outputs = [uses, `${inPlace.skill}/${inPlace.action}`].map((name) => outputOf(name, registry));
  if (answersAsWell(outputs[0], outputs[1], asked)) return [];
  const paths = asked.map((path) => `\${${['steps', id, 'output', ...path].join('.')}}`).join(', ');
  return [`${inPlace.skill}/${inPlace.action} does not answer what others ask of step '${id}': ${paths}`];
}

function outputOf(name: string, { skills }: Registry): unknown {
  const { skill, action } = usedAction(name);
  const found = skills.get(skill);
  const actions = found ? contractOf(found).actions : {};
  return Object.hasOwn(actions, action) ? actions[action]?.output : undefined;
}

function proposed(value: Proposal): Applied {
  return { kind: 'proposed', value };
}

function wrong(problem: string): Applied {
  return { kind: 'wrong', problems: [problem] };
}
