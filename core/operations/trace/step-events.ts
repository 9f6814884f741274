import * as z from 'zod';
import { diagnoseAnswer } from '../../model/diagnose-answer.ts';
import type { Evidence, LedgerItem } from '../../model/effect.ts';
import { effectKey } from '../../model/effect.ts';
import type { Failure } from '../../model/failure.ts';
import { failure, failureClass } from '../../model/failure.ts';
import { jsonHash } from '../../model/json.ts';
import { openedTexts } from '../../model/model-step.ts';
import type { AcceptedStep, PlanRevision } from '../../model/plan.ts';
import { purpose } from '../../model/think-input.ts';
import type { Happening } from '../../model/trace.ts';
import type { ModelCall } from '../think/model-call.ts';
import type { ModelStepOutput } from '../model-skill.ts';
import { ownWords } from './plan-events.ts';
import type { RevisionItems } from './revision-items.ts';
import { begunAtMs, itemOf, placeOf, takenOverBy } from './revision-items.ts';

/** What the ledger tells of one step, in its order. A clock that lags behind makes no effect come before its cause. */
export function stepHappenings(step: AcceptedStep, wave: number, items: RevisionItems): Happening[] {
  const { id: stepId, skill, action, why, compensates } = step;
  const of = { stepId, skill, action, ...(compensates === undefined ? {} : { undoes: compensates.stepId }) };
  const takenOver = takenOverBy(step, items);
  if (takenOver) return earlierTry(step, of, wave, takenOver, items);
  const item = itemOf(step, items);
  if (!item) return [];
  const { occurrence, argsHash, skillHash, effectKey: key } = item;
  const own = ownEvidence(step, item, items);
  const startMs = item.firstIntentAtMs ?? own[0]?.atMs ?? begunAtMs(item) ?? items.plan?.createdAtMs ?? 0;
  const last = own.findLastIndex(({ kind }) => kind === 'failure');
  // Whoever writes the end of a step notes it as evidence too.
  const ends = item.status === 'FAILED' || item.status === 'IN_DOUBT';
  const evidence = own.flatMap((one, index) => (ends && index === last ? [] : [examined(one, of, item)]));
  const answer = items.answers.get(placeOf(step));
  return inOrder([
    { type: 'step.scheduled', atMs: startMs, ...of, wave, occurrence, why, argsHash, skillHash, effectKey: key },
    ...evidence,
    ...(item.status === 'DONE' && answer ? answered(step, answer, item, startMs) : []),
    ...ended(of, item, startMs, answer),
    ...(item.status === 'DONE' && answer ? diagnosed(step, answer, item.endedAtMs ?? startMs, items) : []),
  ]);
}

/** What was learnt about a step since its revision has defined it: of one that was mended, older evidence is kept. */
function ownEvidence({ id }: AcceptedStep, { evidence }: LedgerItem, { plan }: RevisionItems): readonly Evidence[] {
  if (plan?.recovery?.stepId !== id || plan.author !== 'recovery') return evidence;
  return evidence.filter(({ atMs }) => atMs > plan.createdAtMs);
}

/** A step whose item belongs to the revision that has mended it, as far as evidence of its own try is kept. */
function earlierTry(
  step: AcceptedStep,
  of: StepOf,
  wave: number,
  { recovery, createdAtMs }: PlanRevision,
  items: RevisionItems,
): Happening[] {
  const item = items.ledger.get(placeOf(step));
  // What only waited for the failed step was not begun.
  if (!item || recovery?.stepId !== step.id) return [];
  const occurrence = recovery.occurrence - 1;
  const own = ownEvidence(step, item, items).filter(({ atMs }) => atMs <= createdAtMs);
  const startMs = own[0]?.atMs ?? createdAtMs;
  const last = own.findLastIndex(({ kind }) => kind === 'failure');
  const said = own[last];
  const why = recovery.tried.at(-1);
  const known = said
    ? failureOf(said.detail)
    : { class: why?.class ?? 'bug', message: 'what it failed with is no longer kept' };
  const { skillHash } = step;
  const key = effectKey(item, occurrence);
  return inOrder([
    { type: 'step.scheduled', atMs: startMs, ...of, wave, occurrence, why: step.why, skillHash, effectKey: key },
    ...own.flatMap((one, index) => (index === last ? [] : [examined(one, of, item)])),
    {
      ...({ type: 'step.failed', atMs: said?.atMs ?? createdAtMs, ...of, final: true, failure: known } as const),
      attempts: own.filter(({ kind }) => kind === 'failure').length,
    },
  ]);
}

