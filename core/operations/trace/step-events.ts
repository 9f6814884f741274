import type { Evidence, LedgerItem } from '../../model/effect.ts';
import type { Failure } from '../../model/failure.ts';
import { failureClass } from '../../model/failure.ts';
import { jsonHash } from '../../model/json.ts';
import type { AcceptedStep } from '../../model/plan.ts';
import { purpose } from '../../model/think-input.ts';
import type { Happening } from '../../model/trace.ts';
import type { ModelCall } from '../think/model-call.ts';
import type { ModelStepOutput } from '../model-skill.ts';
import type { RevisionItems } from './revision-items.ts';
import { begunAtMs, itemOf, placeOf } from './revision-items.ts';

/** What the ledger tells of one step, in its order. A clock that lags behind makes no effect come before its cause. */
export function stepHappenings(step: AcceptedStep, wave: number, items: RevisionItems): Happening[] {
  const item = itemOf(step, items);
  if (!item) return [];
  const { id: stepId, skill, action, why } = step;
  const { occurrence, argsHash, skillHash, effectKey } = item;
  const of = { stepId, skill, action };
  const startMs = begunAtMs(item) ?? items.plan?.createdAtMs ?? 0;
  const last = item.evidence.findLastIndex(({ kind }) => kind === 'failure');
  // Whoever writes the end of a step notes it as evidence too.
  const ends = item.status === 'FAILED' || item.status === 'IN_DOUBT';
  const evidence = item.evidence.flatMap((one, index) => (ends && index === last ? [] : [examined(one, of, item)]));
  const answer = items.answers.get(placeOf(step));
  return inOrder([
    { type: 'step.scheduled', atMs: startMs, ...of, wave, occurrence, why, argsHash, skillHash, effectKey },
    ...evidence,
    ...(item.status === 'DONE' && answer ? answered(step, answer, item, startMs) : []),
    ...ended(of, item, startMs, answer),
  ]);
}

type StepOf = Pick<Extract<Happening, { type: 'step.canceled' }>, 'stepId' | 'skill' | 'action'>;

function examined({ atMs, kind, detail }: Evidence, of: StepOf, item: LedgerItem): Happening {
  if (kind !== 'failure') return { type: 'effect.examined', atMs, ...of, how: kind, detail };
  const failure = failureOf(detail);
  if (failure.class === 'dependencyDown') return { type: 'breaker.opened', atMs, ...of, reason: failure.message };
  if (failure.class === 'inDoubt') return { type: 'effect.inDoubt', atMs, ...of, failure };
  return { type: 'step.failed', atMs, ...of, attempts: item.sends, final: false, failure };
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
      const { failure } = item;
      const denied = failure.class === 'denied';
      const { rejectedBy } = failure;
      return [
        ...(denied
          ? [
              {
                ...({ type: 'policy.denied', atMs, ...of, reason: failure.message } as const),
                ...(rejectedBy === undefined ? {} : { rejectedBy }),
              },
            ]
          : []),
        { type: 'step.failed', atMs, ...of, attempts, final: true, failure },
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
