import { readFileSync } from 'node:fs';

/** A state machine as the interpreter runs it. */
export interface Machine {
  readonly arn: string;
  /** Amazon States Language with its placeholders filled in. */
  readonly definition: Record<string, unknown>;
  readonly type: 'STANDARD' | 'EXPRESS';
}

/**
 * Reads an ASL file and fills its `${Name}` placeholders, as CDK's definitionSubstitutions does on AWS.
 * Throws when the file is not JSON, and when a placeholder has no value or a value no placeholder.
 */
export function loadMachine(
  file: string | URL,
  substitutions: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const unused = new Set(Object.keys(substitutions));
  const missing = new Set<string>();
  const fill = (text: string): string =>
    text.replaceAll(/\$\{([A-Za-z0-9_]+)\}/g, (placeholder, name: string) => {
      unused.delete(name);
      if (Object.hasOwn(substitutions, name)) return substitutions[name] ?? placeholder;
      missing.add(name);
      return placeholder;
    });
  const definition: unknown = JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) =>
    typeof value === 'string' ? fill(value) : value,
  );
  if (missing.size > 0) {
    throw new Error(`${String(file)}: no value for ${quoted(missing)}. Given: ${quoted(Object.keys(substitutions))}.`);
  }
  if (unused.size > 0) {
    throw new Error(`${String(file)} has no placeholder ${quoted(unused)}. Leave the value out, or correct its name.`);
  }
  if (!isRecord(definition)) throw new Error(`${String(file)} is not a state machine: its JSON is not an object.`);
  return definition;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `\${${name}}`).join(', ') || 'none';
}
