import * as z from 'zod';
import { canonicalJson, jsonHash } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { diagnoseAnswer } from '../../model/diagnose-answer.ts';
import { planAnswer, verifyAnswer } from '../../model/model-answers.ts';
import { modelSkillId, openedTexts } from '../../model/model-step.ts';
import type { AcceptedStep, PlanRevision } from '../../model/plan.ts';
import type { RecoveryNote } from '../../model/recovery.ts';
import { thinkInput } from '../../model/think-input.ts';
import type { Happening, PlanDiff, SelfReported } from '../../model/trace.ts';
import { isoTime } from '../iso-time.ts';
import type { RevisionItems } from './revision-items.ts';
import { placeOf } from './revision-items.ts';

type PlanHappening = Extract<Happening, { type: 'plan.created' }>;
type RejectedPlan = Extract<Happening, { type: 'plan.rejected' }>;

/** How the plan came to be: what was rejected or went wrong before it, and the revision itself. */
export function planHappenings(items: RevisionItems): Happening[] {
  const { plan } = items;
  if (!plan) return [];
  const texts = textsOf(plan);
  const atMs = plan.createdAtMs;
  const { failures = [], findings = [], problems = [], round = 1 } = texts;
  const wrong = failures.length > 0 || findings.length > 0;
  const asksAgain = plan.recovery ? rejectedRecovery : rejectedPlan;
  return [
    ...(problems.length > 0 ? [asksAgain(items, atMs, problems, round)] : []),
    ...ruled(plan),
    ...(wrong
      ? [
          {
            ...({ type: 'recovery.diagnosed', atMs, by: 'planner', findings } as const),
            failures: failures.map(({ stepId, class: failureClass, message }) => ({
              stepId,
              class: failureClass,
              message,
            })),
            ...{ decision: 'replan', why: plan.reason },
          },
        ]
      : []),
    revisionOf(plan, items),
  ];
}

/** Steps that wait for no other of the same revision have 1, and every other one more than the last that it waits for. */
export function wavesOf({ steps }: PlanRevision): ReadonlyMap<string, number> {
  const own = new Map(steps.map((step) => [step.id, step]));
  const waves = new Map<string, number>();
  const waveOf = (step: AcceptedStep): number => {
    const known = waves.get(step.id);
    if (known !== undefined) return known;
    // The gate lets no circle through; of one that is there all the same, somebody has to be first.
    waves.set(step.id, 1);
    const before = step.after.flatMap((id) => own.get(id) ?? []);
    const wave = 1 + Math.max(0, ...before.map(waveOf));
    waves.set(step.id, wave);
    return wave;
  };
  steps.forEach(waveOf);
  return waves;
}

function revisionOf(plan: PlanRevision, items: RevisionItems): PlanHappening | Happening {
  const { revision, basedOn, author, read, reason, final, output, considered, createdAtMs: atMs } = plan;
  const waves = wavesOf(plan);
  const model = author === 'planner' ? selfReportedIn(items) : undefined;
  return {
    ...{ type: revision === 1 ? 'plan.created' : 'plan.revised', atMs, basedOn, author, read, reason, final },
    steps: plan.steps.map(({ id, skill, action, input, why, after, optional = false, compensates }) => ({
      ...{ id, skill, action, input: inputOf({ skill, input }), why, after, optional },
      wave: waves.get(id) ?? 1,
      ...(compensates === undefined ? {} : { undoes: compensates.stepId }),
    })),
    ...(output === undefined ? {} : { output }),
    diff: diffOf(plan, items.previous),
    ...(considered === undefined ? {} : { considered }),
    unavailable: author === 'planner' ? unavailableIn(items) : [],
    ...(model === undefined ? {} : { model }),
    ...(plan.recovery === undefined ? {} : { recovery: recoveryOf(plan.recovery) }),
    ...(plan.takesBack === undefined ? {} : { takesBack: plan.takesBack }),
    planHash: jsonHash(plan),
  };
}

function recoveryOf({ stepId, decision, owner, notBeforeMs, tried }: RecoveryNote): PlanHappening['recovery'] {
  const when = notBeforeMs === undefined ? {} : { notBefore: isoTime(notBeforeMs) };
  return { stepId, decision, owner, ...when, tried };
}

/** What a rule has done about a failure. What a model has decided stands in its answer. */
function ruled({ author, recovery, reason, createdAtMs: atMs }: PlanRevision): Happening[] {
  const last = recovery?.tried.at(-1);
  if (author !== 'recovery' || last?.decision !== 'alternative') return [];
  const failures = [{ stepId: recovery?.stepId ?? '', class: last.class, message: `${last.uses} ended so` }];
  return [
    { type: 'recovery.diagnosed', atMs, by: 'rule', failures, findings: [], decision: last.decision, why: reason },
  ];
}

