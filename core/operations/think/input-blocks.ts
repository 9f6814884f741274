import type { Json } from '../../model/json.ts';
import { walkPath } from '../../model/references.ts';
import { dataBlock } from './data-block.ts';
import { shorten } from './shorten.ts';

const mostInputBytes = 64 * 1024;
const mostMemberBytes = 16 * 1024;
const mostMembers = 50;

/**
 * The run's input: what may be believed in one block, and each member that somebody outside wrote in a block of its own.
 * All of it is untrusted when a path does not lead to one member.
 *
 * @param untrusted paths such as `ticket.text`; `''` is the whole input
 */
export function inputBlocks(input: Json, untrusted: readonly string[]): string[] {
  const paths = outermost(untrusted);
  const members = paths.map((path) => ({ path, walk: walkPath(input, path.split('.')) }));
  if (paths.includes('') || paths.length > mostMembers)
    return [inputBlock('input', 'untrusted', input, mostInputBytes)];
  const present = members.flatMap(({ path, walk }) => (walk.found ? [{ path, value: walk.value }] : []));
  const rest = present.reduce(
    (value, { path }) => replaced(value, path.split('.'), `(untrusted, in the block input.${path})`),
    input,
  );
  return [
    inputBlock('input', 'trusted', rest, mostInputBytes),
    ...present.map(({ path, value }) => inputBlock(`input.${path}`, 'untrusted', value, mostMemberBytes)),
  ];
}

function inputBlock(name: string, trust: 'trusted' | 'untrusted', whole: Json, mostBytes: number): string {
  const { value, fromBytes } = shorten(whole, mostBytes);
  return dataBlock(name, trust, [value], fromBytes === undefined ? undefined : `shortened from ${fromBytes} bytes`);
}

/** A member of an untrusted member is in its block already. */
function outermost(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].toSorted();
  return sorted.filter((path) => !sorted.some((other) => other !== path && path.startsWith(`${other}.`)));
}

function replaced(value: Json, [part, ...rest]: readonly string[], by: string): Json {
  if (part === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === part ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === part ? replaced(member, rest, by) : member]),
  );
}
