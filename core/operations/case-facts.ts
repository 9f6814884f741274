import { hasModels } from '../authz/with-models.ts';
import { pathsInto } from '../model/alternatives.ts';
import type { Escalation } from '../model/escalation.ts';
import type { Json } from '../model/json.ts';
import type { CaseFacts } from '../model/resolution.ts';
import type { Registry } from '../model/skill.ts';
import { isStepOver } from '../model/step.ts';
import { planOf, windowSteps } from './open-steps.ts';
import type { WindowStep } from './open-steps.ts';
import type { FailedRun } from './recovery-case.ts';
import { effectOf } from './step-effect.ts';

/** The step of the open window that an inbox item is about; undefined when it is about none. */
export function stepIn(
  { stepId }: Escalation,
  { head, plans }: Pick<FailedRun, 'head' | 'plans'>,
): WindowStep | undefined {
  return windowSteps(head, plans).find(({ step }) => step.id === stepId);
}

/** What a run tells of one of its inbox items, as far as it decides what may be decided. */
export function caseFactsOf(escalation: Escalation, run: FailedRun, registry: Pick<Registry, 'skills'>): CaseFacts {
  const entry = stepIn(escalation, run);
  const undoes = entry?.step.compensates?.stepId;
  return {
    stepId: entry?.step.id,
    undoes,
    isQuestion: entry !== undefined && undoes === undefined && planOf(run.plans, entry.revision).author === 'engine',
    isTakenBack: run.head.compensation !== undefined,
    isAskable: entry !== undefined && effectOf(entry.step, registry)?.class === 'Q',
    readers: entry === undefined ? [] : readersOf(entry, run),
    notPlanned: notPlanned(run),
  };
}

/** Who would read the output of a step, in words. One that is optional is read as nothing by design. */
function readersOf({ step: own }: WindowStep, { head, plans }: FailedRun): string[] {
  if (own.optional) return [];
  const reads = (template: Json): boolean => pathsInto(own.id, [template]).length > 0;
  const readers = windowSteps(head, plans).filter(
    ({ step, status }) => step.id !== own.id && !isStepOver(status) && reads(step.input),
  );
  const output = planOf(plans, head.revision).output ?? null;
  return [...readers.map(({ step }) => `step '${step.id}'`), ...(reads(output) ? ['the output of the run'] : [])];
}

/** Only a model's own plan is its to make anew. */
function notPlanned({ request, agent }: FailedRun): string | undefined {
  const instead = 'edit the step, or start another run';
  if (request.playbook !== undefined) {
    return `the run follows the playbook '${request.playbook}', and no model plans it; ${instead}`;
  }
  if (request.plan !== undefined) return `the plan of the run was given with it; ${instead}`;
  return hasModels(agent) ? undefined : `agent '${agent.name}' has no model to plan with; ${instead}`;
}
