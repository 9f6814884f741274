import type { EscalationView } from '../core/contract/api.ts';
import { startRunRequest } from '../core/contract/api.ts';
import { deadExecution, escalationMessage } from '../core/contract/machine.ts';
import { Problem } from '../core/contract/problems.ts';
import type { Principal } from '../core/authz/principal.ts';
import { agentSkillId, childRunId } from '../core/model/agent-step.ts';
import type { RunHead } from '../core/model/run.ts';
import { isFinal } from '../core/model/run.ts';
import { dueMsOf } from '../core/model/run-due.ts';
import { cancelRun } from '../core/operations/cancel-run.ts';
import { openEscalation } from '../core/operations/open-escalation.ts';
import { resolveEscalation } from '../core/operations/resolve-escalation.ts';
import { resumeRun } from '../core/operations/resume-run.ts';
import { listEscalations, showEscalation } from '../core/operations/show-inbox.ts';
import { reportDeadRun } from '../core/operations/revive-run.ts';
import { showRun } from '../core/operations/show-run.ts';
import { startRun } from '../core/operations/start-run.ts';
import { sweepRuns } from '../core/operations/sweep-runs.ts';
import type { RunRef } from '../core/ports/index.ts';
import { InboxTimers } from './inbox-timers.ts';
import type { Platform } from './platform.ts';
import type { PersonalDecision } from './run-options.ts';
import { TestSetupError } from './test-setup-error.ts';

const mostInboxItems = 100;

