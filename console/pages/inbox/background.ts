import type { RunView, StepView } from '../../../core/contract/api.ts';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import type { PlanPage } from '../../../core/contract/plan-api.ts';
import type { Api } from '../../api/api.ts';
import type { StepSchemas } from './decision.ts';

type PlannedStep = PlanPage['items'][number]['steps'][number];

/** What the run of an inbox item says about it. */
export interface Background {
  readonly run: RunView;
  /** How the step stands; undefined for an item that is about no step. */
  readonly step: StepView | undefined;
  /** The step as the newest revision that speaks of it has it. */
  readonly planned: PlannedStep | undefined;
  readonly schemas: StepSchemas;
}

export async function backgroundOf(
  api: Api,
  { runId, stepId, approval }: EscalationView,
  signal: AbortSignal,
): Promise<Background> {
  const [run, planned] = await Promise.all([
    api.get('/v1/runs/{runId}', { runId }, { signal }),
    stepId === undefined ? undefined : plannedStep(api, { runId, stepId }, signal),
  ]);
  const step = run.steps.window.find(({ id }) => id === stepId);
  return { run, step, planned, schemas: await schemasOf(api, approval ?? planned ?? step, signal) };
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

async function schemasOf(
  api: Api,
  use: { readonly skill: string; readonly action: string } | undefined,
  signal: AbortSignal,
): Promise<StepSchemas> {
  const unknown = { input: undefined, output: undefined };
  if (use === undefined) return unknown;
  const { skill: skillId, action } = use;
  const skill = await api.get('/v1/skills/{skillId}', { skillId }, { signal }).catch((error: unknown) => {
    // A skill that is no longer there checks nothing; the platform says so when it is asked.
    if (signal.aborted) throw error;
    return undefined;
  });
  const { input, output } = skill?.actions.find(({ name }) => name === action) ?? unknown;
  return { input, output };
}
