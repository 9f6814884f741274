import * as z from 'zod';
import { diagnoseAnswer } from '../../model/diagnose-answer.ts';
import type { EarlierTry, Evidence, LedgerItem } from '../../model/effect.ts';
import { effectKey } from '../../model/effect.ts';
import type { Failure } from '../../model/failure.ts';
import { failure, failureClass } from '../../model/failure.ts';
import { jsonHash } from '../../model/json.ts';
import { openedTexts } from '../../model/model-step.ts';
import type { AcceptedStep } from '../../model/plan.ts';
import { purpose } from '../../model/think-input.ts';
import type { Happening } from '../../model/trace.ts';
import type { ModelCall } from '../think/model-call.ts';
import type { ModelStepOutput } from '../model-skill.ts';
import { ownWords } from './plan-events.ts';
import type { RevisionItems } from './revision-items.ts';
import { begunAtMs, itemOf, placeOf, takenOverBy } from './revision-items.ts';

/**
 * What the ledger tells of one step, in its order: each try that its revision has wanted, and the one that is under way. A clock
 * that lags behind makes no effect come before its cause.
 */
export function stepHappenings(step: AcceptedStep, wave: number, items: RevisionItems): Happening[] {
  const { id: stepId, skill, action, compensates } = step;
  const of = { stepId, skill, action, ...(compensates === undefined ? {} : { undoes: compensates.stepId }) };
  const kept = items.ledger.get(placeOf(step));
  const item = itemOf(step, items);
  // What was mended has left its item to the mended one, and its own tries in it.
  if (!kept || (!item && takenOverBy(step, items)?.recovery?.stepId !== stepId)) return [];
  const earlier = earlierTries(step, items, kept).flatMap((one) => endedTry(step, of, wave, one, kept));
  return inOrder([...earlier, ...(item ? newestTry(step, of, wave, item, items) : [])]);
}

function newestTry(step: AcceptedStep, of: StepOf, wave: number, item: LedgerItem, items: RevisionItems): Happening[] {
  const { occurrence, argsHash, skillHash, effectKey: key, earlier = [] } = item;
  const own = evidenceOf(item, earlier.at(-1), undefined);
  const startMs = item.firstIntentAtMs ?? own[0]?.atMs ?? begunAtMs(item) ?? items.plan?.createdAtMs ?? 0;
  const ends = item.status === 'FAILED' || item.status === 'IN_DOUBT';
  const { told } = toldOf(own, ends);
  const answer = items.answers.get(placeOf(step));
  return [
    {
      ...({ type: 'step.scheduled', atMs: startMs, ...of, wave, occurrence, why: step.why } as const),
      ...{ argsHash, skillHash, effectKey: key },
    },
    ...told.map((one) => examined(one, of, item.sends)),
    ...(item.status === 'DONE' && answer ? answered(step, answer, item, startMs) : []),
    ...ended(of, item, startMs, answer),
    ...(item.status === 'DONE' && answer ? diagnosed(step, answer, item.endedAtMs ?? startMs, items) : []),
  ];
}

/** A try that another one has followed, as far as the item still tells of it. */
function endedTry(
  step: AcceptedStep,
  of: StepOf,
  wave: number,
  { tried, before }: { readonly tried: EarlierTry; readonly before: EarlierTry | undefined },
  item: LedgerItem,
): Happening[] {
  const { occurrence, endedAtMs: atMs, sends: attempts, canceled } = tried;
  const own = evidenceOf(item, before, tried);
  const { told, last } = toldOf(own, canceled === undefined);
  const failure = last ? failureOf(last.detail) : forgotten;
  return [
    {
      ...({ type: 'step.scheduled', atMs: tried.firstIntentAtMs ?? own[0]?.atMs ?? atMs, ...of, wave } as const),
      ...{ occurrence, why: step.why, skillHash: step.skillHash, effectKey: effectKey(item, occurrence) },
    },
    ...told.map((one) => examined(one, of, attempts)),
    ...(canceled ? [{ type: 'step.canceled', atMs, ...of } as const] : failed(of, { atMs, attempts, failure })),
  ];
}

const forgotten: Failure = { class: 'bug', message: 'what it failed with is no longer kept' };

/** Of the tries that are over, those of the occurrences that the revision has wanted, each with the one before it. */
function earlierTries(
  step: AcceptedStep,
  { plan, mends }: RevisionItems,
  { earlier = [] }: LedgerItem,
): { readonly tried: EarlierTry; readonly before: EarlierTry | undefined }[] {
  const first = plan?.recovery?.stepId === step.id ? plan.recovery.occurrence : 1;
  const mended = mends.find(
    ({ recovery, steps }) => recovery?.stepId === step.id && steps.some((one) => placeOf(one) === placeOf(step)),
  );
  const next = mended?.recovery?.occurrence ?? Number.POSITIVE_INFINITY;
  return earlier.flatMap((tried, index) =>
    tried.occurrence >= first && tried.occurrence < next ? [{ tried, before: earlier[index - 1] }] : [],
  );
}

/** What was learnt about one try: an occurrence has fences of its own. */
function evidenceOf(
  { evidence }: LedgerItem,
  before: EarlierTry | undefined,
  tried: EarlierTry | undefined,
): readonly Evidence[] {
  return evidence.filter(
    ({ fence }) => fence > (before?.fence ?? 0) && fence <= (tried?.fence ?? Number.POSITIVE_INFINITY),
  );
}

/** Whoever writes the end of a step notes it as evidence too, which is not told twice; a person who ends it says something else. */
function toldOf(
  own: readonly Evidence[],
  ends: boolean,
): { readonly told: readonly Evidence[]; readonly last: Evidence | undefined } {
  const at = own.findLastIndex(({ kind }) => kind === 'failure');
  const isEnd = ends && !own.slice(at + 1).some(({ kind }) => kind === 'human');
  return { told: isEnd ? own.filter((_, index) => index !== at) : own, last: own[at] };
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

function examined({ atMs, kind, detail }: Evidence, of: StepOf, attempts: number): Happening {
  if (kind !== 'failure') return { type: 'effect.examined', atMs, ...of, how: kind, detail };
  const said = failureOf(detail);
  if (said.class === 'dependencyDown') return { type: 'breaker.opened', atMs, ...of, reason: said.message };
  if (said.class === 'inDoubt') return { type: 'effect.inDoubt', atMs, ...of, failure: said };
  return { type: 'step.failed', atMs, ...of, attempts, final: false, failure: said };
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
    case 'FAILED':
      return failed(of, { atMs, attempts, failure: item.failure });
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

function failed(
  of: StepOf,
  end: { readonly atMs: number; readonly attempts: number; readonly failure: Failure },
): Happening[] {
  const { atMs, failure } = end;
  const { rejectedBy } = failure;
  const by = rejectedBy === undefined ? {} : { rejectedBy };
  return [
    ...(failure.class === 'denied'
      ? [{ type: 'policy.denied', atMs, ...of, reason: failure.message, ...by } as const]
      : []),
    { type: 'step.failed', ...end, ...of, final: true },
  ];
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
