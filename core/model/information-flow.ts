import { canonicalJson } from './json.ts';
import type { Json } from './json.ts';
import type { PlanRevision } from './plan.ts';
import type { Reference } from './references.ts';
import { parseReference } from './references.ts';
import type { Endorsement } from './skill.ts';
import type { Trust } from './trust.ts';
import { leastTrusted } from './trust.ts';

type Path = readonly string[];

/** Who wrote a plan, and the least trusted thing that they had read before. */
export type Authorship = Pick<PlanRevision, 'author' | 'read' | 'recovery'>;

/** How far the values that a plan refers to may be believed. */
export interface Provenance {
  /** Of a member of the run's input. */
  readonly input: (path: Path) => Trust;
  /** Of a member of a step's output. */
  readonly output: (stepId: string, path: Path) => Trust;
  /** Of a text, number, truth value, null, empty container or name of a member that the author wrote. */
  readonly literal: (value: Json) => Trust;
}

/**
 * How far what stands at a path of a template may be believed once its references are replaced: the least trusted part
 * of it counts, the names of members below the path included. `trusted` for what is not there.
 */
export function trustAt(template: Json, path: Path, from: Provenance): Trust {
  const [part, ...rest] = path;
  if (typeof template === 'string') {
    const parse = parseReference(template);
    if (parse.kind === 'reference') return trustOfReference(parse.reference, path, from);
  }
  if (part === undefined) return trustOfWhole(template, from);
  if (typeof template !== 'object' || template === null || !Object.hasOwn(template, part)) return 'trusted';
  return trustAt((template as { [key: string]: Json })[part] ?? null, rest, from);
}

function trustOfReference(reference: Reference, below: Path, from: Provenance): Trust {
  const path = [...reference.path, ...below];
  return reference.source === 'input' ? from.input(path) : from.output(reference.stepId, path);
}

function trustOfWhole(value: Json, from: Provenance): Trust {
  if (typeof value !== 'object' || value === null) return from.literal(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? from.literal(value) : leastTrusted(value.map((item) => trustAt(item, [], from)));
  }
  const members = Object.entries(value);
  if (members.length === 0) return from.literal(value);
  return leastTrusted(members.flatMap(([name, member]) => [from.literal(name), trustAt(member, [], from)]));
}

/**
 * How far a plan's own words may be believed. A person's and a playbook's may, unless a playbook had read something that
 * may not; what an operator leaves as it was stays whose it was. What a model writes may not, but for values of the run's input that it repeats byte for byte; once it has read
 * something untrusted, nothing that it writes may.
 *
 * @param known whether the value is one of the run's input that may be believed
 */
export function trustOfLiteral(
  value: Json,
  { author, read, recovery }: Authorship,
  known: (value: Json) => boolean,
): Trust {
  // A rule that puts a step elsewhere has written no word of it.
  switch (recovery?.words ?? author) {
    case 'human':
      return 'trusted';
    case 'engine':
      return read;
    case 'playbook':
      return read === 'trusted' || known(value) ? 'trusted' : read;
    case 'operator':
      return keptTrust(value, recovery?.kept ?? []) ?? 'trusted';
    case 'planner':
    case 'recovery':
      if (read === 'untrusted') return 'untrusted';
      return known(value) ? 'trusted' : 'model';
  }
}

/** How far a literal may be believed that a person has left as it was; undefined for one that they gave. */
function keptTrust(value: Json, kept: readonly { readonly value: Json; readonly trust: Trust }[]): Trust | undefined {
  const text = canonicalJson(value);
  const found = kept.filter((one) => canonicalJson(one.value) === text).map((one) => one.trust);
  return found.length === 0 ? undefined : leastTrusted(found);
}

/**
 * The literals of a template that may not be believed, each with how far it may. Whoever changes the template has not
 * vouched for those that they leave.
 */
export function doubtedLiterals(
  template: Json,
  trustOf: (value: Json) => Trust,
): { readonly value: Json; readonly trust: Trust }[] {
  const found = new Map<string, { readonly value: Json; readonly trust: Trust }>();
  const look = (value: Json): void => {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (typeof value !== 'object' || value === null || isEmpty) {
      if (typeof value === 'string' && parseReference(value).kind === 'reference') return;
      const trust = trustOf(value);
      if (trust !== 'trusted') found.set(canonicalJson(value), { value, trust });
      return;
    }
    if (!Array.isArray(value)) for (const name of Object.keys(value)) look(name);
    for (const member of Object.values(value)) look(member);
  };
  look(template);
  return [...found.values()];
}

/** Tells which values a run's input holds, and how far its members may be believed. */
export class InputTrust {
  readonly #untrusted: readonly Path[];
  readonly #known = new Set<string>();

  /** @param untrusted paths of members that somebody outside wrote */
  constructor(input: Json, untrusted: readonly string[] = []) {
    this.#untrusted = untrusted.map((path) => path.split('.'));
    this.#learn(input, []);
  }

  /** Untrusted when the member, something around it, or something in it is. */
  at(path: Path): Trust {
    return this.#untrusted.some((one) => isWithin(path, one) || isWithin(one, path)) ? 'untrusted' : 'trusted';
  }

  /** True for a text, number, truth value or member name that the trusted part of the input holds. */
  holds(value: Json): boolean {
    return this.#known.has(canonicalJson(value));
  }

  #learn(value: Json, path: Path): void {
    if (this.#isUntrusted(path)) return;
    if (typeof value !== 'object' || value === null) {
      this.#known.add(canonicalJson(value));
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      const there = [...path, name];
      // Whoever wrote a member may have chosen its name.
      if (!Array.isArray(value) && !this.#isUntrusted(there)) this.#known.add(canonicalJson(name));
      this.#learn(member, there);
    }
  }

  #isUntrusted(path: Path): boolean {
    return this.#untrusted.some((one) => isWithin(path, one));
  }
}

/** True when a path is that of a member, or leads to something inside of it. */
export function isWithin(path: Path, member: Path): boolean {
  return member.length <= path.length && member.every((part, index) => part === path[index]);
}

/** How far a step's output may be believed. */
export interface OutputTrust {
  /** As a whole. */
  readonly trust: Trust;
  /** That of the arguments it was made from, which is no lower. */
  readonly argumentTrust: Trust;
}

/**
 * How far a member of a step's output may be believed. One of a closed set may be in any case, and so may one that the
 * action has made itself. One that was looked up in a
 * trusted table is what it says, but whoever wrote the arguments has chosen it.
 */
export function trustOfOutput(
  { trust, argumentTrust }: OutputTrust,
  path: Path,
  endorses: Readonly<Record<string, Endorsement>>,
): Trust {
  const how = Object.entries(endorses).flatMap(([member, one]) => (isWithin(path, member.split('.')) ? [one] : []));
  if (how.includes('enum') || how.includes('minted')) return 'trusted';
  return how.includes('lookup') ? argumentTrust : trust;
}

/** The sensitive arguments, by path, that are there and are not trusted. */
export function doubtedArguments(
  sensitive: readonly string[],
  template: Json,
  rendered: Json,
  from: Provenance,
): string[] {
  return sensitive.filter((path) => {
    const parts = path.split('.');
    return isThere(rendered, parts) && trustAt(template, parts, from) !== 'trusted';
  });
}

function isThere(value: Json, path: Path): boolean {
  let current: Json | undefined = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return false;
    current = (current as { [key: string]: Json })[part];
  }
  return true;
}
