import { argumentsBlobKey } from '../contract/keys.ts';
import type { Dispatch, RunIdentity } from '../contract/machine.ts';
import { inlineArgumentsBytes } from '../contract/machine.ts';
import { canonicalJson, sha256 } from '../model/json.ts';
import type { Json } from '../model/json.ts';
import type { AcceptedStep } from '../model/plan.ts';
import type { Reference } from '../model/references.ts';
import { renderReferences, walkPath } from '../model/references.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { StepOutcome } from '../model/step.ts';
import { referencedSteps } from '../model/validate-plan.ts';
import type { BlobStore, RunRef } from '../ports/index.ts';
import { occurrenceOf } from './open-steps.ts';
import type { WindowStep } from './open-steps.ts';
import type { RunReader } from './run-reader.ts';

/** Dispatches of the steps named, and a failure for each that cannot be rendered. */
export interface Wave {
  readonly items: Dispatch[];
  readonly unrenderable: StepOutcome[];
}

export async function dispatchSteps(
  steps: readonly WindowStep[],
  run: {
    readonly identity: RunIdentity;
    readonly head: RunHead;
    readonly request: RunRequest;
    readonly settleOnly: boolean;
  },
  reader: RunReader,
  blobs: BlobStore,
): Promise<Wave> {
  const items: Dispatch[] = [];
  const unrenderable: StepOutcome[] = [];
  for (const { step } of steps) {
    const rendered = await renderTemplate(step.input, run.head.revision, run.head, run.request, reader);
    if (!rendered.ok) {
      const failure = { class: 'bug' as const, message: rendered.why };
      unrenderable.push({ kind: 'failed', stepId: step.id, attempts: 0, failure });
      continue;
    }
    items.push(await dispatchOf(step, rendered.value, run, blobs));
  }
  return { items, unrenderable };
}

async function dispatchOf(
  step: AcceptedStep,
  value: Json,
  run: { readonly identity: RunIdentity; readonly head: RunHead; readonly settleOnly: boolean },
  blobs: BlobStore,
): Promise<Dispatch> {
  const text = canonicalJson(value);
  const argsHash = sha256(text);
  const key = argumentsBlobKey(run.head.tenantId, step.skill, argsHash);
  const large = Buffer.byteLength(text) > inlineArgumentsBytes;
  if (large) await blobs.put(key, text);
  return {
    functionArn: step.functionArn,
    request: {
      ...run.identity,
      stepId: step.id,
      skill: step.skill,
      action: step.action,
      direction: 'F',
      occurrence: occurrenceOf(run.head, step.id),
      input: large ? { kind: 'blob', key } : { kind: 'inline', value },
      argsHash,
      skillHash: step.skillHash,
      trust: 'trusted',
      doubted: [],
      settleOnly: run.settleOnly,
      lookAgain: run.head.lookAgain?.includes(step.id) ?? false,
    },
  };
}

type Rendered = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly why: string };

/**
 * A template with every reference replaced: of the run's input, and of outputs of steps that are over
 * (null for one that was skipped). Says why when a path leads nowhere.
 */
export async function renderTemplate(
  template: Json,
  revision: number,
  run: RunRef,
  request: RunRequest,
  reader: RunReader,
): Promise<Rendered> {
  const outputs = new Map<string, Json>();
  for (const stepId of new Set(referencedSteps(template))) {
    const found = await reader.findStep(run, stepId, revision);
    outputs.set(stepId, found ? await reader.output(run, found.step) : null);
  }
  let why: string | undefined;
  const value = renderReferences(template, (reference, text) => {
    const walk = walkPath(...sourceOf(reference, request, outputs));
    if (walk.found) return walk.value;
    why ??= `${text}: there is no '${walk.missing}' in that value`;
    return null;
  });
  return why === undefined ? { ok: true, value } : { ok: false, why };
}

function sourceOf(
  reference: Reference,
  request: RunRequest,
  outputs: ReadonlyMap<string, Json>,
): [Json, readonly string[]] {
  if (reference.source === 'input') return [request.input, reference.path];
  const output = outputs.get(reference.stepId) ?? null;
  // Whatever is asked of a skipped step is null.
  return output === null ? [null, []] : [output, reference.path];
}
