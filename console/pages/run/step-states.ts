import type { RunView, StepView, TraceEvent } from '../../../core/contract/api.ts';
import type { RunStatus } from '../../../core/model/run.ts';
import type { StepStatus } from '../../../core/model/step.ts';
import type { PlannedStep } from '../../plan/plan-at.ts';

export type StepEvent = Extract<TraceEvent, { readonly stepId: string; readonly skill: string }>;

/** A step of a plan with what has become of it. */
export interface StepState extends PlannedStep {
  readonly id: string;
  readonly status: StepStatus;
  /** As the run shows it, while it is in the open window. */
  readonly view: StepView | undefined;
  readonly attempts: number;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
}

interface Told {
  readonly status: StepStatus;
  readonly attempts: number;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
}

/**
 * What has become of each step of a plan: from the run for those of the open window, from the trace for those that have left it,
 * and from the end of the run for those of which nothing is told.
 */
export function stepStates(
  plan: readonly PlannedStep[],
  run: Pick<RunView, 'steps' | 'status'>,
  events: readonly TraceEvent[],
): readonly StepState[] {
  const window = new Map(run.steps.window.map((view) => [`${view.id}@${view.revision}`, view]));
  const told = toldOf(events);
  const undone = new Set(
    run.steps.window.flatMap(({ undoes, status }) => (undoes && status === 'completed' ? [undoes] : [])),
  );
  return plan.map((planned) => {
    const { id } = planned.step;
    const view = window.get(`${id}@${planned.revision}`);
    const heard = told.get(`${id}@${planned.revision}`);
    const status = view?.status ?? (undone.has(id) ? 'compensated' : heard?.status) ?? silent(run.status);
    return {
      ...planned,
      ...{ id, view, status, attempts: view?.attempts ?? heard?.attempts ?? 0 },
      ...{ startedAt: heard?.startedAt, endedAt: heard?.endedAt },
    };
  });
}

/** Of a step that is in no window and that no event tells of. */
function silent(status: RunStatus): StepStatus {
  return status === 'completed' ? 'skipped' : 'pending';
}

function toldOf(events: readonly TraceEvent[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const event of events) {
    if (!('stepId' in event) || event.stepId === undefined) continue;
    const key = `${event.stepId}@${event.revision}`;
    const change = changeBy(event);
    if (!change) continue;
    const before = told.get(key) ?? { status: 'pending', attempts: 0, startedAt: undefined, endedAt: undefined };
    told.set(key, { ...before, ...change, startedAt: before.startedAt ?? change.startedAt });
  }
  return told;
}

function changeBy(event: TraceEvent): Partial<Told> | undefined {
  const { type, at } = event;
  if (type === 'step.scheduled') return { status: 'running', startedAt: at, endedAt: undefined };
  if (type === 'step.completed') return { status: 'completed', attempts: event.attempts, endedAt: at };
  if (type === 'step.canceled') return { status: 'skipped', endedAt: at };
  if (type === 'effect.inDoubt') return { status: 'inDoubt' };
  if (type !== 'step.failed') return undefined;
  const { attempts, final } = event;
  return final ? { status: 'failed', attempts, endedAt: at } : { status: 'running', attempts };
}

/** What is told of one definition of a step, in its order. */
export function eventsOfStep(events: readonly TraceEvent[], id: string, revision: number): readonly TraceEvent[] {
  return events.filter((event) => 'stepId' in event && event.stepId === id && event.revision === revision);
}