/** What a model that was asked about a failed step has found and decided; what is made of it may be another matter. */
function diagnosed(
  question: AcceptedStep,
  { answer }: ModelStepOutput,
  atMs: number,
  { plan }: RevisionItems,
): Happening[] {
  const said = diagnoseAnswer.safeParse(answer).data;
  if (!said || plan?.recovery?.decision !== 'diagnose') return [];
  const { class: failureKind, message } = askedAbout(question) ?? { class: 'bug' as const, message: '' };
  return [
    {
      ...({ type: 'recovery.diagnosed', atMs, by: 'model', cause: said.cause, decision: said.decision } as const),
      failures: [{ stepId: plan.recovery.stepId, class: failureKind, message }],
      ...{ findings: [], why: said.reasoning, model: ownWords(question.id, said) },
    },
  ];
}

const diagnosisTexts = z.object({ diagnosis: z.object({ failure }) });

function askedAbout({ input }: AcceptedStep): Failure | undefined {
  const { texts } = input;
  return typeof texts === 'string' ? diagnosisTexts.safeParse(openedTexts(texts)).data?.diagnosis.failure : undefined;
}

type StepOf = Pick<Extract<Happening, { type: 'step.canceled' }>, 'stepId' | 'skill' | 'action' | 'undoes'>;

function examined({ atMs, kind, detail }: Evidence, of: StepOf, item: LedgerItem): Happening {
  if (kind !== 'failure') return { type: 'effect.examined', atMs, ...of, how: kind, detail };
  const said = failureOf(detail);
  if (said.class === 'dependencyDown') return { type: 'breaker.opened', atMs, ...of, reason: said.message };
  if (said.class === 'inDoubt') return { type: 'effect.inDoubt', atMs, ...of, failure: said };
  return { type: 'step.failed', atMs, ...of, attempts: item.sends, final: false, failure: said };
}

/** Evidence of a failure reads `<class>: <message>`. */
function failureOf(detail: string): Failure {
  const split = detail.indexOf(': ');
  const named = failureClass.safeParse(detail.slice(0, Math.max(split, 0)));
  return named.success ? { class: named.data, message: detail.slice(split + 2) } : { class: 'bug', message: detail };
}

function ended(of: StepOf, item: LedgerItem, startMs: number, answer: ModelStepOutput | undefined): Happening[] {
  const known = 'endedAtMs' in item ? item.endedAtMs : undefined;
  const atMs = known ?? item.evidence.at(-1)?.atMs ?? startMs;
  const attempts = item.sends;
  switch (item.status) {
    case 'DONE': {
      const { trust, result } = item;
      const outputHash = result.kind === 'blob' ? result.sha256 : jsonHash(result.value);
      // The calls that a model step holds besides its answer are events of their own.
      const output = answer ? ({ kind: 'inline', value: answer.answer } as const) : result;
      return [{ type: 'step.completed', atMs, ...of, attempts, trust, output, outputHash }];
    }
    case 'FAILED': {
      const { failure: end } = item;
      const denied = end.class === 'denied';
      const { rejectedBy } = end;
      return [
        ...(denied
          ? [
              {
                ...({ type: 'policy.denied', atMs, ...of, reason: end.message } as const),
                ...(rejectedBy === undefined ? {} : { rejectedBy }),
              },
            ]
          : []),
        { type: 'step.failed', atMs, ...of, attempts, final: true, failure: end },
      ];
    }
    case 'IN_DOUBT':
      return [{ type: 'effect.inDoubt', atMs, ...of, failure: item.failure }];
    case 'CANCELED':
      return [{ type: 'step.canceled', atMs, ...of }];
    case 'CLAIMED':
    case 'INTENT':
    case 'VERIFY':
      return [];
  }
}

/** The calls of a model step. Only their lengths are on record, so each is placed by those that came after it. */
function answered(
  { id: stepId, action }: AcceptedStep,
  { calls, model, usdMicros, tokens }: ModelStepOutput,
  item: Extract<LedgerItem, { status: 'DONE' }>,
  startMs: number,
): Happening[] {
  const endMs = item.endedAtMs ?? startMs;
  const told = calls as unknown as readonly ModelCall[];
  const asked = purpose.safeParse(action);
  const events = told.map((call, index): Happening => {
    const after = told.slice(index + 1).reduce((sum, { latencyMs }) => sum + latencyMs, 0);
    const { usage, ending, problems, ...rest } = call;
    return {
      ...{ type: 'model.called', atMs: Math.max(startMs, endMs - Math.round(after)), stepId },
      ...{ purpose: asked.success ? asked.data : 'reason', ...rest, ending, problems: [...problems] },
      ...(usage === undefined || usage === null ? {} : { usage: { ...usage } }),
    };
  });
  return [...events, { type: 'budget.charged', atMs: endMs, stepId, usdMicros, tokens, model }];
}

function inOrder(happenings: readonly Happening[]): Happening[] {
  let atMs = 0;
  return happenings.map((one) => {
    atMs = Math.max(atMs, one.atMs);
    return { ...one, atMs };
  });
}
