import { isPlatformSkill } from './platform-skill.ts';
import { ActionError } from '../core/model/failure.ts';
import type { Json } from '../core/model/json.ts';
import type { Registry } from '../core/model/skill.ts';
import type { Http } from '../core/ports/index.ts';
import { faultText, misfitOf } from './check-fault.ts';
import { asSkill, asTest } from './closed-network.ts';
import type { Chronicle, EffectCall } from './effects.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { ActionFault, ActionFaultKind, Fault } from './faults.ts';
import { invocations } from './invocation.ts';
import type { ActionCall, Invocation } from './invocation.ts';
import type { TestHttp } from './run-options.ts';
import { TestSetupError } from './test-setup-error.ts';
import type { VirtualTime } from './virtual-time.ts';

type NetworkFault = Extract<ActionFaultKind, { readonly status: number } | { readonly connection: string }>;

interface Interfered {
  readonly plan: FaultPlan;
  readonly chronicle: Chronicle;
  readonly time: VirtualTime;
  readonly registry: Registry;
}

/** A worker in which code of an action runs. */
export interface MortalWorker extends Invocation {
  readonly die: () => void;
}

/** Makes happen what a test wants to go wrong: with the code of actions, and with the network that it sees. */
export class Interference {
  readonly #world: Interfered;
  /** Of calls that are under way: what goes wrong with which of their requests. */
  readonly #network = new WeakMap<Invocation, { readonly fault: ActionFault; requests: number }>();

  constructor(world: Interfered) {
    this.#world = world;
  }

  /** One call of the code of an action, with what goes wrong with it. */
  async around(call: ActionCall, worker: MortalWorker): Promise<unknown> {
    const { plan, time } = this.#world;
    const stepId = worker.request?.stepId ?? '';
    this.#refuseWhenDown(call, worker);
    const fault = plan.ofCall(call, stepId);
    if (!fault) return this.#call(call, worker, undefined);
    const { fault: kind } = fault;
    if (kind === 'hang') {
      this.#apply(fault, worker);
      return time.hang(call.context.signal);
    }
    if (kind === 'crash-before-send') {
      this.#apply(fault, worker);
      worker.die();
      return new Promise(() => undefined);
    }
    if (typeof kind === 'object' && 'throw' in kind) {
      this.#apply(fault, worker);
      throw typeof kind.throw === 'function' ? (kind.throw as () => unknown)() : kind.throw;
    }
    const value = await this.#call(call, worker, fault);
    return this.#spoiled(value, fault, call, worker);
  }

  /** The network of skills: as the test gives it, with what goes wrong. */
  http(given: TestHttp | undefined, fail: (error: Error) => void): Http {
    return {
      fetch: async (url, init) => {
        const invocation = invocations.getStore();
        this.#disconnectWhenDown(url, invocation);
        const fault = invocation && this.#dueAt(invocation);
        if (fault?.requestFault) return this.#spoiledAnswer(fault.fault, fault.requestFault, () => answer(url, init));
        return answer(url, init);
      },
    };

    async function answer(url: string, init: RequestInit): Promise<Response> {
      if (given) return asTest(() => given(url, { ...init, redirect: 'manual' }));
      const skill = invocations.getStore()?.request?.skill ?? 'a skill';
      fail(
        new TestSetupError(
          `${skill} asked for ${init.method ?? 'GET'} ${url}, and this test has no network. Give 'http' to runAgent: a function from url and init to a Response, or fetch for a real server.`,
        ),
      );
      return new Promise(() => undefined);
    }
  }

