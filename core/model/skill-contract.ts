import * as z from 'zod';
import type { Effect } from './effect.ts';
import { jsonHash } from './json.ts';
import type { ActionDefinition, Endorsement, SkillDefinition } from './skill.ts';

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
  readonly actions: Readonly<Record<string, ActionContract>>;
}

const contracts = new WeakMap<SkillDefinition, SkillContract>();
const hashes = new WeakMap<SkillDefinition, string>();

/** What a skill promises, without its code. */
export function contractOf(skill: SkillDefinition): SkillContract {
  let contract = contracts.get(skill);
  if (!contract) {
    const actions = Object.entries(skill.actions).map(([name, action]) => [name, actionContract(action)] as const);
    contract = {
      id: skill.id,
      release: skill.release,
      description: skill.description,
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
  return {
    description: action.description,
    effect: action.effect,
    timeoutSeconds: action.timeoutSeconds,
    maxAttempts: action.maxAttempts,
    input: z.toJSONSchema(action.input, { io: 'input' }),
    output: z.toJSONSchema(action.output),
    ...(action.sensitive === undefined ? {} : { sensitive: action.sensitive }),
    ...(action.trust === undefined ? {} : { trust: action.trust }),
    ...(action.endorses === undefined ? {} : { endorses: action.endorses }),
    ...(action.alternatives === undefined ? {} : { alternatives: action.alternatives }),
    ...(action.compensate === undefined ? {} : { compensates: true as const }),
  };
}
