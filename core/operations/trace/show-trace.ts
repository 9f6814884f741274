import type { TracePage } from '../../contract/trace-api.ts';
import type { RunHead } from '../../model/run.ts';
import { isFinal } from '../../model/run.ts';
import type { TraceEvent } from '../../model/trace.ts';
import { seqOfRevision } from '../../model/trace.ts';
import { jsonSizeBytes } from '../../model/json.ts';
import type { Registry } from '../../model/skill.ts';
import type { RunRef } from '../../ports/index.ts';
import { headOf } from '../wake-run.ts';
import { assembleTrace } from './assemble-trace.ts';
import { hiddenMembers } from './hidden-members.ts';
import type { RevisionItems } from './revision-items.ts';
import type { TraceDependencies } from './read-revisions.ts';
import { readRevisions } from './read-revisions.ts';

/** Answers of Lambda end at 6 MB. */
export const mostPageBytes = 2 * 1024 * 1024;

/** A part of a trace, and what it was cut from. */
export interface TracePart {
  readonly head: RunHead;
  readonly events: readonly TraceEvent[];
  /** Give it as `after`; undefined when there is nothing more now. */
  readonly nextAfter: number | undefined;
  /** True when the run is over and its last event is among these. */
  readonly complete: boolean;
}

/**
 * Events of a run after the one with that `seq`, in their order, secrets and hidden members left out. Throws the problem
 * `unknown-run`, also for a run of another tenant.
 *
 * @param after 0 for the first page
 */
export async function tracePart(
  query: RunRef & { readonly after: number; readonly limit: number },
  dependencies: TraceDependencies & { readonly registry: Registry },
): Promise<TracePart> {
  const { tenantId, runId, after, limit } = query;
  const head = await headOf({ tenantId, runId }, dependencies.ports);
  const found: TraceEvent[] = [];
  let bytes = 0;
  const hide = hiddenMembers(dependencies.registry);
  for await (const items of revisionsFrom(head, Math.floor(after / seqOfRevision), limit + 1, dependencies)) {
    const isLast = items.revision === head.revision;
    const request = items.revision === 0 ? await dependencies.reader.request(head) : undefined;
    for (const event of assembleTrace(items, {
      ...{ request, head: isLast ? head : undefined, wishes: head },
    })) {
      if (event.seq <= after) continue;
      const shown = hide(event, head.agent);
      bytes += jsonSizeBytes(shown);
      const isFull = found.length === limit || (found.length > 0 && bytes > mostPageBytes);
      if (isFull) return { head, events: found, nextAfter: found.at(-1)?.seq, complete: false };
      found.push(shown);
    }
  }
  return { head, events: found, nextAfter: undefined, complete: true };
}

/** Reads on for as long as somebody wants more. */
export async function* revisionsFrom(
  head: RunHead,
  from: number,
  events: number,
  dependencies: TraceDependencies,
): AsyncIterable<RevisionItems> {
  let at = from;
  while (at <= head.revision) {
    const read = await readRevisions(
      head,
      { from: at, newest: head.revision, events, isOver: isFinal(head.status) },
      dependencies,
    );
    yield* read;
    at += read.length;
  }
}

/** A page of a trace as JSON. */
export async function showTrace(
  query: RunRef & { readonly after: number; readonly limit: number },
  dependencies: TraceDependencies & { readonly registry: Registry },
): Promise<TracePage> {
  const { head, events, nextAfter } = await tracePart(query, dependencies);
  return {
    runId: head.runId,
    agent: head.agent,
    status: head.status,
    events: [...events],
    nextAfter: nextAfter ?? null,
  };
}
