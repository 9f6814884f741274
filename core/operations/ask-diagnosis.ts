import { toolList } from '../authz/tool-list.ts';
import { usedAction } from '../model/alternatives.ts';
import { healthOf } from '../model/breaker.ts';
import type { DiagnosisInput } from '../model/diagnosis-input.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { modelSkillId, questionId, sealedTexts } from '../model/model-step.ts';
import type { PlanStepInput } from '../model/plan.ts';
import { reactions } from '../model/reaction.ts';
import type { Registry } from '../model/skill.ts';
import { isForPlans } from '../model/model-step.ts';
import type { Ports } from '../ports/index.ts';
import { ledgerRefOf, windowSteps } from './open-steps.ts';
import type { Proposal } from './accept-proposal.ts';
import { actionOf } from './plan-provenance.ts';
import type { RecoveryCase } from './recovery-case.ts';
import { renderTemplate } from './render-template.ts';
import type { RunReader } from './run-reader.ts';

const mostPlanned = 60;
/** Newest results that the question tells. */
const mostResults = 20;
const mostEvidenceCharacters = 240;

export interface QuestionDependencies {
  readonly ports: Pick<Ports, 'ledger' | 'breakers' | 'clock'>;
  readonly registry: Registry;
  readonly reader: RunReader;
}

/**
 * The revision that asks a model why a step has failed and what to do: one optional step, so that a run whose model cannot
 * be asked is no worse off.
 *
 * @param round 1, and 2 when the first decision was not allowed
 */
export async function questionAbout(
  failed: RecoveryCase,
  round: number,
  problems: readonly string[],
  dependencies: QuestionDependencies,
): Promise<Proposal> {
  const { head, request, plans } = failed.run;
  const actions = usableActions(failed, dependencies.registry);
  const skills = [...new Set(actions.map((name) => usedAction(name).skill))].toSorted();
  const diagnosis = await told(failed, actions, dependencies);
  const texts = {
    ...{ goal: request.goal, inputUntrusted: request.untrusted, round, problems: [...problems] },
    ...{ skills, diagnosis: diagnosis as unknown as Json },
  };
  const results = windowSteps(head, plans).flatMap(({ step, status }) =>
    status === 'completed' && isForPlans(step.skill, step.action) ? [step.id] : [],
  );
  const step: PlanStepInput = {
    id: questionId('diagnose', head.revision + 1),
    ...{ skill: modelSkillId, action: 'diagnose', optional: true },
    input: {
      ...{ texts: sealedTexts(texts), input: '${input}' },
      told: { since: head.revision + 1, steps: results.slice(-mostResults) },
    },
    why: `Step '${failed.id}' failed, and nobody else has planned for that.`,
  };
  return failed.question([step], round);
}

/** What a recovery of this step may use, as `HotelDesk:v1/book`: actions of the plan, and granted alternatives of the step. */
export function usableActions({ run, planned, uses }: RecoveryCase, registry: Registry): string[] {
  const { head, plans, agent, request } = run;
  const granted = new Set(toolList(agent, registry, { tenantId: request.tenantId, nowMs: 0 }).map(({ name }) => name));
  const first = usedAction(planned);
  const alternatives = actionOf(registry, first.skill, first.action)?.alternatives ?? [];
  const ofPlan = [...plans.values()].flatMap(({ steps, revision }) =>
    revision > head.revision ? [] : steps.map(({ skill, action }) => `${skill}/${action}`),
  );
  return [...new Set([uses, planned, ...ofPlan, ...alternatives])].filter((name) => granted.has(name));
}

async function told(
  failed: RecoveryCase,
  actions: readonly string[],
  { ports, registry, reader }: QuestionDependencies,
): Promise<DiagnosisInput> {
  const { run, entry, failure, story, left } = failed;
  const { head, plans, request } = run;
  const { step } = entry;
  const { ledger, breakers, clock } = ports;
  const action = actionOf(registry, step.skill, step.action);
  const sensitive = [...(action?.sensitive ?? [])];
  const dependencies = [
    ...new Set(actions.flatMap((name) => registry.skills.get(usedAction(name).skill)?.dependency ?? [])),
  ];
  const [item, rendered, known] = await Promise.all([
    ledger.read(ledgerRefOf(head, step)),
    renderTemplate(step.input, head.revision, head, request, reader),
    dependencies.length === 0 ? [] : breakers.readMany(dependencies),
  ]);
  const nowMs = clock.now();
  const { again, advice } = reactions[failure.class];
  const window = windowSteps(head, plans).filter((one) => isForPlans(one.step.skill, one.step.action));
  return {
    step: {
      ...{ id: step.id, skill: step.skill, action: step.action, why: step.why, optional: step.optional ?? false },
      ...{ effect: action?.effect.class ?? 'N', arguments: step.input, sensitive },
    },
    ...(rendered.ok ? { sent: masked(rendered.value as JsonObject, sensitive) } : {}),
    failure: { class: failure.class, message: failure.message },
    attempts: item?.sends ?? 0,
    evidence: (item?.evidence ?? []).map(({ kind, detail }) => ({
      kind,
      detail: detail.slice(0, mostEvidenceCharacters),
    })),
    proven: item === undefined || item.status === 'FAILED' || item.status === 'CANCELED',
    reaction: { again, advice },
    plan: window.slice(-mostPlanned).map(({ step: one, status }) => ({
      ...{ id: one.id, uses: `${one.skill}/${one.action}`, status, after: one.after, why: one.why },
    })),
    alternatives: actions.filter((name) => name !== failed.uses),
    dependencies: known.map((one) => ({ dependency: one.dependency, breaker: healthOf(one, nowMs) })),
    tried: [...story],
    left: { step: Math.max(0, left.step - 1), run: Math.max(0, left.run - 1) },
    secondsLeft: Math.max(0, Math.floor((head.deadlineMs - nowMs) / 1_000)),
  };
}

/** Without the values of sensitive arguments: a decision may not change them, so it need not see them. */
function masked(input: JsonObject, sensitive: readonly string[]): JsonObject {
  const hidden = (value: Json, path: readonly string[]): Json => {
    const [part, ...rest] = path;
    if (part === undefined) return '(sensitive, not shown)';
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part))
      return value;
    return { ...value, [part]: hidden(value[part] ?? null, rest) };
  };
  return sensitive.reduce<JsonObject>((value, path) => hidden(value, path.split('.')) as JsonObject, input);
}
