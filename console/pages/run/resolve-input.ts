import type { TraceEvent } from '../../../core/contract/api.ts';

/** Why a reference of an argument is still one: its step is not done, or its result is too large to be shown. */
export interface Resolved {
  readonly value: unknown;
  /** References that could not be followed. */
  readonly open: readonly string[];
}

const reference = /^\$\{(input|steps)((?:\.[\w-]+)*)\}$/;

/**
 * The arguments of a step with its references followed, as far as results are shown. For people; the platform renders them itself.
 *
 * @param outputs by step, of completed ones
 */
export function resolveInput(template: unknown, input: unknown, outputs: ReadonlyMap<string, unknown>): Resolved {
  const open: string[] = [];
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const found = reference.exec(value);
      if (!found) return value;
      const followed = follow(found[1] === 'input', (found[2] ?? '').split('.').slice(1), input, outputs);
      if (followed === undefined) open.push(value);
      return followed === undefined ? value : followed.value;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member)]));
  };
  return { value: resolve(template), open };
}

function follow(
  isInput: boolean,
  path: readonly string[],
  input: unknown,
  outputs: ReadonlyMap<string, unknown>,
): { readonly value: unknown } | undefined {
  if (isInput) return walk(input, path);
  const [stepId = '', word, ...rest] = path;
  return word === 'output' && outputs.has(stepId) ? walk(outputs.get(stepId), rest) : undefined;
}

function walk(from: unknown, path: readonly string[]): { readonly value: unknown } | undefined {
  let value = from;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return { value };
}

/** Outputs that the trace shows, by step. A later one of the same step stands for it. */
export function shownOutputs(events: readonly TraceEvent[]): ReadonlyMap<string, unknown> {
  return new Map(
    events.flatMap((event) =>
      event.type === 'step.completed' && event.output.kind === 'inline' ? [[event.stepId, event.output.value]] : [],
    ),
  );
}
