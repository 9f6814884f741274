/**
 * The type of an argument as policies see it: whole numbers, texts, truth values, sets and records of them.
 * What policies cannot express is not part of it.
 */
export type ArgumentType =
  | { readonly kind: 'long' }
  | { readonly kind: 'string' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'set'; readonly element: ArgumentType }
  | RecordType;

export interface RecordType {
  readonly kind: 'record';
  readonly members: ReadonlyMap<string, MemberType>;
}

export interface MemberType {
  readonly type: ArgumentType;
  /** Policies always find it. Otherwise they have to ask whether it is there. */
  readonly always: boolean;
  /** It may be null, which is absent for policies. */
  readonly nullable: boolean;
  /** What the action's schema puts in the place of an absent member. */
  readonly fallback: ArgumentValue | undefined;
}

export type ArgumentValue = string | number | boolean | ArgumentValue[] | { [name: string]: ArgumentValue };

/** The arguments do not have the type that policies are written for, so no policy can judge them. */
export class UnjudgeableArgument extends Error {
  constructor(path: readonly (string | number)[], expected: string, given: unknown) {
    super(`${path.length === 0 ? 'the input' : path.join('.')} must be ${expected}; it is ${typeName(given)}`);
    this.name = 'UnjudgeableArgument';
  }
}

/**
 * A copy of the part of some arguments that policies know. Own members only; anything that a type does not mention
 * is left behind, so that nothing in the arguments can pose as more than a value.
 * Throws UnjudgeableArgument for a value of another type, for numbers that are not exact, and for ill-formed texts,
 * whose bytes would change on the way to a policy engine.
 */
export function argumentsOf(
  type: ArgumentType,
  value: unknown,
  path: readonly (string | number)[] = [],
): ArgumentValue {
  switch (type.kind) {
    case 'long':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
      throw new UnjudgeableArgument(path, 'a whole number of at most 2^53 - 1', value);
    case 'string':
      if (typeof value === 'string' && value.isWellFormed()) return value;
      throw new UnjudgeableArgument(path, 'a well-formed text', value);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw new UnjudgeableArgument(path, 'true or false', value);
    case 'set':
      if (!Array.isArray(value)) throw new UnjudgeableArgument(path, 'a list', value);
      return Array.from(value, (item: unknown, index) => argumentsOf(type.element, item, [...path, index]));
    case 'record':
      return recordOf(type, value, path);
  }
}

function recordOf({ members }: RecordType, value: unknown, path: readonly (string | number)[]): ArgumentValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnjudgeableArgument(path, 'an object', value);
  }
  const record: { [name: string]: ArgumentValue } = {};
  for (const [name, { type, always, nullable, fallback }] of members) {
    const given: unknown = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    if (given === undefined) {
      if (fallback !== undefined) record[name] = fallback;
      else if (always) throw new UnjudgeableArgument([...path, name], 'there', undefined);
    } else if (given !== null || !nullable) {
      record[name] = argumentsOf(type, given, [...path, name]);
    }
  }
  return record;
}

function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'string') return value.isWellFormed() ? 'a text' : 'an ill-formed one';
  return `of type ${typeof value}`;
}
