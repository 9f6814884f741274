import type { LedgerItem } from '../model/effect.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { isRetryable, reactions } from '../model/reaction.ts';
import type { ActionDefinition, LookupAnswer, Pursuit } from '../model/skill.ts';
import type { StepOutcome } from '../model/step.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import type { Problem } from './call-action.ts';
import { waitingClass } from './held-step.ts';
import type { HeldStep } from './held-step.ts';
import { outcomeOf } from './step-outcomes.ts';
import { storeValue } from './stored-value.ts';
import { boundedList, bounded, thrownText } from './thrown.ts';

/** Of a provider that answers nonsense, and of one that is out of order for a while. */
const failedLookups = { wrong: 3, unanswered: 4 };
/** A lookup changes nothing and may wait: an outage is over sooner than a person has looked. */
const slowerBy = 2;
const failedLooks = 5;

/** Sends, and records what came of it. The intent is on record. */
export async function sendStep(held: HeldStep, item: LedgerItem): Promise<StepOutcome> {
  if (held.action.pursue) return pursueStep(held, item, held.action.pursue);
  const attempt = await held.call(item, (context) => held.action.run(held.arguments, context));
  if (!attempt.ok) return afterFailure(held, item, attempt.problem);
  return commit(held, item, attempt, undefined);
}

/** Looks at the provider for what became of an earlier send, and sends again only on proof that nothing did. */
export async function verifyStep(held: HeldStep, item: LedgerItem): Promise<StepOutcome> {
  const { clock } = held.ports;
  if (item.status !== 'VERIFY' || held.effect.class !== 'Q') throw new Error(`verify of a ${item.status} item`);
  if (held.action.pursue) return pursueStep(held, item, held.action.pursue);
  const lookup = held.action.lookup;
  if (!lookup) throw new Error(`${held.name()} has no lookup`);
  const looked = await held.call(item, (context) => lookup(item.effectKey, held.arguments, context));
  const { fence } = item;
  const answer = looked.ok ? lookupAnswer(looked.value) : undefined;
  if (!looked.ok || answer === undefined) {
    const failure: Failure = looked.ok
      ? { class: 'bug', message: 'lookup: its answer says neither found: true, found: false nor found: unknown' }
      : { class: looked.problem.failureClass, message: `lookup: ${looked.problem.message}` };
    const tries = item.evidence.filter((entry) => entry.kind === 'lookup').length + 1;
    const isUnanswered = isRetryable(failure.class);
    if (tries >= (isUnanswered ? failedLookups.unanswered : failedLookups.wrong))
      return held.settle(item, { kind: 'doubt', fence, failure: { class: 'inDoubt', message: failure.message } });
    const pauseMs = held.backoff(
      isUnanswered ? tries + slowerBy : tries,
      looked.ok ? undefined : looked.problem.retryAfterMs,
    );
    return held.letGo(item, failure, { retryAtMs: clock.now() + pauseMs, looking: true });
  }
  if (answer.found === true) {
    return commit(held, item, { value: answer.output, trust: looked.trust }, 'found by lookup');
  }
  if (answer.found === 'unknown') {
    return held.settle(item, {
      kind: 'doubt',
      fence,
      failure: { class: 'inDoubt', message: bounded(`lookup: ${answer.why}`) },
    });
  }
  const settledAtMs = item.sendBoundMs + held.effect.settleMs;
  if (timesNoted(item, 'postconditionFailed') > 0) {
    // The provider has answered that it did something, and knows nothing of it: to send again would be a guess.
    const message = 'lookup: the provider knows nothing of what it has answered';
    return held.settle(item, { kind: 'doubt', fence, failure: { class: 'postconditionFailed', message } });
  }
  if (clock.now() < settledAtMs) {
    // Absent is no proof yet: the last send may still be on its way.
    return held.letGo(
      item,
      { class: 'transient', message: 'not found yet' },
      { retryAtMs: settledAtMs, looking: true },
    );
  }
  if (held.denial) return held.fail(item, held.denial);
  if (held.request.settleOnly || !held.hasAttemptsLeft(item, 1)) {
    return held.fail(item, {
      class: 'transient',
      message: `not done after ${item.sends} attempts; ${lastFailure(item)}`,
    });
  }
  if (!held.timeForOneCall())
    return held.letGo(item, { class: 'transient', message: 'no time left' }, { retryAtMs: clock.now(), looking: true });
  const refusal = await held.admit();
  if (refusal) return held.letGo(item, refusal.failure, { retryAtMs: refusal.retryAtMs, looking: true });
  const again = await held.write(item, { kind: 'resend', fence, detail: 'absent by lookup', ...held.hold() });
  return again.written ? sendStep(held, again.item) : held.afterConflict(again.current);
}

