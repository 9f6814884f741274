import type { Json } from '../model/json.ts';
import { trustAt } from '../model/information-flow.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { Registry } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { provenanceOf } from './plan-provenance.ts';
import { renderTemplate } from './render-template.ts';
import type { RunReader } from './run-reader.ts';

/** What a run has come to. `none`: its plan declares nothing. */
export type RunOutput =
  | { readonly kind: 'none' }
  | { readonly kind: 'output'; readonly value: Json; readonly trust: Trust }
  | { readonly kind: 'problem'; readonly why: string };

/** The template of the newest revision, rendered; null stands for what a skipped step would have given. */
export async function outputOfRun(
  head: RunHead,
  request: RunRequest,
  reader: RunReader,
  registry: Pick<Registry, 'skills'>,
): Promise<RunOutput> {
  if (head.revision === 0) return { kind: 'none' };
  const plan = await reader.plan(head, head.revision);
  if (plan.output === undefined) return { kind: 'none' };
  const rendered = await renderTemplate(plan.output, head.revision, head, request, reader);
  if (!rendered.ok) return { kind: 'problem', why: rendered.why };
  // A recovery leaves the template as it was.
  const written = plan.recovery === undefined ? plan : await reader.plan(head, plan.recovery.base);
  const trust = trustAt(plan.output, [], provenanceOf(request, written, rendered.outputs, registry));
  return { kind: 'output', value: rendered.value, trust };
}
