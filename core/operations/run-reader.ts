import type { AcceptedStep, PlanRevision } from '../model/plan.ts';
import type { Json } from '../model/json.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { Trust } from '../model/trust.ts';
import type { Ports, RunRef } from '../ports/index.ts';
import type { WindowPlans } from './open-steps.ts';
import { ledgerRefOf } from './open-steps.ts';
import { loadValue } from './stored-value.ts';

const keptPlans = 400;
const keptRequests = 400;
const keptOutputs = 2_000;

/** A value, and how far it may be believed. */
export interface TrustedValue {
  readonly value: Json;
  readonly trust: Trust;
  /** Of the arguments that it was made from. */
  readonly argumentTrust: Trust;
}

/** Drops the oldest entry when it is full. Only for what can never change. */
class BoundedMap<Value> {
  readonly #limit: number;
  readonly #entries = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}

/** Reads what is immutable of runs (requests, plan revisions, outputs of done steps) and remembers a bounded part of it. */
export class RunReader {
  readonly #ports: Pick<Ports, 'runs' | 'ledger' | 'blobs'>;
  readonly #plans = new BoundedMap<PlanRevision>(keptPlans);
  readonly #requests = new BoundedMap<RunRequest>(keptRequests);
  readonly #outputs = new BoundedMap<TrustedValue>(keptOutputs);

  constructor(ports: Pick<Ports, 'runs' | 'ledger' | 'blobs'>) {
    this.#ports = ports;
  }

  /** Throws when the run was never requested. */
  async request(run: RunRef): Promise<RunRequest> {
    const key = keyOf(run);
    const known = this.#requests.get(key);
    if (known) return known;
    const request = await this.#ports.runs.readRequest(run);
    if (!request) throw new Error(`Run ${run.runId} of tenant ${run.tenantId} has no request.`);
    this.#requests.set(key, request);
    return request;
  }

  /** Throws when there is no such revision. */
  async plan(run: RunRef, revision: number): Promise<PlanRevision> {
    const known = this.#plans.get(keyOf(run, revision));
    if (known) return known;
    const plan = await this.#ports.runs.readPlan(run, revision);
    if (!plan) throw new Error(`Run ${run.runId} of tenant ${run.tenantId} has no plan revision ${revision}.`);
    this.rememberPlan(plan);
    return plan;
  }

  rememberPlan(plan: PlanRevision): void {
    this.#plans.set(keyOf(plan, plan.revision), plan);
  }

  async windowPlans(head: RunHead): Promise<WindowPlans> {
    const plans = await Promise.all(head.window.map(({ revision }) => this.plan(head, revision)));
    return new Map(plans.map((plan) => [plan.revision, plan]));
  }

  /**
   * The step of that id as the newest revision from `revision` backwards defines it; undefined when none does.
   * The cost of looking far back falls on those who refer far back.
   */
  async findStep(
    run: RunRef,
    stepId: string,
    revision: number,
  ): Promise<{ step: AcceptedStep; revision: number } | undefined> {
    for (let at = revision; at >= 1;) {
      const plan = await this.plan(run, at);
      const step = plan.steps.find(({ id }) => id === stepId);
      if (step) return { step, revision: at };
      at = Object.hasOwn(plan.imports, stepId) ? (plan.imports[stepId] ?? 0) : at - 1;
    }
    return undefined;
  }

  /** Of these steps, those that the ledger knows already: an earlier revision has begun a step of that id and skill. */
  async begunOf(run: RunRef, steps: readonly AcceptedStep[]): Promise<readonly string[]> {
    const items = await this.#ports.ledger.readMany(steps.map((step) => ledgerRefOf(run, step)));
    return items.map(({ stepId }) => stepId);
  }

  /** Output of a step that is done, and how far it may be believed; null for one that is over without an output. */
  async output(run: RunRef, step: AcceptedStep): Promise<TrustedValue> {
    const key = keyOf(run, keyOfOutput(step));
    const known = this.#outputs.get(key);
    if (known !== undefined) return known;
    const item = await this.#ports.ledger.read(ledgerRefOf(run, step));
    if (item?.status !== 'DONE') return { value: null, trust: 'trusted', argumentTrust: 'trusted' };
    const { result, trust, argumentTrust = trust } = item;
    const output = { value: await loadValue(result, this.#ports.blobs), trust, argumentTrust };
    this.rememberOutput(run, step, output);
    return output;
  }

  rememberOutput(run: RunRef, step: AcceptedStep, output: TrustedValue): void {
    this.#outputs.set(keyOf(run, keyOfOutput(step)), output);
  }
}

/** As in the ledger: a later revision may use an id again for a step of another skill. */
function keyOfOutput({ skill, id }: AcceptedStep): string {
  return `${skill}/${id}`;
}

function keyOf(run: RunRef, part: string | number = ''): string {
  return `${run.tenantId}#${run.runId}#${part}`;
}
