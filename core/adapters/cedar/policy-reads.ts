import type { PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { ArgumentValue } from '../../model/argument-type.ts';

/**
 * What policies look at of a value: everything, or these members and that much of each. Of a member without members
 * they see only that it is there.
 */
export type Reads = 'everything' | ReadonlyMap<string, Reads>;

const nothing: Reads = new Map();

/** What some policies look at of the context. What is not understood counts as a look at everything. */
export function readsOf(policies: readonly Pick<PolicyJson, 'conditions'>[]): Reads {
  return together(policies.map(({ conditions }) => readsIn(conditions)));
}

/** Whether a member of the value itself, such as `now` of the context, makes any difference. */
export function isRead(reads: Reads, member: string): boolean {
  return reads === 'everything' || reads.has(member);
}

/** As much of a value as policies look at. They answer as they would for the whole of it. */
export function visiblePart(value: ArgumentValue, reads: Reads): ArgumentValue {
  if (reads === 'everything' || typeof value !== 'object' || Array.isArray(value)) return value;
  const part: { [name: string]: ArgumentValue } = {};
  for (const [name, inner] of reads) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member !== undefined) part[name] = visiblePart(member, inner);
  }
  return part;
}

/** Ids of the actions and groups that an expression names; `action` is the one that is asked about. */
export function actionsNamedIn(expression: unknown, asked: string): readonly string[] {
  if (typeof expression !== 'object' || expression === null) return [];
  if ('Var' in expression && expression.Var === 'action') return [asked];
  if ('type' in expression && expression.type === 'Action' && 'id' in expression && typeof expression.id === 'string') {
    return [expression.id];
  }
  return Object.values(expression).flatMap((part) => actionsNamedIn(part, asked));
}

function readsIn(expression: unknown): Reads {
  if (typeof expression !== 'object' || expression === null) return nothing;
  if ('Var' in expression && expression.Var === 'context') return 'everything';
  return together(
    Object.entries(expression).map(
      ([operator, operand]: [string, unknown]) => readOnTheWay(operator, operand) ?? readsIn(operand),
    ),
  );
}

/** `context.input.to.country` looks at one country, and `context.input has to` at no member of it. */
function readOnTheWay(operator: string, operand: unknown): Reads | undefined {
  if (operator !== '.' && operator !== 'has') return undefined;
  const path = pathTo(operand);
  return path?.reduceRight<Reads>(
    (inner, member) => new Map([[member, inner]]),
    operator === '.' ? 'everything' : nothing,
  );
}

/** Members from the context down; undefined when the way does not begin there. */
function pathTo(access: unknown): readonly string[] | undefined {
  if (typeof access !== 'object' || access === null || !('left' in access) || !('attr' in access)) return undefined;
  const { left, attr } = access;
  const members: readonly unknown[] = Array.isArray(attr) ? attr : [attr];
  if (!members.every((member) => typeof member === 'string')) return undefined;
  if (typeof left !== 'object' || left === null) return undefined;
  if ('Var' in left && left.Var === 'context') return members;
  const before = '.' in left ? pathTo(left['.']) : undefined;
  return before && [...before, ...members];
}

function together(all: readonly Reads[]): Reads {
  const members = new Map<string, Reads[]>();
  for (const reads of all) {
    if (reads === 'everything') return reads;
    for (const [name, inner] of reads) members.set(name, [...(members.get(name) ?? []), inner]);
  }
  return new Map([...members].map(([name, inner]) => [name, together(inner)]));
}