/** Without what the engine says in a question of its own: the call of the model has it as the prompt. */
function inputOf({ skill, input }: Pick<AcceptedStep, 'skill' | 'input'>): JsonObject {
  if (skill !== modelSkillId || input['texts'] === undefined) return input;
  const { texts: _texts, ...rest } = input;
  return rest;
}

/** What a revision changes of the one before. */
export function diffOf(plan: PlanRevision, previous: PlanRevision | undefined): PlanDiff {
  const before = new Map((previous?.steps ?? []).map((step) => [step.id, step]));
  const changed = plan.steps.flatMap((step) => {
    const old = before.get(step.id);
    const members = old === undefined ? [] : differing(step, old);
    return members.length === 0 ? [] : [{ id: step.id, members }];
  });
  return {
    added: plan.steps.flatMap(({ id }) => (before.has(id) ? [] : [id])),
    superseded: plan.supersedes ?? [],
    changed,
    output: outputChange(plan.output, previous?.output),
  };
}

function differing(step: AcceptedStep, old: AcceptedStep): string[] {
  const names = [...new Set([...Object.keys(step), ...Object.keys(old)])] as (keyof AcceptedStep)[];
  return names.filter((name) => canonicalJson(step[name]) !== canonicalJson(old[name])).toSorted();
}

function outputChange(now: Json | undefined, before: Json | undefined): PlanDiff['output'] {
  if (now === undefined) return before === undefined ? 'same' : 'removed';
  if (before === undefined) return 'added';
  return canonicalJson(now) === canonicalJson(before) ? 'same' : 'changed';
}

const { failures, findings, problems, round } = thinkInput.shape;
/** Whatever else a question holds. */
const questionTexts = z.object({ failures, findings, problems, round });
type QuestionTexts = Partial<z.infer<typeof questionTexts>>;

/** What the engine told a model in the question that a revision asks. */
function textsOf({ author, steps }: PlanRevision): QuestionTexts {
  const [question] = steps;
  const sealed = author === 'engine' && question?.skill === modelSkillId ? question.input['texts'] : undefined;
  if (typeof sealed !== 'string') return {};
  const opened = z.record(z.string(), z.unknown()).safeParse(openedTexts(sealed));
  const parsed = opened.success ? questionTexts.safeParse(opened.data) : undefined;
  return parsed?.success ? parsed.data : {};
}

/** A plan of the model that the gate did not let through: the question after it says why. */
function rejectedPlan(items: RevisionItems, atMs: number, problems: readonly string[], round: number): RejectedPlan {
  const answer = answerBefore(items);
  const parsed = planAnswer.safeParse(answer?.answer);
  const model = selfReportedIn(items);
  return {
    ...{ type: 'plan.rejected', atMs, round: Math.max(1, round - 1) },
    problems: problems.map((problem) => ({ by: whoRejected(problem), problem })),
    steps: parsed.success ? (parsed.data.steps ?? []) : [],
    ...(model === undefined ? {} : { model }),
  };
}

/** A decision about a failure that guards or the gate did not let through. */
function rejectedRecovery(items: RevisionItems, atMs: number, problems: readonly string[], round: number): Happening {
  const model = selfReportedIn(items);
  return {
    ...({ type: 'recovery.rejected', atMs, stepId: items.plan?.recovery?.stepId ?? '' } as const),
    ...{ round: Math.max(1, round - 1), problems: [...problems] },
    ...(model === undefined ? {} : { model }),
  };
}

/** A problem of a plan begins with its code. */
function whoRejected(problem: string): RejectedPlan['problems'][number]['by'] {
  const by = Object.entries(rejectors).find(([code]) => problem.startsWith(`${code}:`));
  return by?.[1] ?? 'gate';
}

const rejectors = { notGranted: 'grant', denied: 'policy', budgetExceeded: 'budget' } as const;

function answerBefore({ previous, answers }: RevisionItems) {
  const [asked] = previous?.steps ?? [];
  return asked && answers.get(placeOf(asked));
}

function unavailableIn(items: RevisionItems): PlanHappening['unavailable'] {
  return (answerBefore(items)?.unavailable ?? []).map(({ skill, breaker }) => ({ skill, breaker }));
}

/** The reasons that the model of the question before has given. */
function selfReportedIn(items: RevisionItems): SelfReported | undefined {
  const [asked] = items.previous?.steps ?? [];
  const answer = answerBefore(items)?.answer;
  if (!asked) return undefined;
  const said =
    planAnswer.safeParse(answer).data ?? verifyAnswer.safeParse(answer).data ?? diagnoseAnswer.safeParse(answer).data;
  return said && ownWords(asked.id, said);
}

/** @param stepId of the question */
export function ownWords(
  stepId: string,
  { reasoning, options }: Pick<SelfReported, 'reasoning' | 'options'>,
): SelfReported {
  return { selfReported: true, stepId, reasoning, options: options.map((one) => ({ ...one })) };
}
