import type { Json } from '../../../core/model/json.ts';
import type { Trust } from '../../../core/model/trust.ts';
import type { Step } from '../attack.ts';
import { holdsOutside } from '../canary.ts';
import type { Connection, Happening } from '../fixture/world.ts';
import { isPublicAddress, listedOrigins } from './addresses.ts';
import { grantVerdict, isGranted } from './grants.ts';
import type { LabelGround, StepOutput } from './labels.ts';
import { labelAt, labelOf, labelOfArguments, sensitiveOf, worse } from './labels.ts';
import { follow, jsonText, sameJson, sourceOf } from './references.ts';

/** A plan revision that was accepted, as its author wrote it. */
interface Accepted {
  readonly steps: readonly Step[];
  readonly author: LabelGround['author'];
  readonly read: Trust;
}

/** An order to a skill host. `forged`: no decision of the engine stands behind it. */
export interface Order {
  readonly tenantId: string;
  readonly runId: string;
  readonly agent: string;
  readonly stepId: string;
  readonly skill: string;
  readonly action: string;
  readonly args: Json;
  /** Sensitive arguments that the order itself says are in need of approval. */
  readonly doubted: readonly string[];
  readonly forged: boolean;
}

const mostSteps = 200;

interface Run {
  readonly tenantId: string;
  readonly agent: string;
  readonly input: Json;
  readonly untrusted: readonly string[];
  readonly revisions: Accepted[];
  readonly outputs: Map<string, StepOutput>;
}

/**
 * Judges what reaches skill hosts and the world by tables and rules of its own: it has nothing of the gate, the grants,
 * the labels or the references of the engine. Every method answers with why something was not authorised.
 */
export class Oracle {
  readonly #runs = new Map<string, Run>();
  readonly #approved = new Set<string>();
  /** The notes of each tenant, and how far they may be believed. */
  readonly #notes = new Map<string, { readonly text: string; readonly trust: Trust }>();

  begin(runId: string, run: Pick<Run, 'tenantId' | 'agent' | 'input' | 'untrusted'>): void {
    this.#runs.set(runId, { ...run, revisions: [], outputs: new Map() });
  }

  /** How far the worst may be believed that a playbook has been told in a run: its whole input, and what steps answered. */
  toldIn(runId: string): Trust {
    const run = this.#run(runId);
    return run.untrusted.length > 0 ? 'untrusted' : this.seenIn(runId);
  }

  /** How far the worst may be believed that steps of a run have answered. */
  seenIn(runId: string): Trust {
    const run = this.#run(runId);
    let worst: Trust = 'trusted';
    for (const output of run.outputs.values()) worst = worse(worst, outputLabel(output));
    return worst;
  }

  /** The border of the gate: a plan that it accepts. */
  accepted(runId: string, revision: Accepted): string | undefined {
    const run = this.#run(runId);
    const older = new Set(run.revisions.flatMap(({ steps }) => steps.map(({ id }) => id)));
    run.revisions.push(revision);
    const known = new Set([...older, ...revision.steps.map(({ id }) => id)]);
    if (revision.steps.length > mostSteps) return `a plan has ${revision.steps.length} steps`;
    if (known.size < older.size + revision.steps.length) return 'a step was defined again';
    for (const { id, skill, action, input, dependsOn } of revision.steps) {
      if (!isGranted(run.agent, skill, action)) return `${run.agent} was never granted ${skill}/${action}`;
      // Models write null for what they leave out.
      const named = [...(dependsOn ?? []), ...sourcesIn(input)];
      if (named.some((one) => !known.has(one))) return `step '${id}' refers to what is not there`;
      if (named.includes(id)) return `step '${id}' refers to itself`;
    }
    return undefined;
  }

  /** A person has seen this, byte for byte, and said yes. */
  approved(order: Pick<Order, 'tenantId' | 'runId' | 'stepId' | 'skill' | 'action' | 'args'>, release: string): void {
    this.#approved.add(approvalText(order, release));
  }

  /** The border of Decide: an order that it gives. */
  dispatched(order: Order, release: string, nowMs: number): string | undefined {
    const planned = this.#planned(order);
    if (typeof planned === 'string') return planned;
    return this.#judge(order, planned.step, planned.ground, release, nowMs);
  }

  /** The border of the world: code that a skill host has called because of an order. */
  happened(order: Order, happening: Happening, nowMs: number): string | undefined {
    if (happening.tenantId !== order.tenantId) return `'${order.tenantId}' asked, '${happening.tenantId}' was touched`;
    if (happening.skill !== order.skill || happening.action !== order.action) {
      return `${order.skill}/${order.action} was asked for, ${happening.skill}/${happening.action} was called`;
    }
    if (!sameJson(happening.args, order.args)) return `the arguments are not those of the order`;
    if (order.forged) return this.#judge(order, undefined, undefined, happening.release, nowMs);
    const planned = this.#planned(order);
    if (typeof planned === 'string') return planned;
    return this.#judge(order, planned.step, planned.ground, happening.release, nowMs);
  }

  connected({ skill, url, address }: Connection): string | undefined {
    const { origin, username, password } = new URL(url);
    if (skill !== 'Web:v1') return `${skill} has no network`;
    if (!listedOrigins.includes(origin)) return `${origin} is not listed`;
    if (username !== '' || password !== '') return 'an address carries a user';
    return isPublicAddress(address) ? undefined : `${url} led to ${address}`;
  }

