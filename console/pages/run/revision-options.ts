import type { SelectProps } from '@cloudscape-design/components/select';
import { momentText } from '../../format/time.ts';
import type { Revision } from '../../plan/plan-at.ts';
import { runPage } from '../../strings/run.ts';

/** Revisions to choose from, newest first. */
export function revisionOptions(revisions: readonly Revision[]): SelectProps.Option[] {
  const newest = revisions.at(-1)?.revision;
  return revisions.toReversed().map(({ revision, author, reason, createdAt }) => ({
    value: String(revision),
    label: revision === newest ? runPage.plan.newest(revision) : String(revision),
    description: runPage.revisions.by(author, reason),
    labelTag: momentText(createdAt),
  }));
}
