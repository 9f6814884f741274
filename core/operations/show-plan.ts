import type { PlanPage } from '../contract/api.ts';
import { InvalidCursor } from '../contract/cursor.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { RecoveryNote } from '../model/recovery.ts';
import type { RunRef } from '../ports/index.ts';
import type { ShowDependencies } from './show-run.ts';
import { isoTime } from './iso-time.ts';
import { headOf } from './wake-run.ts';

/** Plan revisions of a run, newest first. A cursor is the revision to begin with. Throws the problem `unknown-run`, and InvalidCursor. */
export async function showPlan(
  query: RunRef & { readonly limit: number; readonly cursor: string | undefined },
  { ports, reader }: ShowDependencies,
): Promise<PlanPage> {
  const head = await headOf(query, ports);
  const from = Math.min(query.cursor === undefined ? head.revision : revisionOf(query.cursor), head.revision);
  const until = Math.max(from - query.limit, 0);
  const revisions = Array.from({ length: from - until }, (_, index) => from - index);
  const plans = await Promise.all(revisions.map((revision) => reader.plan(head, revision)));
  return { items: plans.map(revisionViewOf), nextCursor: until > 0 ? String(until) : null };
}

function revisionOf(cursor: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(cursor)) return Number(cursor);
  throw new InvalidCursor(cursor);
}

function revisionViewOf(plan: PlanRevision): PlanPage['items'][number] {
  const { revision, basedOn, author, reason, final, output, recovery, supersedes } = plan;
  return {
    revision,
    basedOn,
    author,
    reason,
    final,
    createdAt: isoTime(plan.createdAtMs),
    steps: plan.steps.map((step) => ({
      id: step.id,
      skill: step.skill,
      action: step.action,
      input: step.input,
      why: step.why,
      after: step.after,
      optional: step.optional ?? false,
      ...(step.compensates === undefined ? {} : { undoes: step.compensates.stepId }),
      timeoutSeconds: step.timeoutSeconds,
      skillHash: step.skillHash,
    })),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(output === undefined ? {} : { output }),
    ...(recovery === undefined ? {} : { recovery: recoveryViewOf(recovery) }),
  };
}

function recoveryViewOf({ stepId, decision, owner, diff, tried, notBeforeMs }: RecoveryNote): RecoveryView {
  const when = notBeforeMs === undefined ? {} : { notBefore: isoTime(notBeforeMs) };
  return { stepId, decision, owner, tried, ...(diff === undefined ? {} : { diff }), ...when };
}

type RecoveryView = NonNullable<PlanPage['items'][number]['recovery']>;
