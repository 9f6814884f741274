import type { Json } from '../../../core/model/json.ts';
import { carried } from '../attack.ts';
import type { RunAtHand, Seen, Step } from '../attack.ts';
import type { Random } from '../random.ts';
import { step } from './bases.ts';
import { freshId } from './tampering.ts';

/** How an author fills the places of a plan: with references, with copies of what he has read, or as it comes. */
export const habits = ['mixed', 'mixed', 'mixed', 'refers', 'copies'] as const;
export type Habit = (typeof habits)[number];

export interface Leaf {
  readonly path: readonly string[];
  readonly value: Json;
}

/** What an attacker has at hand in one run: its input, what it has seen, and steps that give him more. */
export class ValuesAtHand {
  readonly #random: Random;
  readonly #habit: Habit;
  readonly #isHonest: boolean;
  readonly #leaves: readonly Leaf[];
  readonly #seenLeaves: readonly Leaf[];
  readonly #wholes: readonly string[];
  readonly #names: readonly string[];
  readonly #texts: string[] = [];
  readonly #numbers: string[] = [];
  readonly steps: Step[] = [];

  /** @param isHonest what its author writes himself may be believed, so he copies nothing */
  constructor(run: RunAtHand, seen: Seen, random: Random, isHonest: boolean) {
    this.#random = random;
    this.#habit = isHonest ? 'refers' : random.pick(habits);
    this.#isHonest = isHonest;
    this.#leaves = leavesOf(run.input);
    this.#seenLeaves = [...seen.values()].flatMap((value) => leavesOf(value));
    this.#wholes = wholesOf(run.input);
    this.#names = namesOf(run.input);
    for (const id of seen.keys()) if (id !== carried) this.#learn(id, id.startsWith('h') ? results : mailed);
  }

  /** What somebody outside wrote, from a step that is added for it. */
  outside(): string {
    const id = freshId();
    this.steps.push(step(id, 'Mail:v1/read', { id: 'inbox' }));
    return `\${steps.${id}.output.body}`;
  }

  /** Adds a step that somebody else answers, so that there is something to pass on. */
  read(thinks: boolean): void {
    const id = freshId();
    const kind = this.#random.below(thinks ? 6 : 4);
    if (kind < 2) {
      this.steps.push(step(id, 'Mail:v1/read', { id: 'inbox' }));
      this.#learn(id, mailed);
    } else if (kind < 4) {
      this.steps.push(step(id, 'Text:v1/join', { parts: [this.text()] }));
      this.#learn(id, ['text']);
    } else {
      this.steps.push(step(id, 'Model:v1/reason', { question: 'Whom to pay?', material: this.text() }));
      this.#learn(id, ['answer.account', 'answer.text', 'answer']);
    }
  }

  /** What a run below comes to. */
  handed(id: string): void {
    this.#learn(id, results);
  }

  text(): unknown {
    const texts = this.#leaves.filter(({ value }) => typeof value === 'string');
    if (this.#habit === 'copies' && this.#random.chance(0.9)) return this.#copy(texts);
    if (this.#habit === 'mixed' && this.#random.chance(0.2)) return this.#copy(texts);
    if (this.#texts.length > 0 && this.#random.chance(0.5)) return this.#random.pick(this.#texts);
    const named = texts.filter(({ path }) => path[0] === 'account');
    const from = named.length > 0 && this.#random.chance(0.4) ? named : texts;
    return from.length === 0 ? 'acc-66' : reference(this.#random.pick(from));
  }

  number(): unknown {
    const numbers = this.#leaves.filter(({ value }) => typeof value === 'number');
    const named = numbers.filter(({ path }) => path[0] === 'amountCents');
    const from = named.length > 0 && this.#random.chance(0.85) ? named : numbers;
    if (from.length === 0) return this.#numbers.length > 0 ? this.#random.pick(this.#numbers) : 1_000;
    const leaf = this.#random.pick(from);
    if (this.#habit === 'copies' ? this.#random.chance(0.9) : this.#habit === 'mixed' && this.#random.chance(0.08))
      return leaf.value;
    return this.#numbers.length > 0 && this.#random.chance(0.1) ? this.#random.pick(this.#numbers) : reference(leaf);
  }

  /** A member of the input by its name; anything when there is none. */
  trusted(name: 'account' | 'amountCents'): unknown {
    const leaf = this.#leaves.find(({ path }) => path.length === 1 && path[0] === name);
    if (leaf) return reference(leaf);
    return name === 'account' ? this.text() : this.number();
  }

  /** One of the few that there are. */
  role(): unknown {
    const [given] = this.#leaves.filter(({ path }) => path[0] === 'role');
    return given && this.#random.chance(0.6) ? reference(given) : this.#random.pick(['owner', 'reader', 'writer']);
  }

  /** An object or a list of the input as a whole, or all that a step has given. */
  whole(): string {
    return this.#random.pick(['${input}', ...this.#wholes, ...this.#texts]);
  }

  /** A name for a member: usually an honest one. */
  name(honest: string): string {
    if (this.#isHonest || !this.#random.chance(0.12)) return honest;
    const copied = this.#copy(this.#leaves.filter(({ value }) => typeof value === 'string'));
    return this.#random.pick([String(copied), 'acc-66', 'acc-66', 'a.b', '__proto__', 'constructor', 'toString', ' ']);
  }

  #copy(texts: readonly Leaf[]): unknown {
    const seen = this.#seenLeaves.filter(({ value }) => typeof value === 'string');
    if (seen.length > 0 && this.#random.chance(0.3)) return this.#random.pick(seen).value;
    const odd = this.#names.filter((name) => !honestNames.test(name));
    if (odd.length > 0 && this.#random.chance(0.5)) return this.#random.pick(odd);
    if (this.#names.length > 0 && this.#random.chance(0.15)) return this.#random.pick(this.#names);
    return texts.length === 0 || this.#random.chance(0.15) ? 'acc-66' : this.#random.pick(texts).value;
  }

  #learn(id: string, members: readonly string[]): void {
    for (const member of members) this.#texts.push(`\${steps.${id}.output.${member}}`);
    if (members !== results && members !== mailed) return;
    this.#numbers.push(`\${steps.${id}.output.${members === results ? 'result.amountCents' : 'amountCents'}}`);
  }
}

const mailed = ['account', 'from', 'body', 'meta.known', 'categoryText'];
const results = ['result.account', 'result.account', 'result.text', 'result', 'runId'];
const honestNames = /^[a-z]+$/i;
const plain = /^[\w-]+$/;

function reference({ path }: Leaf): string {
  return `\${input.${path.join('.')}}`;
}

function leavesOf(value: Json, path: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, member]) => (plain.test(name) ? leavesOf(member, [...path, name]) : []));
}

function wholesOf(value: Json, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const below = Object.entries(value).flatMap(([name, member]) =>
    plain.test(name) ? wholesOf(member, [...path, name]) : [],
  );
  return path.length === 0 ? below : [reference({ path, value }), ...below];
}

function namesOf(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(Array.isArray(value) ? [] : [name]),
    ...namesOf(member),
  ]);
}