/** Takes a run from its request until it is over, or nothing happens any more unless a person does something. */
export class Driver {
  readonly #platform: Platform;
  readonly #principal: Principal;
  readonly #timers: InboxTimers;
  /** Inbox items that a person was asked about, as they then were. */
  readonly #asked = new Set<string>();

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#timers = new InboxTimers(platform);
    this.#principal = { tenantId: platform.tenantId, subject: 'test', scopes: new Set(['admin']) };
  }

  /** The id of the run. Throws TestSetupError when it cannot be asked for so. */
  async start(): Promise<string> {
    const { dependencies, chronicle, options } = this.#platform;
    const request = requestOf(options);
    try {
      const call = { principal: this.#principal, idempotencyKey: undefined, request };
      const { runId } = await startRun(call, dependencies);
      chronicle.tell('run.started', { runId }, `agent ${request.agent}`);
      return runId;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const details = (error.problems ?? []).map((one) => `\n  - ${JSON.stringify(one)}`).join('');
      throw new TestSetupError(`The run was not accepted (${error.code}): ${error.message}${details}`, {
        cause: error,
      });
    }
  }

  async untilAtRest(runId: string): Promise<RunHead> {
    const { time, ports, tenantId } = this.#platform;
    for (;;) {
      await time.idle();
      const head = await ports.runs.readHead({ tenantId, runId });
      if (!head) throw new Error(`Run ${runId} is not in the table.`);
      if (isFinal(head.status)) return head;
      if (await this.#deliver()) continue;
      if (await this.#timers.fire()) continue;
      if (await this.#askPeople()) continue;
      const timerMs = await this.#timers.nextMs();
      if (timerMs === undefined && (await this.#needsPerson(head))) return head;
      if (!time.jump(timerMs)) return head;
    }
  }

  /** Carries the next message of the queues out. */
  async #deliver(): Promise<boolean> {
    const { messages, ports, chronicle, limits } = this.#platform;
    const body = messages.shift();
    if (body === undefined) return false;
    const parsed: unknown = JSON.parse(body);
    const asked = escalationMessage.safeParse(parsed);
    if (!asked.success) {
      const dead = deadExecution.parse(parsed);
      if ((await reportDeadRun(dead, { ports, limits })) === 'delayed') void this.#sweepWhenDue(dead.input);
    } else if ((await openEscalation(asked.data, ports)) === 'opened') {
      const { notice } = asked.data;
      chronicle.tell('escalation.opened', notice, `${notice.kind}: ${notice.reason}`);
    }
    return true;
  }

  /** A run whose restart is put off is started by the sweep. */
  async #sweepWhenDue(run: RunRef): Promise<void> {
    const { time, ports, limits, fail } = this.#platform;
    time.begin();
    try {
      const head = await ports.runs.readHead(run);
      await time.until((head && dueMsOf(head)) ?? time.now());
      const { failures } = await sweepRuns({ ports, limits }, Infinity);
      for (const { error } of failures) fail(error);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      time.end();
    }
  }

  /** True when a person did something. */
  async #askPeople(): Promise<boolean> {
    const { ports, tenantId } = this.#platform;
    const open = await ports.runs.listEscalations({
      ...{ tenantId, status: 'open', limit: mostInboxItems, cursor: undefined },
    });
    for (const { escalationId, version } of open.items) {
      const seen = `${escalationId}.${version}`;
      if (this.#asked.has(seen)) continue;
      this.#asked.add(seen);
      if (await this.#ask(escalationId)) return true;
    }
    return false;
  }

  async #ask(escalationId: string): Promise<boolean> {
    const { ports, tenantId, options, dependencies, chronicle } = this.#platform;
    if (!options.people) return false;
    const escalation = await showEscalation({ tenantId, escalationId }, ports);
    const { runId } = escalation;
    const run = await showRun({ tenantId, runId, withOutputs: true }, dependencies);
    const decision = await options.people(escalation, run);
    if (!decision) return false;
    chronicle.tell('escalation.answered', escalation, JSON.stringify(decision));
    await this.#carryOut(decision, escalation);
    return true;
  }

  async #carryOut(decision: PersonalDecision, { escalationId, runId, kind }: EscalationView): Promise<void> {
    const { dependencies, ports } = this.#platform;
    const principal = { ...this.#principal, subject: 'person' };
    const reason = decision.reason ?? 'the test says so';
    try {
      if (decision.resolution === 'resume') {
        await resumeRun({ principal, runId, reason, budget: decision.budget }, dependencies);
      } else if (decision.resolution === 'cancel') {
        await cancelRun({ principal, runId, reason }, ports);
      } else {
        await resolveEscalation({ principal, escalationId, request: { ...decision, reason } }, dependencies);
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new TestSetupError(
        `'people' decided ${JSON.stringify(decision)} about an escalation of kind '${kind}', which was refused (${error.code}): ${error.message}`,
        { cause: error },
      );
    }
  }

  /** Whether nothing of a run, and of those that it has begun, goes on before a person does something. */
  async #needsPerson(head: RunHead): Promise<boolean> {
    const { ledger, ports, tenantId } = this.#platform;
    if (isFinal(head.status)) return false;
    // A run that was just woken still names what it waited for.
    if (head.status === 'escalated') return head.waitingFor?.kind === 'human';
    if (head.status !== 'waiting') return false;
    const open = ledger
      .all()
      .filter(({ runId, status }) => runId === head.runId && ['CLAIMED', 'INTENT', 'VERIFY'].includes(status));
    const begun = await Promise.all(
      open.map(async ({ skill, effectKey }) => {
        if (skill !== agentSkillId) return false;
        const child = await ports.runs.readHead({ tenantId, runId: childRunId(effectKey) });
        return child ? this.#needsPerson(child) : false;
      }),
    );
    return begun.length > 0 && begun.every(Boolean);
  }
}

/** Inbox items that are open, newest first. */
export async function openItems({ ports, tenantId }: Platform): Promise<EscalationView[]> {
  const page = { tenantId, limit: mostInboxItems, cursor: undefined } as const;
  return (await listEscalations({ ...page, status: 'open' }, ports)).items;
}

/** Inbox items that are settled, newest first. */
export async function settledItems({ ports, tenantId }: Platform): Promise<EscalationView[]> {
  const page = { tenantId, limit: mostInboxItems, cursor: undefined } as const;
  return (await listEscalations({ ...page, status: 'settled' }, ports)).items;
}

function requestOf(options: Platform['options']): ReturnType<typeof startRunRequest.parse> {
  const { agent, goal, playbook, plan, planAuthor, input, untrusted, budget } = options;
  const asked = { agent: agent.name, goal, playbook, plan, planAuthor, input, untrusted, budget };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const parsed = startRunRequest.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new TestSetupError(`The run cannot be asked for so: ${issues}.`);
}
