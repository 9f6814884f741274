import * as z from 'zod';
import { ActionError } from './failure.ts';
import { reactions } from './reaction.ts';

/** What a breaker goes by. Times are in milliseconds. */
export const breakerRules = {
  /** Fewer calls than this say nothing. */
  minimumCalls: 5,
  /** Outcomes that are looked at, newest last. */
  window: 20,
  /** Share of failures in the window at which the breaker opens. */
  failureShare: 0.5,
  firstOpenMs: 30_000,
  longestOpenMs: 15 * 60_000,
} as const;

/** `+` for a call that succeeded, `-` for one that failed, newest last. */
const outcomes = z.string().regex(new RegExp(`^[+-]{0,${breakerRules.window}}$`));
const openForMs = z.int().min(breakerRules.firstOpenMs).max(breakerRules.longestOpenMs);

const identity = {
  /** What is called: `model:openai:gpt-5`, or the name of a service. */
  dependency: z.string().regex(/^[^#\s]{1,300}$/),
  /** New with every write: who has seen this one may write the next. */
  writeToken: z.string().min(1),
  /** Since when it has been in this state. Left out by those that nobody has recorded a time for. */
  sinceMs: z.int().nonnegative().optional(),
  /** The last time a person isolated or closed it. */
  byHand: z
    .object({
      act: z.enum(['isolated', 'closed']),
      by: z.string().min(1),
      reason: z.string(),
      atMs: z.int().nonnegative(),
    })
    .optional(),
};

export const breaker = z.discriminatedUnion('state', [
  z.object({ ...identity, state: z.literal('closed'), outcomes }),
  z.object({ ...identity, state: z.literal('open'), untilMs: z.int().nonnegative(), openForMs }),
  /** One call is under way to see whether the dependency is back. When it was not heard of by `untilMs`, another one may try. */
  z.object({
    ...identity,
    state: z.literal('halfOpen'),
    probe: z.string().min(1),
    untilMs: z.int().nonnegative(),
    openForMs,
  }),
  /** Held open by a person, until a person closes it. */
  z.object({ ...identity, state: z.literal('isolated'), by: z.string().min(1), reason: z.string() }),
]);
export type Breaker = z.infer<typeof breaker>;

/** A state without its identity, which a write adds. */
export type BreakerState = WithoutIdentity<Breaker>;
type WithoutIdentity<Each> = Each extends Breaker ? Omit<Each, keyof typeof identity> : never;

/** The state of a dependency that nothing is known of. */
export const healthy: BreakerState = { state: 'closed', outcomes: '' };

export const breakerHealths = ['closed', 'open', 'half-open', 'isolated'] as const;
/** How a breaker is shown. One that has been open for its time is half-open, although nobody has tried yet. */
export type BreakerHealth = (typeof breakerHealths)[number];

export function healthOf(state: BreakerState, nowMs: number): BreakerHealth {
  if (state.state === 'halfOpen') return 'half-open';
  return state.state === 'open' && nowMs >= state.untilMs ? 'half-open' : state.state;
}

/** What is stored of the state that follows `current`. */
export function recorded(
  next: BreakerState,
  current: Breaker | undefined,
  write: Required<Pick<Breaker, 'dependency' | 'writeToken'>> & { readonly nowMs: number },
): Breaker {
  const { dependency, writeToken, nowMs } = write;
  const sinceMs = current?.state === next.state ? current.sinceMs : nowMs;
  return {
    ...next,
    ...{ dependency, writeToken },
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(current?.byHand ? { byHand: current.byHand } : {}),
  };
}

/** What a person does to a breaker, whatever its state. Closed by hand, it forgets its failures. */
export function byHand(
  act: NonNullable<Breaker['byHand']>,
  current: Breaker | undefined,
  write: Pick<Breaker, 'dependency' | 'writeToken'>,
): Breaker {
  const { by, reason, atMs: nowMs } = act;
  const next: BreakerState = act.act === 'isolated' ? { state: 'isolated', by, reason } : healthy;
  return { ...recorded(next, current, { ...write, nowMs }), byHand: act };
}

/** How long those who found a probe under way wait before they ask again: most probes are answered by then. */
const askAgainMs = 5_000;

/** Whether a call may be made now. */
export type Admission =
  | { readonly kind: 'pass' }
  /** Whoever writes the state `halfOpen` first may make the one call that tells. */
  | { readonly kind: 'probe'; readonly openForMs: number }
  /** `retryAfterMs` is missing when only a person can close the breaker. */
  | { readonly kind: 'refused'; readonly why: string; readonly retryAfterMs: number | undefined };

export function admissionOf(state: BreakerState, nowMs: number): Admission {
  switch (state.state) {
    case 'closed':
      return { kind: 'pass' };
    case 'open':
      if (nowMs >= state.untilMs) return { kind: 'probe', openForMs: state.openForMs };
      return { kind: 'refused', why: 'it has failed too often', retryAfterMs: state.untilMs - nowMs };
    case 'halfOpen':
      // Who took the probe has died, or its answer could not be recorded.
      if (nowMs >= state.untilMs) return { kind: 'probe', openForMs: state.openForMs };
      return {
        kind: 'refused',
        why: 'one call is trying whether it is back',
        retryAfterMs: Math.min(askAgainMs, state.untilMs - nowMs),
      };
    case 'isolated':
      return { kind: 'refused', why: `${state.by} holds it open: ${state.reason}`, retryAfterMs: undefined };
  }
}

/** The state in which one call, and no other, may try until `untilMs`. */
export function probing(
  admission: Extract<Admission, { kind: 'probe' }>,
  probe: string,
  untilMs: number,
): BreakerState {
  return { state: 'halfOpen', probe, untilMs, openForMs: admission.openForMs };
}

/**
 * How a call ended, as far as the health of the dependency goes. `answered`: it is there, although it did not do what was
 * asked, for being busy or because the request was wrong. `untold`: nobody asked it.
 */
export type CallOutcome = 'success' | 'failure' | 'answered' | 'untold';

/** What a thrown error says about the health of the dependency. */
export function outcomeOfError(error: unknown): CallOutcome {
  return ActionError.isInstance(error) ? outcomeOfProblem(error) : 'untold';
}

/** What a failure says about the health of the dependency, which has its say only when it was asked. */
export function outcomeOfProblem(problem: Pick<ActionError, 'failureClass' | 'sendOutcome'>): CallOutcome {
  const { failureClass, sendOutcome } = problem;
  const { health } = reactions[failureClass];
  if (health === 'ill') return 'failure';
  const nobodyAnswered = sendOutcome === 'notSent' || (health === 'ours' && sendOutcome === 'unknown');
  return nobodyAnswered ? 'untold' : 'answered';
}

/**
 * The state after calls have ended, oldest first; the same object when they change nothing. Calls that began before the
 * breaker opened and end afterwards are not counted: only the probe speaks then.
 *
 * @param probe of the call, if it was one
 */
export function afterCalls(
  state: BreakerState,
  ended: readonly CallOutcome[],
  probe: string | undefined,
  nowMs: number,
): BreakerState {
  if (state.state === 'closed') return counted(state, ended, nowMs);
  const outcome = ended.at(-1);
  if (state.state !== 'halfOpen' || state.probe !== probe || outcome === undefined) return state;
  switch (outcome) {
    case 'success':
    case 'answered':
      return healthy;
    case 'failure': {
      const openForMs = Math.min(state.openForMs * 2, breakerRules.longestOpenMs);
      return { state: 'open', untilMs: nowMs + openForMs, openForMs };
    }
    case 'untold':
      // The question has not been put: the next call may put it at once.
      return { state: 'open', untilMs: nowMs, openForMs: state.openForMs };
  }
}

function counted(
  state: Extract<BreakerState, { state: 'closed' }>,
  ended: readonly CallOutcome[],
  nowMs: number,
): BreakerState {
  const marks = ended.map((outcome) => ({ success: '+', failure: '-', answered: '', untold: '' })[outcome]).join('');
  if (marks === '') return state;
  const outcomes = (state.outcomes + marks).slice(-breakerRules.window);
  const failures = outcomes.split('-').length - 1;
  const opens =
    marks.endsWith('-') &&
    outcomes.length >= breakerRules.minimumCalls &&
    failures >= outcomes.length * breakerRules.failureShare;
  if (!opens) return { state: 'closed', outcomes };
  const openForMs = breakerRules.firstOpenMs;
  return { state: 'open', untilMs: nowMs + openForMs, openForMs };
}

/** Whether the window holds no failure, so that another success would tell nothing new. */
export function isSpotless(state: BreakerState): boolean {
  return state.state === 'closed' && !state.outcomes.includes('-');
}
