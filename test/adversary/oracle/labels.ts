import type { Json } from '../../../core/model/json.ts';
import type { Trust } from '../../../core/model/trust.ts';
import type { Source } from './references.ts';
import { follow, jsonText, sourceOf } from './references.ts';

/** The gate drops a member of this name, so it reaches nobody. */
const dropped = '__proto__';

const order: readonly Trust[] = ['trusted', 'model', 'untrusted'];

export function worse(a: Trust, b: Trust): Trust {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** What the oracle knows of an action about trust, written by hand from the skills of the fixture. */
interface ActionTrust {
  /** Arguments that must be trusted; a member of it is written with a dot. */
  readonly sensitive?: readonly string[];
  readonly most?: Trust;
  /** Members that may be believed in any case. */
  readonly endorsed?: readonly string[];
  /** Members that may be believed as far as the arguments. */
  readonly lookedUp?: readonly string[];
}

const actions = new Map<string, ActionTrust>([
  ['Bank:v1/transfer', { sensitive: ['to', 'amountCents'], endorsed: ['receipt'] }],
  ['Bank:v2/transfer', { sensitive: ['recipient.iban', 'amountCents', 'splits'] }],
  ['Mail:v1/list', { most: 'untrusted', endorsed: ['urgency'] }],
  ['Mail:v1/read', { most: 'untrusted', endorsed: ['category'], lookedUp: ['meta.known'] }],
  ['Mail:v1/send', { sensitive: ['to'] }],
  ['Web:v1/get', { most: 'untrusted' }],
  ['Think:v1/summarize', { most: 'model', endorsed: ['verdict'] }],
  ['Users:v1/write', { sensitive: ['role'] }],
  ['Users:v2/remove', { sensitive: ['id'] }],
  ['Model:v1/reason', { most: 'model' }],
]);
/** What another agent has come to is labelled with the run that it was; the id of that run is the platform's. */
const anyAgent: ActionTrust = { endorsed: ['runId'] };

function trustOf({ skill, action }: Pick<StepOutput, 'skill' | 'action'>): ActionTrust {
  return skill === 'Agent:v1' ? anyAgent : (actions.get(`${skill}/${action}`) ?? {});
}

export function sensitiveOf(skill: string, action: string): readonly string[] {
  return actions.get(`${skill}/${action}`)?.sensitive ?? [];
}

/** An output that a step had, and how far it may be believed. */
export interface StepOutput {
  readonly skill: string;
  readonly action: string;
  readonly value: Json;
  /** Of what it was made: the worst of its arguments, and of a note that it read. */
  readonly made: Trust;
}

/** What the labels of one run depend on. */
export interface LabelGround {
  readonly input: Json;
  /** Members of the input that somebody outside wrote. */
  readonly untrusted: readonly string[];
  readonly outputs: ReadonlyMap<string, StepOutput>;
  /** Who wrote the plan, and how far the worst may be believed that he had read. */
  readonly author: 'person' | 'playbook' | 'planner';
  readonly read: Trust;
}

/** How far a value of a plan may be believed: the worst of its leaves. */
export function labelOf(template: unknown, ground: LabelGround): Trust {
  if (typeof template === 'string') {
    const source = sourceOf(template);
    if (source === 'bad') return 'untrusted';
    return source === undefined ? literalLabel(template, ground) : sourceLabel(source, ground);
  }
  if (typeof template !== 'object' || template === null) return literalLabel(template, ground);
  let worst: Trust = 'trusted';
  for (const [name, member] of Object.entries(template)) {
    if (name === dropped) continue;
    // A name that an author could choose is a word of his, too.
    if (!Array.isArray(template)) worst = worse(worst, literalLabel(name, ground));
    worst = worse(worst, labelOf(member, ground));
  }
  return worst;
}

/** How far the arguments of a step may be believed together. Their own names are the action's. */
export function labelOfArguments(input: Record<string, unknown>, ground: LabelGround): Trust {
  return Object.entries(input).reduce<Trust>(
    (worst, [name, value]) => (name === dropped ? worst : worse(worst, labelOf(value, ground))),
    'trusted',
  );
}

function literalLabel(value: unknown, ground: LabelGround): Trust {
  if (ground.author === 'person') return 'trusted';
  // The code of a playbook is honest, but what it says may be what it was told.
  if (ground.author === 'planner' && ground.read === 'untrusted') return 'untrusted';
  if (inTrustedInput(value, ground.input, [], ground.untrusted)) return 'trusted';
  return ground.author === 'playbook' ? ground.read : 'model';
}

function inTrustedInput(wanted: unknown, value: Json, at: readonly string[], untrusted: readonly string[]): boolean {
  if (untrusted.includes(at.join('.'))) return false;
  if (typeof value !== 'object' || value === null) return jsonText(value) === jsonText(wanted);
  return Object.entries(value).some(([key, member]) => {
    const there = [...at, key];
    // Whoever wrote a member may have chosen its name.
    if (untrusted.includes(there.join('.'))) return false;
    return (!Array.isArray(value) && key === wanted) || inTrustedInput(wanted, member, there, untrusted);
  });
}

function sourceLabel(source: Source, ground: LabelGround): Trust {
  if (source.kind === 'input') return inputLabel(source.path, ground);
  const output = ground.outputs.get(source.id);
  if (!output) return 'trusted';
  const { most = 'trusted', endorsed = [], lookedUp = [] } = trustOf(output);
  const path = source.path.join('.');
  const isOneOf = (members: readonly string[]): boolean =>
    members.some((one) => one === path || path.startsWith(`${one}.`));
  if (isOneOf(endorsed)) return 'trusted';
  return isOneOf(lookedUp) ? output.made : worse(output.made, most);
}

function inputLabel(path: readonly string[], ground: LabelGround): Trust {
  const joined = path.join('.');
  const below = ground.untrusted.some(
    (one) => one === joined || joined.startsWith(`${one}.`) || (joined === '' ? true : one.startsWith(`${joined}.`)),
  );
  const there = follow(ground.input, path);
  return below && there.ok ? 'untrusted' : 'trusted';
}

/** How far the value that a template gives to a path may be believed. */
export function labelAt(template: unknown, path: readonly string[], ground: LabelGround): Trust {
  const [part, ...rest] = path;
  if (part === undefined) return labelOf(template, ground);
  if (typeof template === 'string') {
    const source = sourceOf(template);
    if (source === undefined || source === 'bad') return labelOf(template, ground);
    return sourceLabel({ ...source, path: [...source.path, ...path] }, ground);
  }
  if (typeof template !== 'object' || template === null || !Object.keys(template).includes(part)) return 'trusted';
  return labelAt(Reflect.get(template, part), rest, ground);
}

/**
 * The paths of a value that another run is given, and may not believe: what a template has put there from elsewhere than from
 * a person, and the names of members that are somebody's words.
 */
export function doubtedPaths(
  template: unknown,
  value: Json,
  ground: LabelGround,
  at: readonly string[] = [],
): string[] {
  const isLeaf = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  if (isLeaf) return labelAt(template, at, ground) === 'trusted' ? [] : [at.join('.')];
  const written = standsAt(template, at);
  return Object.entries(value).flatMap(([name, member]) => {
    const there = [...at, name];
    const isNamed = !Array.isArray(value) && typeof written === 'object' && written !== null;
    if (isNamed && literalLabel(name, ground) !== 'trusted') return [there.join('.')];
    return doubtedPaths(template, member, ground, there);
  });
}

/** What an author has written at a path; undefined for what a reference gives. */
function standsAt(template: unknown, path: readonly string[]): unknown {
  let current = template;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.keys(current).includes(part)) return undefined;
    current = Reflect.get(current, part);
  }
  return current;
}
