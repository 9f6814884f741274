import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { LookupAnswer } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import type { Trust } from '../model/trust.ts';
import type { Problem } from './call-action.ts';
import type { HeldStep } from './held-step.ts';
import { outcomeOf } from './step-outcomes.ts';
import { storeValue } from './stored-value.ts';

const failedLookups = 3;
const retryable = new Set(['transient', 'throttled', 'timeout', 'dependencyDown']);

/** Sends, and records what came of it. The intent is on record. */
export async function sendStep(held: HeldStep, item: LedgerItem): Promise<StepOutcome> {
  const attempt = await held.call(item, (context) => held.action.run(held.arguments, context));
  if (!attempt.ok) return afterFailure(held, item, attempt.problem);
  return commit(held, item, attempt, undefined);
}

/** Looks at the provider for what became of an earlier send, and sends again only on proof that nothing did. */
export async function verifyStep(held: HeldStep, item: LedgerItem): Promise<StepOutcome> {
  const { clock } = held.ports;
  if (item.status !== 'VERIFY' || held.effect.class !== 'Q') throw new Error(`verify of a ${item.status} item`);
  const lookup = held.action.lookup;
  if (!lookup) throw new Error(`${held.name()} has no lookup`);
  const looked = await held.call(item, (context) => lookup(item.effectKey, held.arguments, context));
  const { fence } = item;
  if (!looked.ok) {
    const failure = { class: looked.problem.failureClass, message: `lookup: ${looked.problem.message}` };
    const tries = item.evidence.filter((entry) => entry.kind === 'lookup').length + 1;
    if (tries >= failedLookups)
      return held.settle(item, { kind: 'doubt', fence, failure: { class: 'inDoubt', message: failure.message } });
    return held.letGo(item, failure, { retryAtMs: clock.now() + held.backoff(tries, undefined), looking: true });
  }
  const answer = looked.value as LookupAnswer<unknown>;
  if (answer.found === true) {
    return commit(held, item, { value: answer.output, trust: looked.trust }, 'found by lookup');
  }
  if (answer.found === 'unknown') {
    return held.settle(item, {
      kind: 'doubt',
      fence,
      failure: { class: 'inDoubt', message: `lookup: ${answer.why}` },
    });
  }
  const settledAtMs = item.sendBoundMs + held.effect.settleMs;
  if (clock.now() < settledAtMs) {
    // Absent is no proof yet: the last send may still be on its way.
    return held.letGo(
      item,
      { class: 'transient', message: 'not found yet' },
      { retryAtMs: settledAtMs, looking: true },
    );
  }
  if (held.denial) return held.fail(item, held.denial);
  if (held.request.settleOnly || item.sends >= held.action.maxAttempts) {
    return held.fail(item, {
      class: 'transient',
      message: `not done after ${item.sends} attempts; ${lastFailure(item)}`,
    });
  }
  if (!held.timeForOneCall())
    return held.letGo(item, { class: 'transient', message: 'no time left' }, { retryAtMs: clock.now(), looking: true });
  const again = await held.write(item, { kind: 'resend', fence, detail: 'absent by lookup', ...held.hold() });
  return again.written ? sendStep(held, again.item) : held.afterConflict(again.current);
}

async function commit(
  held: HeldStep,
  item: LedgerItem,
  { value, trust }: { readonly value: unknown; readonly trust: Trust },
  detail: string | undefined,
): Promise<StepOutcome> {
  const { fence } = item;
  const parsed = parsedOutput(held, value);
  const problems = parsed.success ? checkProblems(held, parsed.data) : parsed.problems;
  if (problems.length > 0 || !parsed.success) {
    const failure: Failure = {
      class: parsed.success ? 'postconditionFailed' : 'invalidOutput',
      message: problems.join('; '),
    };
    if (held.effect.class === 'P') return held.fail(item, failure);
    // Something happened at the provider, but not what was promised: a person has to look, nothing may be sent again.
    return held.settle(item, { kind: 'doubt', fence, failure });
  }
  const result = await storeValue(parsed.data as Json, held.ref, held.ports.blobs);
  const done = await held.write(item, {
    kind: 'done',
    fence,
    result,
    trust,
    ...(detail === undefined ? {} : { detail }),
  });
  if (done.written) return outcomeOf(done.item);
  if (done.current?.status === 'IN_DOUBT' && done.current.fence === fence) {
    return held.settle(done.current, { kind: 'lateEvidence', fence, result, trust });
  }
  return held.afterConflict(done.current);
}

type ParsedOutput =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly problems: readonly string[] };

/** Schemas may hold code of the author, which may throw. */
function parsedOutput({ action }: HeldStep, value: unknown): ParsedOutput {
  try {
    const parsed = action.output.safeParse(value);
    if (parsed.success) return parsed;
    return {
      success: false,
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'output'}: ${issue.message}`),
    };
  } catch (error) {
    return { success: false, problems: [`the output schema threw ${wordsOf(error)}`] };
  }
}

/** A check that throws, or answers something else than a list, has proven nothing. */
function checkProblems(held: HeldStep, output: unknown): readonly string[] {
  let problems: unknown;
  try {
    problems = held.action.check?.(held.arguments, output as never) ?? [];
  } catch (error) {
    return [`the check threw ${wordsOf(error)}`];
  }
  if (Array.isArray(problems) && problems.every((one) => typeof one === 'string')) return problems;
  return [
    `the check answered ${problems instanceof Promise ? 'a promise' : `a ${typeof problems}`} instead of a list of problems`,
  ];
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `a ${typeof error}`;
}

async function afterFailure(held: HeldStep, item: LedgerItem, error: Problem): Promise<StepOutcome> {
  const { clock } = held.ports;
  const failure: Failure = { class: error.failureClass, message: error.message };
  const { fence, sends } = item;
  const mayRetry = retryable.has(error.failureClass) && sends < held.action.maxAttempts && !held.request.settleOnly;
  const retryAtMs = clock.now() + held.backoff(sends, error.retryAfterMs);

  if (held.effect.class === 'P' || error.sendOutcome !== 'unknown') {
    if (mayRetry) return held.letGo(item, failure, { retryAtMs, lastSend: 'notDone' });
    const earlierOpen = item.unknownSends > 0;
    if (earlierOpen && held.effect.class === 'Q') {
      return held.letGo(item, failure, { retryAtMs: retryAtMs + held.effect.settleMs, lastSend: 'notDone' });
    }
    return held.fail(item, failure);
  }
  switch (held.effect.class) {
    case 'Q':
      return held.letGo(item, failure, {
        retryAtMs: Math.max(retryAtMs, clock.now() + held.effect.settleMs),
        lastSend: 'unknown',
      });
    case 'K':
      if (mayRetry) return held.letGo(item, failure, { retryAtMs, lastSend: 'unknown' });
      break;
    case 'N':
      break;
  }
  return held.settle(item, {
    kind: 'doubt',
    fence,
    failure: { class: 'inDoubt', message: `${failure.class}: ${failure.message}` },
  });
}

export function lastFailure(item: LedgerItem): string {
  return item.evidence.findLast((entry) => entry.kind !== 'lookup')?.detail ?? 'no answer';
}
