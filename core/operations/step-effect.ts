import type { Effect } from '../model/effect.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { Registry } from '../model/skill.ts';
import { actionOf } from './plan-provenance.ts';

/** How the effect of a step can be settled, as its action is defined now; undefined when it is no longer defined. */
export function effectOf(
  { skill, action, compensates }: AcceptedStep,
  registry: Pick<Registry, 'skills'>,
): Effect | undefined {
  const defined = actionOf(registry, skill, action);
  return compensates ? defined?.compensate?.effect : defined?.effect;
}
