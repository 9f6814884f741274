import { breaking, compatible, reachChanges, safetyChanges } from './contract-terms.ts';
import type { ContractChange } from './contract-terms.ts';
import type { Effect } from './effect.ts';
import { canonicalJson } from './json.ts';
import { schemaGaps } from './schema-fit.ts';
import type { SchemaGap, SchemaUse } from './schema-fit.ts';
import type { ActionContract, SkillContract } from './skill-contract.ts';

export type { ContractChange } from './contract-terms.ts';

/** Who relies on a contract may go on after such changes. */
export function isCompatible(changes: readonly ContractChange[]): boolean {
  return changes.every(({ kind }) => kind === 'compatible');
}

/**
 * Compares two releases of one skill version. Within a version the input may only widen, the output may only narrow,
 * actions may come but not go, an effect may not become one with a weaker promise, and what keeps people safe may get
 * stricter but not laxer; timeouts, attempts, descriptions and alternatives are free. Members that are new in an answer are no breach: readers leave them aside.
 *
 * What zod does not tell in JSON Schema is not seen: refinements, flags of regular expressions, coercion, transforms.
 */
export function contractChanges(was: SkillContract, is: SkillContract): ContractChange[] {
  const nextVersion = nextVersionOf(is.id);
  const names = new Set([...Object.keys(was.actions), ...Object.keys(is.actions)]);
  const actions = [...names].toSorted().flatMap((name) => {
    const [before, after] = [actionOf(was, name), actionOf(is, name)];
    if (!after) return [breaking(name, 'an action', 'gone', `Bring it back, or remove it in ${nextVersion}`)];
    if (!before) return [compatible(name, 'absent', 'a new action')];
    return actionChanges(name, before, after, nextVersion);
  });
  return [
    ...textChanges('description', was.description, is.description),
    ...reachChanges(was, is, nextVersion),
    ...actions,
  ];
}

function actionChanges(name: string, was: ActionContract, is: ActionContract, nextVersion: string): ContractChange[] {
  return [
    ...textChanges(`${name}.description`, was.description, is.description),
    ...schemaChanges(`${name}.input`, 'argument', was.input, is.input, nextVersion),
    ...schemaChanges(`${name}.output`, 'answer', was.output, is.output, nextVersion),
    ...effectChanges(`${name}.effect`, was.effect, is.effect, nextVersion),
    ...textChanges(`${name}.timeoutSeconds`, String(was.timeoutSeconds), String(is.timeoutSeconds)),
    ...textChanges(`${name}.maxAttempts`, String(was.maxAttempts), String(is.maxAttempts)),
    ...safetyChanges(name, was, is, nextVersion),
    ...strangerChanges(name, was, is, nextVersion),
  ];
}

function schemaChanges(path: string, use: SchemaUse, was: unknown, is: unknown, nextVersion: string): ContractChange[] {
  if (canonicalJson(was) === canonicalJson(is)) return [];
  const isInput = use === 'argument';
  const at = (gap: SchemaGap): string =>
    gap.path === '' || gap.path.startsWith('[') ? `${path}${gap.path}` : `${path}.${gap.path}`;
  const gaps = isInput ? schemaGaps(was, is, use) : schemaGaps(is, was, use);
  if (gaps.length > 0) {
    const rule = isInput ? 'Accept what was accepted' : 'Keep to what was promised';
    return gaps.map((gap) => {
      if (gap.unknown) {
        const remedy = `Say it without this keyword, undo the change, or make it in ${nextVersion}`;
        return { kind: 'unknown', path: at(gap), was: `not understood: ${gap.narrow}`, is: 'changed', remedy };
      }
      const [before, after] = isInput ? [gap.narrow, gap.wide] : [gap.wide, gap.narrow];
      return breaking(at(gap), before, after, `${rule}, or make the change in ${nextVersion}`);
    });
  }
  const gained = (isInput ? schemaGaps(is, was, use) : schemaGaps(was, is, use)).filter(({ unknown }) => !unknown);
  if (gained.length === 0) return [compatible(path, 'as recorded', 'another text of the same or more')];
  return gained.map((gap) => {
    const [before, after] = isInput ? [gap.wide, gap.narrow] : [gap.narrow, gap.wide];
    return compatible(at(gap), before, after);
  });
}

/** From the strongest promise to the weakest (DESIGN section 6). */
const promises: readonly Effect['class'][] = ['P', 'K', 'Q', 'N'];

function effectChanges(path: string, was: Effect, is: Effect, nextVersion: string): ContractChange[] {
  const [before, after] = [effectText(was), effectText(is)];
  if (before === after) return [];
  const isWeaker = promises.indexOf(is.class) > promises.indexOf(was.class);
  const isShorter = was.class === 'K' && is.class === 'K' && is.keyTtlMs < was.keyTtlMs;
  if (!isWeaker && !isShorter) return [compatible(path, before, after)];
  return [breaking(path, before, after, `Keep the promise, or make the change in ${nextVersion}`)];
}

function effectText(effect: Effect): string {
  if (effect.class === 'K') return `class K for ${effect.keyTtlMs / 1_000} s`;
  return effect.class === 'Q' ? `class Q, settled after ${effect.settleMs / 1_000} s` : `class ${effect.class}`;
}

const knownTerms = [
  'description',
  'effect',
  'timeoutSeconds',
  'maxAttempts',
  'input',
  'output',
  'sensitive',
  'trust',
  'endorses',
  'alternatives',
  'compensates',
] as const satisfies (keyof ActionContract)[];

/** Terms of a contract that this comparison has no rule for. */
function strangerChanges(name: string, was: object, is: object, nextVersion: string): ContractChange[] {
  const before = new Map<string, unknown>(Object.entries(was));
  const after = new Map<string, unknown>(Object.entries(is));
  const known: readonly string[] = knownTerms;
  const terms = new Set([...before.keys(), ...after.keys()].filter((term) => !known.includes(term)));
  return [...terms].toSorted().flatMap((term): ContractChange[] => {
    const [then, now] = [before, after].map((all) => (all.has(term) ? canonicalJson(all.get(term)) : 'absent'));
    if (then === undefined || now === undefined || then === now) return [];
    const remedy = `Undo the change, or make it in ${nextVersion}`;
    return [{ kind: 'unknown', path: `${name}.${term}`, was: then, is: now, remedy }];
  });
}

function textChanges(path: string, was: string, is: string): ContractChange[] {
  return was === is ? [] : [compatible(path, was, is)];
}

function actionOf({ actions }: SkillContract, name: string): ActionContract | undefined {
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}

function nextVersionOf(skillId: string): string {
  const [bare = '', version = ''] = skillId.split(':v');
  return `${bare}:v${Number(version) + 1}`;
}
