import type { Json } from '../../../core/model/json.ts';
import type { StepOutput } from './labels.ts';
import { follow, sourceOf } from './references.ts';

export type Rendered = { readonly ok: true; readonly value: Json } | { readonly ok: false };

/** The steps that a template refers to; an empty name for what only tries to be a reference. */
export function sourcesIn(template: unknown): string[] {
  if (typeof template === 'string') {
    const source = sourceOf(template);
    // No step can have this name.
    if (source === 'bad') return [''];
    return source?.kind === 'step' ? [source.id] : [];
  }
  if (typeof template !== 'object' || template === null) return [];
  // As when it is rendered: the gate drops a member of this name.
  return Object.entries(template).flatMap(([key, member]) => (key === '__proto__' ? [] : sourcesIn(member)));
}

/** What a template says once its references are replaced, in a run with that input and these outputs. */
export function render(
  template: unknown,
  run: { readonly input: Json; readonly outputs: ReadonlyMap<string, StepOutput> },
): Rendered {
  if (typeof template === 'string') {
    const source = sourceOf(template);
    if (source === undefined) return { ok: true, value: template };
    if (source === 'bad') return { ok: false };
    if (source.kind === 'input') return follow(run.input, source.path);
    const output = run.outputs.get(source.id);
    return output ? follow(output.value, source.path) : { ok: true, value: null };
  }
  if (typeof template !== 'object' || template === null) return { ok: true, value: template as Json };
  if (Array.isArray(template)) {
    const items = template.map((item) => render(item, run));
    return items.every((item) => item.ok) ? { ok: true, value: items.map((item) => item.value) } : { ok: false };
  }
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(template)) {
    // The gate drops a member of this name, and nobody can have meant it.
    if (key === '__proto__') continue;
    const rendered = render(member, run);
    if (!rendered.ok) return rendered;
    members.push([key, rendered.value]);
  }
  return { ok: true, value: Object.fromEntries(members) };
}
