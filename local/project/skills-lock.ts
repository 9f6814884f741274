import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { effectView } from '../../core/contract/api.ts';
import { contractChanges, isCompatible } from '../../core/model/contract-change.ts';
import type { ContractChange } from '../../core/model/contract-change.ts';
import { canonicalJson } from '../../core/model/json.ts';
import type { Json } from '../../core/model/json.ts';
import { definedActionName, skillId } from '../../core/model/names.ts';
import { contractOf } from '../../core/model/skill-contract.ts';
import type { SkillContract } from '../../core/model/skill-contract.ts';
import { capabilities } from '../../core/model/skill.ts';
import { endorsements } from '../../core/model/skill.ts';
import type { Registry } from '../../core/model/skill.ts';

export const skillsLockName = 'skills.lock.json';

const lockedAction = z.looseObject({
  description: z.string(),
  effect: effectView,
  timeoutSeconds: z.number(),
  maxAttempts: z.number(),
  input: z.record(z.string(), z.unknown()),
  output: z.record(z.string(), z.unknown()),
  sensitive: z.array(z.string()).optional(),
  trust: z.enum(['model', 'untrusted']).optional(),
  endorses: z.record(z.string(), z.enum(endorsements)).optional(),
  alternatives: z.array(z.string()).optional(),
  compensates: z.literal(true).optional(),
});
const skillsLock = z.strictObject({
  lockVersion: z.literal(1),
  skills: z.record(
    skillId,
    z.strictObject({
      release: z.string(),
      contract: z.strictObject({
        description: z.string(),
        network: z.array(z.string()).optional(),
        secrets: z.array(z.string()).optional(),
        uses: z.array(z.enum(capabilities)).optional(),
        addresses: z.literal('public').optional(),
        actions: z.record(definedActionName, lockedAction),
      }),
    }),
  ),
});

/** What became of one skill since the lock was written. */
export interface SkillCheck {
  readonly id: string;
  readonly state: 'same' | 'new' | 'changed' | 'removed';
  /** In the lock. */
  readonly was?: string;
  /** In the project. */
  readonly is?: string;
  readonly changes: readonly ContractChange[];
}

export interface SkillsCheck {
  /** `same`: the lock says what the project does. `removed`: nothing breaks but skills are gone. */
  readonly verdict: 'same' | 'compatible' | 'removed' | 'breaking';
  /** By id. */
  readonly skills: readonly SkillCheck[];
}

/** A lock that cannot be read. Its message says what is wrong and what to do. */
export class SkillsLockError extends Error {}

/** The contracts that a project has promised, or undefined when it has no lock. Throws a SkillsLockError. */
export async function readSkillsLock(directory: string): Promise<ReadonlyMap<string, SkillContract> | undefined> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(directory, skillsLockName), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(error instanceof Error ? error.message : String(error), error);
  }
  const parsed = skillsLock.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unreadable(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`, parsed.error);
  }
  return new Map(
    Object.entries(parsed.data.skills).map(([id, { release, contract }]) => [id, { id, release, ...contract }]),
  );
}

/** Replaces the lock of a project by the contracts of its skills. Equal skills give equal bytes. */
export async function writeSkillsLock(directory: string, registry: Registry): Promise<void> {
  const skills = Object.fromEntries(
    [...registry.skills.values()].map((skill) => {
      const { id, release, ...contract } = contractOf(skill);
      return [id, { release, contract }];
    }),
  );
  // The parse brings the members into canonical order, so that a diff shows what changed and nothing else.
  const canonical = JSON.parse(canonicalJson({ lockVersion: 1, skills })) as Json;
  const file = join(directory, skillsLockName);
  await writeFile(`${file}.new`, `${JSON.stringify(canonical, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** Compares the skills of a project with what its lock has promised. */
export function compareWithLock(locked: ReadonlyMap<string, SkillContract>, registry: Registry): SkillsCheck {
  const ids = [...new Set([...locked.keys(), ...registry.skills.keys()])].toSorted();
  const skills = ids.map((id) => skillCheck(id, locked, registry));
  return { verdict: verdictOf(skills), skills };
}

function skillCheck(id: string, locked: ReadonlyMap<string, SkillContract>, registry: Registry): SkillCheck {
  const [was, skill] = [locked.get(id), registry.skills.get(id)];
  if (!skill) return { id, state: 'removed', ...(was && { was: was.release }), changes: [] };
  // What JSON leaves out, such as members that are undefined, is no difference to the lock.
  const is = JSON.parse(JSON.stringify(contractOf(skill))) as SkillContract;
  if (!was) return { id, state: 'new', is: is.release, changes: [] };
  const state = canonicalJson(was) === canonicalJson(is) ? 'same' : 'changed';
  return { id, state, was: was.release, is: is.release, changes: contractChanges(was, is) };
}

function verdictOf(skills: readonly SkillCheck[]): SkillsCheck['verdict'] {
  if (skills.some(({ changes }) => !isCompatible(changes))) return 'breaking';
  if (skills.some(({ state }) => state === 'removed')) return 'removed';
  return skills.every(({ state }) => state === 'same') ? 'same' : 'compatible';
}

function unreadable(what: string, cause: unknown): SkillsLockError {
  return new SkillsLockError(
    `${skillsLockName} cannot be read: ${what}. Restore it from version control; it is written by 'holdfast skills check --write' only.`,
    { cause },
  );
}
