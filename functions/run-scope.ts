import { AsyncLocalStorage } from 'node:async_hooks';
import type { Metric } from '../core/contract/metrics.ts';

/** What a piece of work is about, as far as it is known. */
export interface About {
  readonly tenantId?: string;
  readonly runId?: string;
  readonly agent?: string;
  readonly stepId?: string;
}

export interface Count {
  readonly about: About;
  readonly metric: Metric;
  readonly value: number;
}

interface Scope {
  about: About;
  readonly counts: Count[];
}

export const aboutMembers = ['tenantId', 'runId', 'agent', 'stepId'] as const;
/** Calls overlap within one process on a laptop, and records of a batch do anywhere: each has a scope of its own. */
const scopes = new AsyncLocalStorage<Scope>();

/** Does work that is about something, besides what the work around it is about. What it counts is counted there. */
export function within<Result>(about: About, work: () => Result): Result {
  const around = scopes.getStore();
  return scopes.run({ about: { ...around?.about, ...about }, counts: around?.counts ?? [] }, work);
}

/** From here on the work under way is about this as well. */
export function learnt(about: About): void {
  const scope = scopes.getStore();
  if (scope) scope.about = { ...scope.about, ...about };
}

/** What the work under way is about. */
export function currentScope(): About {
  return scopes.getStore()?.about ?? {};
}

/** Counts something that has been committed. Of a run that the work under way is not about, only `about` is known. */
export function count(metric: Metric, value: number, about: About): void {
  const scope = scopes.getStore();
  if (!scope) return;
  const isOfThis = about.runId === undefined || about.runId === scope.about.runId;
  scope.counts.push({ metric, value, about: isOfThis ? { ...scope.about, ...about } : about });
}

/** Takes what was counted so far by the work under way. */
export function takeCounts(): readonly Count[] {
  return scopes.getStore()?.counts.splice(0) ?? [];
}

/** The members of an event that say what it is about. */
export function aboutOf(event: unknown): About {
  if (typeof event !== 'object' || event === null) return {};
  const given: Readonly<Record<string, unknown>> = { ...event };
  return Object.fromEntries(
    aboutMembers.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])),
  );
}
