import type { PlanPage } from '../../core/contract/api.ts';
import type { Json } from '../../core/model/json.ts';
import type { modelSkillId } from '../../core/model/model-step.ts';

export type Revision = PlanPage['items'][number];
export type RevisionStep = Revision['steps'][number];

/** A step as a revision knows it. */
export interface PlannedStep {
  readonly step: RevisionStep;
  /** The revision that defines it so. */
  readonly revision: number;
  /** The revision in which its id was first used. */
  readonly since: number;
}

/**
 * The whole plan as it stands after a revision: each revision says only what it adds, changes or gives up.
 *
 * @param revisions in any order; those above `at` are left out
 */
export function planAt(revisions: readonly Revision[], at: number): readonly PlannedStep[] {
  const plan = new Map<string, PlannedStep>();
  for (const { revision, steps, supersedes = [] } of revisions.toSorted((a, b) => a.revision - b.revision)) {
    if (revision > at) break;
    for (const id of supersedes) plan.delete(id);
    for (const step of steps) {
      const { since } = plan.get(step.id) ?? { since: revision };
      plan.set(step.id, { step, revision, since });
    }
  }
  return [...plan.values()];
}

const modelSkill: typeof modelSkillId = 'Model:v1';

/** The input of a step for people: what the engine asks a model travels as JSON in a text, which nobody can read. */
export function readableInput({ skill, input }: RevisionStep): RevisionStep['input'] {
  const { texts } = input;
  if (skill !== modelSkill || typeof texts !== 'string') return input;
  return { ...input, texts: JSON.parse(texts) as Json };
}
