import type { TracePage } from '../../contract/trace-api.ts';
import type { PlanRevision } from '../../model/plan.ts';
import type { Registry } from '../../model/skill.ts';
import type { RunHead } from '../../model/run.ts';
import { isFinal } from '../../model/run.ts';
import type { TraceEvent } from '../../model/trace.ts';
import type { Ports, RunRef } from '../../ports/index.ts';
import { headOf } from '../wake-run.ts';
import { toldEvents } from './assemble-trace.ts';
import { hiddenMembers } from './hidden-members.ts';
import type { TraceDependencies } from './read-revisions.ts';
import type { RevisionItems } from './revision-items.ts';
import { revisionsFrom } from './show-trace.ts';
import type { ToldSoFar } from './trace-cursor.ts';
import { closedBefore, encodeTold, isNews, nothingTold, toldWith } from './trace-cursor.ts';

export interface NewsDependencies extends TraceDependencies {
  readonly registry: Registry;
}

/** What has happened in a run that a follower was not told of. */
export interface News {
  readonly head: RunHead;
  /** Each with the cursor that stands for it and all before it. */
  readonly events: readonly { readonly event: TraceEvent; readonly cursor: string }[];
  readonly told: ToldSoFar;
  /** More is known already than `limit` let through. */
  readonly more: boolean;
  /** The run is over, and nothing more will come. */
  readonly complete: boolean;
}

/**
 * What is new in a run since `told`: no event is told twice, and none is left out, whatever happens at the same time in steps of
 * several revisions. Whole revisions, as many as make about `limit` events; the cost is that of the revisions that are
 * under way. Throws the problem `unknown-run`, also for a run of another tenant.
 */
export async function traceNews(
  query: RunRef & { readonly told?: ToldSoFar; readonly limit: number },
  dependencies: NewsDependencies,
): Promise<News> {
  const { limit } = query;
  const head = await headOf(query, dependencies.ports);
  const hide = hiddenMembers(dependencies.registry);
  const underWay = Math.min(head.revision, ...head.window.map(({ revision }) => revision));
  let told = query.told ?? nothingTold;
  let isClosed = true;
  const events: { event: TraceEvent; cursor: string }[] = [];
  for await (const items of revisionsFrom(head, told.base, limit, dependencies)) {
    const { revision } = items;
    if (events.length >= limit) return { head, events, told, more: true, complete: false };
    const request = revision === 0 ? await dependencies.reader.request(head) : undefined;
    const newest = revision === head.revision ? head : undefined;
    for (const one of toldEvents(items, { request, head: newest, wishes: head })) {
      if (!isNews(one, revision, told)) continue;
      told = toldWith(told, revision, [one]);
      events.push({ event: hide(one.event, head.agent), cursor: encodeTold(told) });
    }
    // However long nobody answers, a cursor stays short.
    isClosed &&= (revision < underWay && !asksPeople(items)) || revision + openAtMost < head.revision;
    if (isClosed) told = closedBefore(told, revision + 1);
  }
  return { head, events, told, more: false, complete: isFinal(head.status) };
}

const openAtMost = 90;

/** An answer may be written down a little after the run has gone on with it. */
function asksPeople({ notes, escalations }: RevisionItems): boolean {
  return notes.some(
    ({ decided }) => decided.kind === 'ask' && escalations.get(decided.escalationId)?.status === 'open',
  );
}

/** What is new for a follower who asks again and again. Throws like `traceNews`. */
export async function showNews(
  query: RunRef & { readonly told: ToldSoFar; readonly limit: number },
  dependencies: NewsDependencies,
): Promise<TracePage> {
  const { head, events, told, more } = await traceNews(query, dependencies);
  const { runId, agent, status } = head;
  return {
    ...{ runId, agent, status, events: events.map(({ event }) => event) },
    ...{ nextAfter: null, since: encodeTold(told), more },
  };
}

/** What a follower is told. `quiet`: nothing has happened for a while, and the follower is still there. */
export type Told =
  | { readonly kind: 'event'; readonly event: TraceEvent; readonly cursor: string }
  | { readonly kind: 'quiet' }
  | { readonly kind: 'over'; readonly status: RunHead['status'] };

/** Between two looks at a run: the first when something has just happened, the last when nothing has for long. */
const looks = { firstMs: 300, lastMs: 3_000, growth: 1.3 } as const;
const quietMs = 15_000;
const eventsAtOnce = 200;
const keptPlans = 100;

/**
 * Tells a follower what happens in a run until it is over, the follower is gone, or `untilMs` has come. One reader looks at
 * the table for as long as it lasts, less often when little happens. Throws like `traceNews`.
 *
 * @param signal aborted when the follower is gone
 */
export async function* followTrace(
  run: RunRef & { readonly told?: ToldSoFar; readonly untilMs: number },
  dependencies: NewsDependencies & { readonly ports: Pick<Ports, 'clock'> },
  signal: AbortSignal,
): AsyncIterable<Told> {
  const { clock } = dependencies.ports;
  const { tenantId, runId } = run;
  const looking = {
    ...dependencies,
    ports: { ...dependencies.ports, runs: rememberingPlans(dependencies.ports.runs) },
  };
  let told = run.told ?? nothingTold;
  let waitMs: number = looks.firstMs;
  let spokenAtMs = clock.now();
  while (!signal.aborted && clock.now() < run.untilMs) {
    const news = await traceNews({ tenantId, runId, told, limit: eventsAtOnce }, looking);
    for (const { event, cursor } of news.events) yield { kind: 'event', event, cursor };
    ({ told } = news);
    if (news.complete) {
      yield { kind: 'over', status: news.head.status };
      return;
    }
    if (news.more) continue;
    if (news.events.length > 0) {
      waitMs = looks.firstMs;
      spokenAtMs = clock.now();
    } else if (clock.now() - spokenAtMs >= quietMs) {
      yield { kind: 'quiet' };
      spokenAtMs = clock.now();
    }
    await clock.sleep(waitMs, signal);
    waitMs = Math.min(looks.lastMs, waitMs * looks.growth);
  }
}

/** A revision never changes, so each is read once. */
function rememberingPlans(runs: TraceDependencies['ports']['runs']): TraceDependencies['ports']['runs'] {
  const known = new Map<number, PlanRevision>();
  return {
    readHead: (run) => runs.readHead(run),
    readRequest: (run) => runs.readRequest(run),
    listNotes: (run, revisions) => runs.listNotes(run, revisions),
    readEscalation: (tenantId, escalationId) => runs.readEscalation(tenantId, escalationId),
    readPlan: async (run, revision) => {
      const plan = known.get(revision) ?? (await runs.readPlan(run, revision));
      if (plan) known.set(revision, plan);
      // Nobody looks back further than to the revisions that are under way.
      if (known.size > keptPlans) known.delete(Math.min(...known.keys()));
      return plan;
    },
  };
}