async function pursueStep(
  held: HeldStep,
  item: LedgerItem,
  pursue: NonNullable<ActionDefinition['pursue']>,
): Promise<StepOutcome> {
  // A run that is past its deadline may be resumed, and what goes on for it is not lost; one that is canceled is over.
  const settle = held.request.settleOnly || held.denial !== undefined ? 'settle' : 'goOn';
  const mode = held.request.canceled ? 'end' : settle;
  const called = await held.call(item, (context) => pursue(held.arguments, mode, context));
  if (called.ok) {
    const pursuit = called.value as Pursuit;
    if (!pursuit.over) return held.park(item, pursuit.untilMs, pursuit.reason);
    const trust = leastTrusted([called.trust, pursuit.trust]);
    return commit(held, item, { value: pursuit.output, trust }, undefined);
  }
  const { failureClass, message, sendOutcome, retryAfterMs } = called.problem;
  const failure: Failure = { class: failureClass, message };
  if (sendOutcome !== 'unknown') return held.fail(item, failure);
  if (failureClass === 'bug' && item.evidence.length >= failedLooks) {
    // Nobody knows what will help: a person finds out, and a resume looks again.
    return held.settle(item, { kind: 'doubt', fence: item.fence, failure: { class: 'inDoubt', message } });
  }
  const retryAtMs = held.ports.clock.now() + held.backoff(item.evidence.length + 1, retryAfterMs);
  return held.letGo(item, failure, { retryAtMs, lastSend: 'goesOn' });
}

async function commit(
  held: HeldStep,
  item: LedgerItem,
  { value, trust }: { readonly value: unknown; readonly trust: Trust },
  detail: string | undefined,
): Promise<StepOutcome> {
  const { fence } = item;
  const parsed = parsedOutput(held, value);
  // The check may change what it is given, but not what is stored.
  const problems = parsed.success ? checkProblems(held, parsed.given) : parsed.problems;
  if (problems.length > 0 || !parsed.success) {
    const failure: Failure = {
      class: parsed.success ? 'postconditionFailed' : 'invalidOutput',
      message: boundedList(problems),
    };
    if (mayReadAgain(held, item, failure)) return readAgain(held, item, failure);
    if (held.effect.class === 'P') return held.fail(item, failure);
    // Something happened at the provider, but not what was promised: a person has to look, nothing may be sent again.
    return held.settle(item, { kind: 'doubt', fence, failure });
  }
  const result = await storeValue(parsed.value, held.ref, held.ports.blobs);
  const done = await held.write(item, {
    kind: 'done',
    fence,
    result,
    trust,
    argumentTrust: held.request.trust,
    ...(detail === undefined ? {} : { detail }),
  });
  if (done.written) return outcomeOf(done.item);
  if (done.current?.status === 'IN_DOUBT' && done.current.fence === fence) {
    return held.settle(done.current, {
      ...{ kind: 'lateEvidence', fence, result, trust },
      argumentTrust: held.request.trust,
    });
  }
  return held.afterConflict(done.current);
}

/** Whether what was promised may still come true at the provider: it is asked once more, and nothing is done again. */
function mayReadAgain({ effect, action, request }: HeldStep, item: LedgerItem, failure: Failure): boolean {
  const { readsAgain } = reactions[failure.class];
  if (readsAgain <= timesNoted(item, failure.class) || request.settleOnly) return false;
  if (effect.class === 'P') return item.sends < action.maxAttempts;
  return effect.class === 'Q' && item.status === 'INTENT';
}