  async #call(call: ActionCall, worker: MortalWorker, fault: ActionFault | undefined): Promise<unknown> {
    const { kind, skillId, action, context, input } = call;
    const { runId = '', stepId = '' } = worker.request ?? {};
    if (isPlatformSkill(skillId)) return call.proceed();
    const name = `${skillId}/${action}`;
    const { effectKey, attempt } = context;
    const ended = this.#world.chronicle.called({
      ...{ runId, stepId, action: name, call: kind, effectKey, attempt },
      effectClass: this.#world.registry.skills.get(skillId)?.actions[action]?.effect.class ?? 'N',
      arguments: plainJson(input),
    });
    this.#world.chronicle.tell('action.called', { runId, stepId }, `${kind} of ${name}, attempt ${attempt}`);
    if (fault && networkFaultOf(fault)) this.#network.set(worker, { fault, requests: 0 });
    try {
      const output = await asSkill(call.proceed);
      ended({ applied: kind === 'lookup' ? 'no' : 'yes', output: plainJson(output) });
      return output;
    } catch (error) {
      ended({ applied: kind === 'lookup' ? 'no' : appliedBy(error), error: inWords(error) });
      throw error;
    } finally {
      this.#network.delete(worker);
    }
  }

  /** What becomes of the answer of an action that has done its work. */
  #spoiled(value: unknown, fault: ActionFault, call: ActionCall, worker: MortalWorker): unknown {
    const { fault: kind } = fault;
    if (kind === 'apply-then-drop') {
      this.#apply(fault, worker);
      throw new ActionError('the answer was lost on its way', { class: 'transient', sendOutcome: 'unknown' });
    }
    if (kind === 'crash-after-send') {
      this.#apply(fault, worker);
      worker.die();
      return new Promise(() => undefined);
    }
    if (kind === 'wrong-output') {
      this.#apply(fault, worker);
      return misfitOf(this.#world.registry.skills.get(call.skillId)?.actions[call.action]);
    }
    if (typeof kind === 'object' && 'output' in kind) {
      this.#apply(fault, worker);
      return kind.output;
    }
    return value;
  }

  /** Counts the request; the fault of the call when it is this request that goes wrong. */
  #dueAt(
    invocation: Invocation,
  ): { readonly fault: ActionFault; readonly requestFault: NetworkFault | undefined } | undefined {
    const due = this.#network.get(invocation);
    if (!due) return undefined;
    due.requests += 1;
    const kind = networkFaultOf(due.fault);
    return { fault: due.fault, requestFault: due.requests === (kind?.request ?? 1) ? kind : undefined };
  }

  async #spoiledAnswer(fault: ActionFault, kind: NetworkFault, reach: () => Promise<Response>): Promise<Response> {
    this.#apply(fault, invocations.getStore());
    if ('connection' in kind) {
      if (kind.connection === 'dropped') await reach();
      throw brokenConnection(kind.connection === 'refused' ? 'ECONNREFUSED' : 'ECONNRESET');
    }
    if (kind.applied) await reach();
    const headers = new Headers({ 'content-type': 'application/json' });
    if (kind.retryAfterSeconds !== undefined) headers.set('retry-after', String(kind.retryAfterSeconds));
    const hasBody = ![204, 205, 304].includes(kind.status);
    return new Response(hasBody ? JSON.stringify(kind.body ?? {}) : null, { status: kind.status, headers });
  }

  /** Code that has no network fails as if it had one: before anything was sent. */
  #refuseWhenDown({ skillId }: ActionCall, worker: Invocation): void {
    const { plan, registry, chronicle } = this.#world;
    if ((registry.skills.get(skillId)?.network ?? []).length > 0) return;
    const outage = plan.outageOf(skillId, chronicle.sinceStartMs);
    if (!outage) return;
    this.#apply(outage, worker);
    throw new ActionError(`'${outage.dependency}' could not be reached`, {
      class: 'transient',
      sendOutcome: 'notSent',
    });
  }

  #disconnectWhenDown(url: string, invocation: Invocation | undefined): void {
    const { plan, chronicle } = this.#world;
    const outage = plan.outageOf(invocation?.request?.skill ?? '', chronicle.sinceStartMs);
    if (!outage) return;
    this.#apply(outage, invocation);
    throw brokenConnection('ECONNREFUSED', url);
  }

  #apply(fault: Fault, invocation: Invocation | undefined): void {
    this.#world.plan.apply(fault);
    this.#world.chronicle.tell('fault.applied', invocation?.request ?? { runId: '' }, faultText(fault));
  }
}

function networkFaultOf({ fault: kind }: ActionFault): NetworkFault | undefined {
  return typeof kind === 'object' && ('status' in kind || 'connection' in kind) ? kind : undefined;
}

/** As Node's fetch fails. */
function brokenConnection(code: string, url = ''): TypeError {
  const cause = Object.assign(new Error(`${code}${url === '' ? '' : ` ${url}`}`), { code });
  return new TypeError('fetch failed', { cause });
}

function appliedBy(error: unknown): EffectCall['applied'] {
  return ActionError.isInstance(error) && error.sendOutcome !== 'unknown' ? 'no' : 'unknown';
}

function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What a value is when it is written down. */
function plainJson(value: unknown): Json {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch {
    return 'a value that is no JSON';
  }
}
