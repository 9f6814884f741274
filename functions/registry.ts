import { withDelegation } from '../core/authz/with-delegation.ts';
import { modelsFrom, withModels } from '../core/authz/with-models.ts';
import { env } from '../core/contract/env.ts';
import type { PolicyFile } from '../core/model/policy.ts';
import type { Registry } from '../core/model/skill.ts';
import { agentSkill } from '../core/operations/agent-skill.ts';
import { modelSkill } from '../core/operations/model-skill.ts';

/** What a function knows of its project. */
export interface ProvidedProject {
  readonly registry: Registry;
  /** Hand-written ones, which forbid on top of the grants. */
  readonly policies: readonly PolicyFile[];
  /**
   * True for the host of one skill, whose registry holds no other, and of agents only their grants: its policies cannot be
   * checked against the whole project here. They were when it was bundled.
   */
  readonly isPart: boolean;
}

let provided: ProvidedProject | undefined;

/**
 * Called once by whatever starts the functions: the generated entry of a Lambda bundle, or the local platform. Agents are
 * given the models of the environment where they name none.
 */
export function provideProject(project: ProvidedProject): void {
  const { registry: own, isPart } = project;
  provided = { ...project, registry: isPart ? own : withPlatformSkills(own) };
}

function withPlatformSkills(own: Registry): Registry {
  const thinking = withModels(own, modelsFrom(process.env[env.models]), modelSkill());
  return withDelegation(thinking, agentSkill(thinking));
}

/** The project of this function. Throws when nothing was provided. */
export function providedProject(): ProvidedProject {
  if (!provided) {
    throw new Error('No project was provided to this function: its entry must call provideProject() first.');
  }
  return provided;
}

/** The skills and agents of the project. Throws when nothing was provided. */
export function registry(): Registry {
  return providedProject().registry;
}
