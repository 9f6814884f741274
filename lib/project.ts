import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GrantHolder } from '../core/authz/grant-holders.ts';
import { grantsOf } from '../core/authz/grants.ts';
import type { HeldGrant } from '../core/authz/grants.ts';
import { agentModule, skillFolder, skillModule } from '../core/contract/project.ts';
import { agentSkillId } from '../core/model/agent-step.ts';
import type { AgentPrompts } from '../core/model/agent-prompts.ts';
import type { GrantDeclaration } from '../core/model/grant.ts';
import type { PolicyFile } from '../core/model/policy.ts';
import { platformSkillLike } from '../core/model/platform-skills.ts';
import type { AgentDefinition, Capability } from '../core/model/skill.ts';
import { agentPrompts } from './agent-prompts.ts';

/** What the infrastructure has to know of a skill. */
export interface SkillManifest {
  /** `HotelBooking:v1` */
  readonly id: string;
  /** `hotel-booking-v1` */
  readonly folder: string;
  /** Longest action: the function is killed when it is over. */
  readonly functionSeconds: number;
  /** Names of the environment values that it reads. */
  readonly settings: readonly string[];
  /** Names of the secrets that it reads. */
  readonly secrets: readonly string[];
  /** What it uses of the platform. */
  readonly uses: readonly Capability[];
  /** Origins that it reaches, or `$NAME` for those in a setting. */
  readonly network: readonly string[];
  /** Under whose circuit breaker its calls are; undefined for none. */
  readonly dependency: string | undefined;
}

export interface AgentManifest {
  readonly name: string;
  /** Ids of the skills that it or an agent it extends was granted, whole or in part, whatever the limits. */
  readonly skills: readonly string[];
  /** Agents that it may hand a part of its goal to. */
  readonly handsOnTo: readonly string[];
  /** As they are written, for the functions that judge them. */
  readonly grants: readonly GrantDeclaration[];
  readonly extends: readonly string[];
  /** Language models that it names; undefined when it takes those of the platform. */
  readonly models: readonly string[] | undefined;
  /** What the files in its `prompts/` say. */
  readonly prompts: AgentPrompts;
}

export interface Project {
  readonly dir: string;
  readonly skills: readonly SkillManifest[];
  readonly agents: readonly AgentManifest[];
  /** `policies/*.cedar` by name. */
  readonly policies: readonly PolicyFile[];
}

/** Longest Lambda timeout. */
const maxFunctionSeconds = 900;
/** For claim, intent and commit around the call. */
const protocolSeconds = 10;

/**
 * Reads what a project folder defines: `skills/<folder>/skill.ts` and `agents/<name>/agent.ts`, by running them,
 * with the prompts beside the agents.
 * Throws an Error that names the file for a definition that is missing, broken, misplaced or grants what is not there.
 */
export async function readProject(dir: string): Promise<Project> {
  const skills: SkillManifest[] = [];
  for (const folder of await foldersOf(join(dir, 'skills'))) skills.push(await readSkill(dir, folder));
  const holders = new Map<string, AgentDeclaration>();
  for (const folder of await foldersOf(join(dir, 'agents'))) holders.set(folder, await readAgent(dir, folder));
  const agents = [...holders.values()].map((holder) => manifestOf(dir, holder, holders, skills));
  if (agents.length === 0) {
    throw new Error(`${dir} defines no agent. Put one into agents/<name>/agent.ts, or name another project folder.`);
  }
  return { dir, skills, agents, policies: await policyFiles(dir) };
}

async function readSkill(dir: string, folder: string): Promise<SkillManifest> {
  const path = join(dir, 'skills', folder, 'skill.ts');
  const skill = definitionOf(path, 'defineSkill', skillModule.safeParse(await load(path)));
  if (skillFolder(skill.id) !== folder) {
    throw new Error(
      `${path} defines '${skill.id}', which belongs into skills/${skillFolder(skill.id)}. Rename the folder.`,
    );
  }
  const taken = platformSkillLike(skill.id);
  if (taken) {
    throw new Error(
      `${path} defines '${skill.id}', which belongs to the platform: ${taken.id} holds ${taken.holds}. Any other name is allowed. Rename the skill and its folder.`,
    );
  }
  const { id, actions, settings, secrets, uses, network, dependency } = skill;
  const needs = { settings, secrets, uses, network, dependency };
  return { id, folder, functionSeconds: functionSeconds(path, actions), ...needs };
}

