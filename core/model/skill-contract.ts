import * as z from 'zod';
import type { Effect } from './effect.ts';
import { jsonHash } from './json.ts';
import type { ActionDefinition, Capability, Endorsement, SkillDefinition } from './skill.ts';

export interface ActionContract {
  readonly description: string;
  readonly effect: Effect;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  /** JSON Schema 2020-12. */
  readonly input: unknown;
  readonly output: unknown;
  /** Arguments, by path, that must be trusted or approved. */
  readonly sensitive?: readonly string[];
  readonly trust?: 'model' | 'untrusted';
  readonly endorses?: Readonly<Record<string, Endorsement>>;
  readonly alternatives?: readonly string[];
  /** Whether its effect can be undone by the skill itself. */
  readonly compensates?: true;
}

export interface SkillContract {
  readonly id: string;
  readonly release: string;
  readonly description: string;
  /** Origins, and names of settings that hold some, by name; so are the next two. */
  readonly network?: readonly string[];
  readonly secrets?: readonly string[];
  readonly uses?: readonly Capability[];
  /** Left out when any address may be reached. */
  readonly addresses?: 'public';
  readonly actions: Readonly<Record<string, ActionContract>>;
}

const contracts = new WeakMap<SkillDefinition, SkillContract>();
const hashes = new WeakMap<SkillDefinition, string>();

/** What a skill promises and what it may reach, without its code. */
export function contractOf(skill: SkillDefinition): SkillContract {
  let contract = contracts.get(skill);
  if (!contract) {
    const [network, secrets, uses] = [sorted(skill.network), sorted(skill.secrets), sorted(skill.uses)];
    const actions = Object.entries(skill.actions).map(([name, action]) => [name, actionContract(action)] as const);
    contract = {
      id: skill.id,
      release: skill.release,
      description: skill.description,
      ...(network && { network }),
      ...(secrets && { secrets }),
      ...(uses && { uses }),
      ...(skill.addresses === 'public' ? { addresses: 'public' as const } : {}),
      actions: Object.fromEntries(actions),
    };
    contracts.set(skill, contract);
  }
  return contract;
}

/** Changes with the contract and with the release. */
export function skillHashOf(skill: SkillDefinition): string {
  let hash = hashes.get(skill);
  if (!hash) {
    hash = jsonHash(contractOf(skill));
    hashes.set(skill, hash);
  }
  return hash;
}

function actionContract(action: ActionDefinition): ActionContract {
  const sensitive = sorted(action.sensitive);
  return {
    description: action.description,
    effect: action.effect,
    timeoutSeconds: action.timeoutSeconds,
    maxAttempts: action.maxAttempts,
    input: z.toJSONSchema(action.input, { io: 'input' }),
    output: z.toJSONSchema(action.output),
    ...(sensitive && { sensitive }),
    ...(action.trust === undefined ? {} : { trust: action.trust }),
    ...(action.endorses === undefined ? {} : { endorses: action.endorses }),
    ...(action.alternatives === undefined ? {} : { alternatives: action.alternatives }),
    ...(action.compensate === undefined ? {} : { compensates: true as const }),
  };
}

/** A list whose order says nothing; an empty one is as good as none. */
function sorted<Item extends string>(items: readonly Item[] = []): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items.toSorted();
}