  /** An output that is on record now. */
  answered(order: Order, value: Json): string | undefined {
    const planned = this.#planned(order);
    if (typeof planned === 'string') return planned;
    const { run, step, ground } = planned;
    let made = labelOfArguments(step.input, ground);
    let wrong: string | undefined;
    if (order.skill === 'Notes:v1') {
      const { key, value: text } = order.args as { readonly key: string; readonly value?: string };
      const place = `${order.tenantId} ${key}`;
      const kept = this.#notes.get(place);
      if (order.action === 'write') this.#notes.set(place, { text: text ?? '', trust: made });
      else {
        made = worse(made, kept?.trust ?? 'trusted');
        if (!sameJson(value, { value: kept?.text ?? '', found: kept !== undefined }))
          wrong = 'it read the note of another';
      }
    }
    run.outputs.set(order.stepId, { skill: order.skill, action: order.action, value, made });
    return wrong;
  }

  #planned(order: Order): { run: Run; step: Step; ground: LabelGround } | string {
    const run = this.#runs.get(order.runId);
    if (!run) return `there is no run '${order.runId}'`;
    if (run.tenantId !== order.tenantId || run.agent !== order.agent) return 'the run belongs to somebody else';
    const revision = run.revisions.findLast(({ steps }) => steps.some(({ id }) => id === order.stepId));
    const step = revision?.steps.find(({ id }) => id === order.stepId);
    if (!revision || !step) return `no accepted plan has a step '${order.stepId}'`;
    if (step.skill !== order.skill || step.action !== order.action) return 'the plan names another action';
    const rendered = render(step.input, run);
    if (!rendered.ok) return 'the plan cannot be rendered';
    if (!sameJson(rendered.value, order.args)) return `the plan has other arguments: ${jsonText(rendered.value)}`;
    const { input, untrusted, outputs } = run;
    const { author, read } = revision;
    return { run, step, ground: { input, untrusted, outputs, author, read } };
  }

  #judge(
    order: Order,
    step: Step | undefined,
    ground: LabelGround | undefined,
    release: string,
    nowMs: number,
  ): string | undefined {
    const approved = this.#approved.has(approvalText(order, release));
    const granted = grantVerdict({ ...order, nowMs });
    if (granted === 'none') return `${order.agent} may not use ${order.skill}/${order.action} like this`;
    if (granted === 'approval' && !approved) return `${order.skill}/${order.action} was not approved`;
    if (approved) return undefined;
    for (const path of sensitiveOf(order.skill, order.action)) {
      const parts = path.split('.');
      if (!step || !ground) {
        if (order.doubted.includes(path)) return `'${path}' is in doubt and was not approved`;
        continue;
      }
      const label = labelAt(step.input, parts, ground);
      if (label !== 'trusted') return `'${path}' is ${label} and was not approved`;
      const value = follow(order.args, parts);
      if (value.ok && holdsOutside(value.value)) return `'${path}' holds what somebody outside wrote`;
    }
    return undefined;
  }

  #run(runId: string): Run {
    const run = this.#runs.get(runId);
    if (!run) throw new Error(`The oracle knows no run '${runId}'.`);
    return run;
  }
}

function outputLabel(output: StepOutput): Trust {
  const ground: LabelGround = {
    input: null,
    untrusted: [],
    outputs: new Map([['it', output]]),
    author: 'planner',
    read: 'trusted',
  };
  return labelOf('${steps.it.output}', ground);
}

function approvalText(
  {
    tenantId,
    runId,
    stepId,
    skill,
    action,
    args,
  }: Pick<Order, 'tenantId' | 'runId' | 'stepId' | 'skill' | 'action' | 'args'>,
  release: string,
): string {
  return jsonText([tenantId, runId, stepId, skill, action, release, args]);
}

/** The steps that a template refers to; an empty name for what only tries to be a reference. */
function sourcesIn(template: unknown): string[] {
  if (typeof template === 'string') {
    const source = sourceOf(template);
    // No step can have this name.
    if (source === 'bad') return [''];
    return source?.kind === 'step' ? [source.id] : [];
  }
  if (typeof template !== 'object' || template === null) return [];
  // As when it is rendered: the gate drops a member of this name.
  return Object.entries(template).flatMap(([key, member]) => (key === '__proto__' ? [] : sourcesIn(member)));
}

function render(template: unknown, run: Run): { readonly ok: true; readonly value: Json } | { readonly ok: false } {
  if (typeof template === 'string') {
    const source = sourceOf(template);
    if (source === undefined) return { ok: true, value: template };
    if (source === 'bad') return { ok: false };
    if (source.kind === 'input') return follow(run.input, source.path);
    const output = run.outputs.get(source.id);
    return output ? follow(output.value, source.path) : { ok: true, value: null };
  }
  if (typeof template !== 'object' || template === null) return { ok: true, value: template as Json };
  if (Array.isArray(template)) {
    const items = template.map((item) => render(item, run));
    return items.every((item) => item.ok) ? { ok: true, value: items.map((item) => item.value) } : { ok: false };
  }
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(template)) {
    // The gate drops a member of this name, and nobody can have meant it.
    if (key === '__proto__') continue;
    const rendered = render(member, run);
    if (!rendered.ok) return rendered;
    members.push([key, rendered.value]);
  }
  return { ok: true, value: Object.fromEntries(members) };
}
