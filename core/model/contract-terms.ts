import type { ActionContract, SkillContract } from './skill-contract.ts';

/** One thing that differs between two releases of a skill version. */
export interface ContractChange {
  /**
   * `compatible`: whoever relied on the contract still can. `breaking`: somebody who kept to it is let down.
   * `unknown`: a schema that is not understood has changed there; it counts as breaking.
   */
  readonly kind: 'compatible' | 'breaking' | 'unknown';
  /** `book.input.city`: action, side and member. `guests[].name` is a member of every item, `labels.*` any other member. */
  readonly path: string;
  readonly was: string;
  readonly is: string;
  /** What to do about it; empty when nothing is to be done. */
  readonly remedy: string;
}

/**
 * What a release changes about an action that keeps people safe: it may ask for more trust and promise less of it, and
 * it may become one that can be undone; never the other way round. Alternatives are free.
 */
export function safetyChanges(
  name: string,
  was: ActionContract,
  is: ActionContract,
  nextVersion: string,
): ContractChange[] {
  const remedy = `Undo the change, or make it in ${nextVersion}`;
  return [
    ...sensitiveChanges(`${name}.sensitive`, was.sensitive ?? [], is.sensitive ?? [], remedy),
    ...trustChanges(`${name}.trust`, was.trust, is.trust, remedy),
    ...endorsementChanges(`${name}.endorses`, was.endorses ?? {}, is.endorses ?? {}, remedy),
    ...alternativeChanges(`${name}.alternatives`, was.alternatives ?? [], is.alternatives ?? []),
    ...compensationChanges(`${name}.compensates`, was.compensates === true, is.compensates === true, remedy),
  ];
}

/**
 * What a release changes about what a skill may reach. More of it lets nobody down who relied on the contract, but
 * whoever approved the skill sees it, and it changes the hash of the skill.
 */
export function reachChanges(was: SkillContract, is: SkillContract, nextVersion: string): ContractChange[] {
  const lists = (['network', 'secrets', 'uses'] as const).flatMap((member) => [
    ...gone(was[member], is[member]).map((one) => compatible(member, one, 'no longer reached')),
    ...gone(is[member], was[member]).map((one) => compatible(member, 'not reached', one)),
  ]);
  const [before, after] = [was.addresses ?? 'any', is.addresses ?? 'any'];
  if (before === after) return lists;
  const remedy = `Keep to public addresses, or make the change in ${nextVersion}`;
  return [
    ...lists,
    after === 'any' ? breaking('addresses', before, after, remedy) : compatible('addresses', before, after),
  ];
}

function sensitiveChanges(
  path: string,
  was: readonly string[],
  is: readonly string[],
  remedy: string,
): ContractChange[] {
  const [must, need] = ['must be trusted or approved', 'need not be trusted'];
  return [
    ...was.filter((one) => !isWithin(one, is)).map((one) => breaking(`${path}.${one}`, must, need, remedy)),
    ...is.filter((one) => !isWithin(one, was)).map((one) => compatible(`${path}.${one}`, need, must)),
  ];
}

/** From the most that answers may be believed to the least. */
const trustLevels = ['that of the arguments', 'model', 'untrusted'] as const;

function trustChanges(
  path: string,
  was: ActionContract['trust'],
  is: ActionContract['trust'],
  remedy: string,
): ContractChange[] {
  const [before, after] = [was ?? trustLevels[0], is ?? trustLevels[0]];
  if (before === after) return [];
  const isHigher = trustLevels.indexOf(after) < trustLevels.indexOf(before);
  return [isHigher ? breaking(path, before, after, remedy) : compatible(path, before, after)];
}

type Endorsements = NonNullable<ActionContract['endorses']>;

function endorsementChanges(path: string, was: Endorsements, is: Endorsements, remedy: string): ContractChange[] {
  const members = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  return members.flatMap((member): ContractChange[] => {
    const [before, after] = [was, is].map((all) => (Object.hasOwn(all, member) ? all[member] : undefined));
    if (before === after) return [];
    const [then, now] = [before ?? 'not endorsed', after ?? 'not endorsed'];
    // What was looked up is believed no more than the arguments.
    const isLess = after === undefined || (before !== undefined && after === 'lookup');
    return [isLess ? compatible(`${path}.${member}`, then, now) : breaking(`${path}.${member}`, then, now, remedy)];
  });
}

function alternativeChanges(path: string, was: readonly string[], is: readonly string[]): ContractChange[] {
  const [before, after] = [was, is].map((all) => all.join(', ') || 'none');
  return before === undefined || after === undefined || before === after ? [] : [compatible(path, before, after)];
}

function compensationChanges(path: string, was: boolean, is: boolean, remedy: string): ContractChange[] {
  const [can, cannot] = ['can be undone', 'cannot be undone'];
  if (was === is) return [];
  return [is ? compatible(path, cannot, can) : breaking(path, can, cannot, remedy)];
}

/** A path that names an object or a list stands for everything in it. */
function isWithin(path: string, all: readonly string[]): boolean {
  return all.some((one) => path === one || path.startsWith(`${one}.`));
}

function gone(was: readonly string[] = [], is: readonly string[] = []): string[] {
  return was.filter((one) => !is.includes(one));
}

export function compatible(path: string, was: string, is: string): ContractChange {
  return { kind: 'compatible', path, was, is, remedy: '' };
}

export function breaking(path: string, was: string, is: string, remedy: string): ContractChange {
  return { kind: 'breaking', path, was, is, remedy };
}
