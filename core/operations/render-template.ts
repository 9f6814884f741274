import type { Json } from '../model/json.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { Reference } from '../model/references.ts';
import { renderReferences, walkPath } from '../model/references.ts';
import type { RunRequest } from '../model/run.ts';
import { referencedSteps } from '../model/validate-plan.ts';
import type { RunRef } from '../ports/index.ts';
import type { RunReader, TrustedValue } from './run-reader.ts';

/** What a step that is over has given. */
export interface Given extends TrustedValue {
  /** `HotelBooking:v1` and `book`; of a step that was skipped too. */
  readonly skill: string;
  readonly action: string;
}

export type Rendered =
  | { readonly ok: true; readonly value: Json; readonly outputs: ReadonlyMap<string, Given> }
  | { readonly ok: false; readonly why: string };

/**
 * A template with every reference replaced: of the run's input, and of outputs of steps that are over
 * (null for one that was skipped). Says why when a path leads nowhere.
 *
 * @param known steps by names that only this template has for them
 */
export async function renderTemplate(
  template: Json,
  revision: number,
  run: RunRef,
  request: RunRequest,
  reader: RunReader,
  known: ReadonlyMap<string, AcceptedStep> = new Map(),
): Promise<Rendered> {
  const outputs = new Map<string, Given>();
  for (const stepId of new Set(referencedSteps(template))) {
    const step = known.get(stepId) ?? (await reader.findStep(run, stepId, revision))?.step;
    if (!step) continue;
    const { skill, action } = step;
    outputs.set(stepId, { ...(await reader.output(run, step)), skill, action });
  }
  let why: string | undefined;
  const value = renderReferences(template, (reference, text) => {
    const walk = walkPath(...sourceOf(reference, request, outputs));
    if (walk.found) return walk.value;
    why ??= `${text}: there is no '${walk.missing}' in that value`;
    return null;
  });
  return why === undefined ? { ok: true, value, outputs } : { ok: false, why };
}

function sourceOf(
  reference: Reference,
  request: RunRequest,
  outputs: ReadonlyMap<string, Given>,
): [Json, readonly string[]] {
  if (reference.source === 'input') return [request.input, reference.path];
  const output = outputs.get(reference.stepId)?.value ?? null;
  // Whatever is asked of a skipped step is null.
  return output === null ? [null, []] : [output, reference.path];
}
