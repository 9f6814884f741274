import type { Json } from '../../model/json.ts';
import { jsonSizeBytes } from '../../model/json.ts';

export interface Shortened {
  readonly value: Json;
  /** Size of the whole value in bytes when something was left out. */
  readonly fromBytes: number | undefined;
}

/** Characters of a text, members of a container, and levels that are kept, tried one after the other. */
const measures = [
  [4_000, 100, 12],
  [1_000, 40, 10],
  [300, 20, 8],
  [100, 10, 6],
  [40, 4, 4],
] as const;

/** A value that fits into so many bytes of JSON: long texts and lists are cut, each with a word about how much is missing. */
export function shorten(value: Json, mostBytes: number): Shortened {
  const fromBytes = jsonSizeBytes(value);
  if (fromBytes <= mostBytes) return { value, fromBytes: undefined };
  for (const [characters, members, levels] of measures) {
    const cut = cutValue(value, { characters, members }, levels);
    if (jsonSizeBytes(cut) <= mostBytes) return { value: cut, fromBytes };
  }
  return { value: `… (${fromBytes} bytes, left out)`, fromBytes };
}

/** The beginning of a text, and how long it was. */
export function shortenText(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters).toWellFormed()}… (${text.length} characters)`;
}

function cutValue(value: Json, most: { readonly characters: number; readonly members: number }, levels: number): Json {
  if (typeof value === 'string') return shortenText(value, most.characters);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '… (deeper levels left out)';
  if (Array.isArray(value)) {
    const kept = value.slice(0, most.members).map((item) => cutValue(item, most, levels - 1));
    return kept.length === value.length ? kept : [...kept, `… (${value.length - kept.length} more)`];
  }
  const members = Object.entries(value);
  const kept = members
    .slice(0, most.members)
    .map(([name, member]): [string, Json] => [shortenText(name, most.characters), cutValue(member, most, levels - 1)]);
  const rest = members.length - kept.length;
  return Object.fromEntries(rest === 0 ? kept : [...kept, ['…', `${rest} more`]]);
}
