import { faultText } from './check-fault.ts';
import type { EffectCall } from './effects.ts';
import type { CallKind } from './invocation.ts';
import type { AgentRunResult } from './run-report.ts';
import { storyOf } from './story.ts';

/** An agent did something else than its test expects. The message tells what, and the story of the run. */
export class ExpectationError extends Error {
  constructor(message: string, result: AgentRunResult) {
    super(`${message}\n\n${storyOf(result)}`);
    this.name = 'ExpectationError';
  }
}

/** How often something took effect, or may have: `once` is 1, `never` is 0. */
export type ExpectedTimes = 'once' | 'never' | number;

/** Calls of an action that were made, in order. */
export function effectsOf(result: AgentRunResult, action: string, call: CallKind = 'run'): EffectCall[] {
  return result.effects.filter((one) => one.action === action && one.call === call);
}

/** Throws ExpectationError when the run ended, or rests, in another status, or when a fault never applied. */
export function expectStatus(result: AgentRunResult, expected: AgentRunResult['status']): void {
  expectFaultsApplied(result);
  if (result.status === expected) return;
  throw new ExpectationError(`Expected the run to be ${expected}, but it is ${result.status}.`, result);
}

/**
 * Throws ExpectationError when one of these actions took effect another number of times, counting those that may have and
 * nobody knows; when an effect was sent twice that its service does not deduplicate; or when a fault never applied.
 * Tries of one effect that the service deduplicates (class K) count once.
 */
export function expectEffects(result: AgentRunResult, expected: Readonly<Record<string, ExpectedTimes>>): void {
  expectTimes(result, expected, 'run');
}

/** As `expectEffects`, of what has undone the effects of these actions. */
export function expectCompensations(result: AgentRunResult, expected: Readonly<Record<string, ExpectedTimes>>): void {
  expectTimes(result, expected, 'compensate');
}

/** Throws ExpectationError when any effect was sent twice that its service does not deduplicate. */
export function expectNoDuplicates(result: AgentRunResult): void {
  const sent = result.effects.filter((one) => {
    const isDeduplicated = one.effectClass === 'P' || one.effectClass === 'K';
    return one.call === 'run' && !isDeduplicated && mayHaveApplied(one, result);
  });
  for (const [effectKey, calls] of Map.groupBy(sent, (one) => one.effectKey)) {
    const [first] = calls;
    if (!first || calls.length < 2) continue;
    throw new ExpectationError(
      `${first.action} was sent ${calls.length} times under one effect key, and its service does not deduplicate (class ${first.effectClass}):\n${inWords(calls)}\nEffect key: ${effectKey}.`,
      result,
    );
  }
}

function expectTimes(
  result: AgentRunResult,
  expected: Readonly<Record<string, ExpectedTimes>>,
  call: 'run' | 'compensate',
): void {
  expectFaultsApplied(result);
  for (const [action, times] of Object.entries(expected)) expectActionTimes(result, action, times, call);
  expectNoDuplicates(result);
}

function expectActionTimes(result: AgentRunResult, action: string, times: ExpectedTimes, call: CallKind): void {
  const wanted = times === 'once' ? 1 : times === 'never' ? 0 : times;
  const calls = effectsOf(result, action, call);
  const applied = calls.filter((one) => mayHaveApplied(one, result));
  const count = new Set(applied.map(({ effectKey }) => effectKey)).size;
  if (count === wanted) return;
  const what = call === 'run' ? action : `the compensation of ${action}`;
  const known = [...new Set(result.effects.map((one) => one.action))];
  const others = known.includes(action) || known.length === 0 ? '' : ` Called were ${known.join(', ')}.`;
  const shown = calls.length === 0 ? 'It was not called.' : `Its calls:\n${inWords(calls)}`;
  throw new ExpectationError(
    `Expected ${what} to take effect ${timesText(wanted)}, but it did, or may have, ${timesText(count)}. ${shown}${others}`,
    result,
  );
}

/**
 * A send of which its code knows nothing has done nothing when its service was asked before the next one and did not have it, or
 * when its step has definitely failed.
 */
function mayHaveApplied({ applied, effectKey, order }: EffectCall, { effects, ledger }: AgentRunResult): boolean {
  if (applied !== 'unknown') return applied === 'yes';
  if (ledger.some((item) => item.effectKey === effectKey && item.status === 'FAILED')) return false;
  const later = effects.filter((one) => one.effectKey === effectKey && one.order > order);
  const next = later.findIndex(({ call }) => call === 'run');
  const said = later.slice(0, Math.max(next, 0)).findLast(({ call }) => call === 'lookup')?.output;
  const isAbsent = typeof said === 'object' && said !== null && 'found' in said && said['found'] === false;
  return !isAbsent;
}

function expectFaultsApplied(result: AgentRunResult): void {
  const unused = result.unusedFaults.filter(({ optional }) => !optional);
  if (unused.length === 0) return;
  const faults = unused.map((fault) => `  ${faultText(fault)}`).join('\n');
  throw new ExpectationError(
    `The test is about less than it says, for these faults never applied:\n${faults}\nCorrect 'at', 'attempt', 'stepId' or 'call', or write 'optional: true' if that is meant.`,
    result,
  );
}

function timesText(count: number): string {
  if (count === 0) return 'never';
  return count === 1 ? 'once' : `${count} times`;
}

const appliedText = { yes: 'took effect', no: 'did not take effect', unknown: 'may have taken effect' } as const;

function inWords(calls: readonly EffectCall[]): string {
  return calls
    .map(({ stepId, attempt, applied, error }) => {
      const why = error === undefined ? '' : ` (${error})`;
      return `  step ${stepId}, attempt ${attempt}: ${appliedText[applied]}${why}`;
    })
    .join('\n');
}