/** A class Q action may have to look up and then send again, each with its whole timeout. */
function functionSeconds(
  path: string,
  actions: Readonly<Record<string, { timeoutSeconds: number; effect: { class: string } }>>,
): number {
  const needed = Object.entries(actions).map(([name, { timeoutSeconds, effect }]) => {
    const longest = maxFunctionSeconds - protocolSeconds;
    if (timeoutSeconds > longest) {
      throw new Error(
        `${path}: action '${name}' has a timeout of ${timeoutSeconds} s. Lambda allows ${longest} s. Split the action, or begin the work in one and look for its end in another.`,
      );
    }
    return (effect.class === 'Q' ? 2 : 1) * timeoutSeconds + protocolSeconds;
  });
  return Math.min(maxFunctionSeconds, Math.ceil(Math.max(...needed)));
}

type AgentDeclaration = GrantHolder & Pick<AgentDefinition, 'models'> & { readonly prompts: AgentPrompts };

async function readAgent(dir: string, folder: string): Promise<AgentDeclaration> {
  const path = join(dir, 'agents', folder, 'agent.ts');
  const agent = definitionOf(path, 'defineAgent', agentModule.safeParse(await load(path)));
  if (agent.name !== folder) {
    throw new Error(`${path} defines '${agent.name}', which belongs into agents/${agent.name}. Rename the folder.`);
  }
  return { ...agent, prompts: await agentPrompts(join(dir, 'agents', folder)) };
}

function manifestOf(
  dir: string,
  agent: AgentDeclaration,
  agents: ReadonlyMap<string, GrantHolder>,
  skills: readonly SkillManifest[],
): AgentManifest {
  const path = join(dir, 'agents', agent.name, 'agent.ts');
  const grants = grantsOf(agent, agents);
  const granted = [...new Set(grants.map(({ skillId }) => skillId))].toSorted();
  for (const id of granted) {
    if (id === agentSkillId || skills.some((skill) => skill.id === id)) continue;
    const known = skills.map((skill) => skill.id).join(', ') || 'none';
    throw new Error(`${path} grants '${id}', which no folder in skills/ defines. Defined are: ${known}.`);
  }
  return {
    name: agent.name,
    skills: granted,
    handsOnTo: handsOnTo(path, grants, [...agents.keys()]),
    grants: agent.grants,
    extends: agent.extends ?? [],
    models: agent.models,
    prompts: agent.prompts,
  };
}

function handsOnTo(path: string, grants: readonly HeldGrant[], agents: readonly string[]): string[] {
  const named = grants.flatMap(({ skillId, action }) => {
    if (skillId !== agentSkillId) return [];
    return action === undefined ? agents : [action];
  });
  for (const one of named) {
    if (agents.includes(one)) continue;
    throw new Error(`${path} grants '${agentSkillId}/${one}', which is no agent. There is ${agents.join(', ')}.`);
  }
  return [...new Set(named)].toSorted();
}

async function policyFiles(dir: string): Promise<PolicyFile[]> {
  const folder = join(dir, 'policies');
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cedar')).toSorted();
  return Promise.all(
    names.map(async (name) => ({ file: `policies/${name}`, text: await readFile(join(folder, name), 'utf8') })),
  );
}

async function foldersOf(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  const entries = await readdir(dir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .toSorted();
}

async function load(path: string): Promise<unknown> {
  if (!existsSync(path)) throw new Error(`${path} is missing. Write it, or remove its folder.`);
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    throw new Error(`${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

type Parsed<Definition> =
  | { readonly success: true; readonly data: { readonly default: Definition } }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function definitionOf<Definition>(path: string, author: string, parsed: Parsed<Definition>): Definition {
  if (parsed.success) return parsed.data.default;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Error(`${path} must export a ${author}() as default. ${issues}`);
}
