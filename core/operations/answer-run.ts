import type { ResolveRequest, RunAccepted } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Escalation } from '../model/escalation.ts';
import { jsonHash } from '../model/json.ts';
import { pastTense, rulingOf } from '../model/resolution.ts';
import type { RunHead } from '../model/run.ts';
import { statusUnderWay } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import { caseFactsOf, stepIn } from './case-facts.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import type { FailedRun } from './recovery-case.ts';
import type { RunReader } from './run-reader.ts';
import type { WakePorts } from './wake-run.ts';
import { alreadySettled, changeHead, ensureRunning, headOf, nextGeneration, settleEscalation } from './wake-run.ts';

/** What a person has decided about an inbox item. */
export interface Answer<Request extends ResolveRequest = ResolveRequest> {
  readonly escalation: Escalation;
  /** Who says so. */
  readonly by: string;
  readonly request: Request;
}

export interface AnswerDependencies {
  readonly ports: WakePorts;
  readonly registry: Registry;
  readonly reader: RunReader;
}

/** A run that waits for the answer, or one that this answer has moved before. */
type Waiting = { readonly repeated: true } | ({ readonly repeated: false; readonly plans: WindowPlans } & FailedRun);

/**
 * The run of an inbox item that is to be decided about. Throws the problems `already-settled` for one that waits no longer,
 * `resolution-not-allowed` for what its case does not allow, and `unknown-agent`.
 */
export async function waitingRun(answer: Answer, { ports, registry, reader }: AnswerDependencies): Promise<Waiting> {
  const { escalation } = answer;
  const head = await headOf(escalation, ports);
  if (isRepetition(head, answer)) return { repeated: true };
  checkWaits(head, escalation);
  const agent = registry.agents.get(head.agent);
  if (!agent) {
    throw new Problem(
      'unknown-agent',
      `The agent '${head.agent}' of run '${head.runId}' is no longer defined, so nothing of its plan can be changed. Deploy the agent again.`,
    );
  }
  const run = { head, plans: await reader.windowPlans(head), agent, request: await reader.request(head) };
  const ruling = rulingOf(escalation.kind, answer.request.resolution, caseFactsOf(escalation, run, registry));
  if (!ruling.may) throw notHere(answer, ruling.why);
  return { repeated: false, ...run };
}

/** The step that an inbox item is about. Throws the problem `resolution-not-allowed` when it is about none. */
export function stepOf(answer: Answer, run: Pick<FailedRun, 'head' | 'plans'>): WindowStep {
  const entry = stepIn(answer.escalation, run);
  if (entry) return entry;
  throw notHere(answer, 'the item is about no step of the plan');
}

/** The problem `resolution-not-allowed`, for something that only the case itself tells. `why` continues a sentence. */
export function notHere({ escalation, request }: Answer, why: string, instead = ''): Problem {
  const { escalationId } = escalation;
  return new Problem(
    'resolution-not-allowed',
    `Escalation '${escalationId}' cannot be resolved with '${request.resolution}': ${why}. Nothing was decided. ${instead || `GET /v1/escalations/${escalationId} says what may be decided`}.`,
  );
}

/**
 * Moves a run on whose question is answered: the head, then the inbox item, then the execution. A call that died in between
 * is completed by its repetition. Throws the problems `already-settled` and `run-contended`.
 *
 * @param change what changes in the head besides that it goes on
 */
export async function answerRun(
  answer: Answer,
  { ports, registry }: AnswerDependencies,
  change: (head: RunHead) => Partial<RunHead> | Promise<Partial<RunHead>>,
): Promise<RunAccepted> {
  const { escalation, by, request } = answer;
  const { escalationId, runId } = escalation;
  const head = await changeHead(escalation, ports, async (current) => {
    if (isRepetition(current, answer)) return undefined;
    checkWaits(current, escalation);
    const { resolution } = request;
    return {
      ...(await change(current)),
      // A person who moves it on has seen what was tried.
      ...{ replans: current.replans === undefined ? undefined : 0, recoveries: undefined, restarts: undefined },
      ...deadlineOf(current, registry, ports.clock.now()),
      ...nextGeneration(current),
      status: statusUnderWay(current),
      answered: { escalationId, by, resolution, requestHash: hashOf(answer) },
    };
  });
  await settleEscalation(escalation, settledBy(answer, ports.clock.now()), ports);
  return { runId, status: (await ensureRunning(head, ports)).status };
}

/** How an inbox item is closed that somebody has decided about. */
function settledBy({ by, request }: Answer, atMs: number): NonNullable<Escalation['settled']> {
  return { atMs, by, reason: `${pastTense[request.resolution]} by ${by}: ${request.reason}` };
}

/** A run whose deadline has passed meanwhile is given as much time again as its agent allows, as when it is resumed. */
function deadlineOf(head: RunHead, { agents }: Registry, nowMs: number): Partial<RunHead> {
  const agent = agents.get(head.agent);
  if (!agent || head.deadlineMs > nowMs || head.compensation) return {};
  return { deadlineMs: nowMs + agent.deadlineSeconds * 1_000 };
}

const keptHashCharacters = 16;

function hashOf({ request }: Answer): string {
  return jsonHash(request).slice(0, keptHashCharacters);
}

function isRepetition({ answered }: RunHead, answer: Answer): boolean {
  const { escalation, by } = answer;
  return (
    answered?.escalationId === escalation.escalationId && answered.by === by && answered.requestHash === hashOf(answer)
  );
}

/** Throws the problem `already-settled` unless the run waits for this item. */
function checkWaits(head: RunHead, escalation: Escalation): void {
  const { waitingFor, answered, status } = head;
  const waits = waitingFor?.kind === 'human' && waitingFor.escalationId === escalation.escalationId;
  if (waits && status === 'escalated') return;
  const other = answered?.escalationId === escalation.escalationId ? answered : undefined;
  throw alreadySettled(
    escalation,
    other ? `was ${pastTense[other.resolution]} by ${other.by}` : 'is open, but its run no longer waits for it',
  );
}
