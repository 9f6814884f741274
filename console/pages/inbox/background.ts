import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import type { PlanPage } from '../../../core/contract/plan-api.ts';
import type { Api } from '../../api/api.ts';
import type { StepSchemas } from './decision.ts';

type PlannedStep = PlanPage['items'][number]['steps'][number];

/** What an item does not tell by itself, and a person who writes arguments or answers needs. */
export interface Background {
  /** Arguments of the step in the newest revision that speaks of it; references stand for what earlier steps answer. */
  readonly planned: PlannedStep['input'] | undefined;
  readonly schemas: StepSchemas;
}

/** Nothing of it for an item that is about no step. */
export async function backgroundOf(
  api: Api,
  { runId, stepId, approval, case: told }: EscalationView,
  signal: AbortSignal,
): Promise<Background> {
  if (stepId === undefined) return { planned: undefined, schemas: unknownSchemas };
  const planned = await plannedStep(api, { runId, stepId }, signal);
  const schemas = await schemasOf(api, told?.step ?? approval ?? planned, signal);
  return { planned: planned?.input, schemas };
}

async function plannedStep(
  api: Api,
  { runId, stepId }: { readonly runId: string; readonly stepId: string },
  signal: AbortSignal,
): Promise<PlannedStep | undefined> {
  let cursor: string | undefined;
  do {
    const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const page: PlanPage = await api.get('/v1/runs/{runId}/plan', { runId }, { query, signal });
    for (const { steps } of page.items) {
      const found = steps.find(({ id }) => id === stepId);
      if (found) return found;
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}

const unknownSchemas: StepSchemas = { input: undefined, output: undefined };

async function schemasOf(
  api: Api,
  use: { readonly skill: string; readonly action: string } | undefined,
  signal: AbortSignal,
): Promise<StepSchemas> {
  if (use === undefined) return unknownSchemas;
  const { skill: skillId, action } = use;
  const skill = await api.get('/v1/skills/{skillId}', { skillId }, { signal }).catch((error: unknown) => {
    // A skill that is no longer there checks nothing; the platform says so when it is asked.
    if (signal.aborted) throw error;
    return undefined;
  });
  const { input, output } = skill?.actions.find(({ name }) => name === action) ?? unknownSchemas;
  return { input, output };
}