/** A pure action is called again, for any other the provider is looked at. */
function readAgain(held: HeldStep, item: LedgerItem, failure: Failure): Promise<StepOutcome> {
  const { effect, ports } = held;
  const nowMs = ports.clock.now();
  if (effect.class === 'Q') {
    return held.letGo(item, failure, { retryAtMs: nowMs + effect.settleMs, lastSend: 'unknown' });
  }
  return held.letGo(item, failure, { retryAtMs: nowMs + held.backoff(item.sends, undefined), lastSend: 'notDone' });
}

function timesNoted({ evidence }: LedgerItem, name: Failure['class']): number {
  return evidence.filter(({ kind, detail }) => kind === 'failure' && detail.startsWith(`${name}: `)).length;
}

/** What a lookup said, or undefined when that cannot be made out. */
function lookupAnswer(value: unknown): LookupAnswer<unknown> | undefined {
  if (typeof value !== 'object' || value === null || !('found' in value)) return undefined;
  if (value.found === true) return { found: true, output: 'output' in value ? value.output : undefined };
  if (value.found === false) return { found: false };
  if (value.found !== 'unknown') return undefined;
  return { found: 'unknown', why: 'why' in value && typeof value.why === 'string' ? value.why : 'it did not say why' };
}

type ParsedOutput =
  /** `given`: as the schema gives it. `value`: the same as JSON. */
  | { readonly success: true; readonly given: unknown; readonly value: Json }
  | { readonly success: false; readonly problems: readonly string[] };

/** Schemas may hold code of the author, which may throw, and may make of an answer what is not JSON. */
function parsedOutput({ action }: HeldStep, value: unknown): ParsedOutput {
  try {
    const parsed = action.output.safeParse(value);
    if (parsed.success) {
      return { success: true, given: parsed.data, value: JSON.parse(JSON.stringify(parsed.data ?? null)) as Json };
    }
    return {
      success: false,
      problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'output'}: ${issue.message}`),
    };
  } catch (error) {
    return { success: false, problems: [`the output schema threw ${thrownText(error)}`] };
  }
}

/** A check that throws, or answers something else than a list, has proven nothing. */
function checkProblems(held: HeldStep, output: unknown): readonly string[] {
  try {
    if (!held.action.check) return [];
    const problems: unknown = held.action.check(held.arguments, output as never);
    if (Array.isArray(problems)) {
      const texts: unknown[] = [...problems];
      if (texts.every((one) => typeof one === 'string')) return texts;
    }
    if (!isThenable(problems)) {
      const answered = Array.isArray(problems) ? 'a list of other things than texts' : typeof problems;
      return [`the check answered ${answered} instead of a list of problems`];
    }
    // Nobody waits for it; left alone, its rejection would end the worker.
    Promise.resolve(problems).catch(() => undefined);
    return ['the check answered a promise instead of a list of problems'];
  } catch (error) {
    return [`the check threw ${thrownText(error)}`];
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

async function afterFailure(held: HeldStep, item: LedgerItem, error: Problem): Promise<StepOutcome> {
  const { clock } = held.ports;
  const { fence, sends } = item;
  const hasAttempts = held.mayTryAgain(error.failureClass, sends);
  const waits = !hasAttempts && held.waitsForDependency(error.failureClass);
  const mayRetry = hasAttempts || waits;
  const failure: Failure = { class: waits ? waitingClass : error.failureClass, message: error.message };
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
  // An answer that is no JSON is as wrong as one of the wrong shape.
  const isWrongAnswer = failure.class === 'invalidOutput';
  return held.settle(item, {
    kind: 'doubt',
    fence,
    failure: isWrongAnswer ? failure : { class: 'inDoubt', message: `${failure.class}: ${failure.message}` },
  });
}

export function lastFailure(item: LedgerItem): string {
  return item.evidence.findLast((entry) => entry.kind !== 'lookup')?.detail ?? 'no answer';
}
