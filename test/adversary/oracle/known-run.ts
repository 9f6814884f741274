import type { Json } from '../../../core/model/json.ts';
import type { RunRequest } from '../../../core/model/run.ts';
import type { Trust } from '../../../core/model/trust.ts';
import type { Step } from '../attack.ts';
import type { LabelGround, StepOutput } from './labels.ts';
import { labelOf } from './labels.ts';
import { sameJson } from './references.ts';
import { render } from './render.ts';

/** A plan revision that was accepted, as its author wrote it. */
export interface Accepted {
  readonly steps: readonly Step[];
  readonly author: LabelGround['author'];
  readonly read: Trust;
  /** Template of what the run comes to. */
  readonly output?: unknown;
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

/** What is known of a run before it has done anything. */
export interface AskedFor {
  readonly tenantId: string;
  readonly agent: string;
  readonly input: Json;
  readonly untrusted: readonly string[];
  /** How far the goal may be believed. */
  readonly goal: Trust;
  readonly thinks: boolean;
  readonly requestedBy: string;
  readonly budget: RunRequest['budget'];
  readonly deadlineMs: number;
  /** Runs above it. */
  readonly depth: number;
  /** The run and the step that have begun it. */
  readonly begunBy?: string;
}

export interface KnownRun extends AskedFor {
  readonly revisions: Accepted[];
  readonly outputs: Map<string, StepOutput>;
  /** Revisions that a summary stands for: nobody means their steps by their ids any more. */
  readonly shortened: number;
}

/**
 * What a run below has come to: what a plan of it says, and how far that may be believed. A text says what is wrong with it.
 *
 * @param child the run that the value names, if there is one
 */
export function comeTo(
  child: KnownRun | undefined,
  result: Json,
  order: Pick<Order, 'runId' | 'stepId'>,
): { readonly label: Trust } | string {
  if (child?.begunBy !== `${order.runId} ${order.stepId}`) return 'it gave what another run has come to';
  if (result === null) return { label: 'trusted' };
  const last = child.revisions.findLast(({ output }) => output !== undefined);
  if (!last) return 'a run without an output has come to something';
  const rendered = render(last.output, child);
  if (!rendered.ok || !sameJson(rendered.value, result)) return 'a run came to something that no plan of it says';
  const { input, untrusted, outputs } = child;
  return { label: labelOf(last.output, { input, untrusted, outputs, author: last.author, read: last.read }) };
}
