import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { policyProblems, readPolicyFiles } from '../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { skillFolder } from '../../core/model/names.ts';
import type { PolicyFile, PolicyProblem } from '../../core/model/policy.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../../core/model/skill.ts';
import { agentProblems, deprecationWarnings } from './agent-checks.ts';
import { foldersOf, loadAgentFolder, loadSkillFolder } from './definition-folders.ts';
import type { LoadedFolder } from './definition-folders.ts';
import { ProjectError } from './project-error.ts';
import type { ProjectProblem } from './project-error.ts';
import { projectFileName, readProjectFile } from './project-file.ts';
import type { ProjectService, TourStop } from './project-file.ts';

export interface Project {
  /** Absolute. */
  readonly directory: string;
  readonly registry: Registry;
  readonly services: readonly ProjectService[];
  /** Not secret: settings of holdfast.json, and the address of each service under its setting. */
  readonly settings: Readonly<Record<string, string>>;
  /** What to try first. */
  readonly tour: readonly TourStop[];
  readonly policies: readonly PolicyFile[];
  /** What will not stop the project but its owner should know. */
  readonly warnings: readonly string[];
}

/**
 * Loads the project in a folder: `skills/<folder>/skill.ts` with SKILL.md, `agents/<name>/agent.ts` with its `prompts/`,
 * `policies/*.cedar` and `holdfast.json`. The code of the project runs, as it is imported.
 *
 * @param known.environment where settings may come from besides holdfast.json
 * @param known.secretNames secrets that have a value; nothing is said about secrets when it is left out
 * @throws ProjectError with every problem of the project, when there is any
 */
export async function loadProject(
  directory: string,
  known: {
    readonly environment?: Readonly<Record<string, string | undefined>>;
    readonly secretNames?: readonly string[];
  } = {},
): Promise<Project> {
  const { environment = process.env, secretNames } = known;
  const root = resolve(directory);
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new ProjectError(root, [noFolder(root)]);

  const policies = readPolicyFiles(root);
  const [skillFolders, agentFolders, file] = await Promise.all([
    foldersOf(root, 'skills'),
    foldersOf(root, 'agents'),
    readProjectFile(root),
  ]);
  if (skillFolders.length + agentFolders.length === 0) throw new ProjectError(root, [...file.problems, emptyProject()]);

  const skills = await Promise.all(skillFolders.map((folder) => loadSkillFolder(root, folder)));
  const agents = await Promise.all(agentFolders.map((folder) => loadAgentFolder(root, folder)));
  const registry: Registry = {
    skills: byName(skills, ({ id }) => id),
    agents: byName(agents, ({ name }) => name),
    cards: new Map(
      skills.flatMap(({ definition, card }) => (definition && card ? [[definition.id, card] as const] : [])),
    ),
    prompts: new Map(agents.flatMap(({ definition, prompts }) => (definition ? [[definition.name, prompts]] : []))),
  };
  const broken = new Set(skills.filter(({ definition }) => !definition).map(({ folder }) => folder));
  const problems = [
    ...file.problems,
    ...skills.flatMap((skill) => skill.problems),
    ...duplicates(skills, 'id', ({ id }) => id),
    ...agents.flatMap((agent) => agent.problems),
    ...duplicates(agents, 'name', ({ name }) => name),
    ...agents.flatMap((agent) =>
      agent.definition
        ? agentProblems(agent.definition, registry, broken).map((problem) => ({ file: agent.file, ...problem }))
        : [],
    ),
  ];
  if (problems.length > 0) throw new ProjectError(root, problems);
  const wrong = policyProblems(compilePolicies(withDelegation(registry, agentSkill(registry))), policies);
  if (wrong.length > 0) throw new ProjectError(root, wrong.map(problemOfPolicy));
  const { services, settings, tour } = file;
  return {
    directory: root,
    registry,
    services,
    settings,
    tour,
    policies,
    warnings: [
      ...settingWarnings(registry, { ...environment, ...settings }),
      ...(secretNames ? secretWarnings(registry, secretNames) : []),
      ...otherWarnings(registry),
    ],
  };
}

/**
 * Loads one skill of a project, for a worker that runs nothing else.
 *
 * @throws ProjectError when it is not there or has problems
 */
export async function loadSkill(directory: string, skillId: string): Promise<SkillDefinition> {
  const root = resolve(directory);
  const { definition, problems } = await loadSkillFolder(root, skillFolder(skillId));
  if (!definition || problems.length > 0) throw new ProjectError(root, problems);
  return definition;
}

function byName<Definition>(
  folders: readonly LoadedFolder<Definition>[],
  nameOf: (definition: Definition) => string,
): Map<string, Definition> {
  return new Map(folders.flatMap(({ definition }) => (definition ? [[nameOf(definition), definition] as const] : [])));
}

function duplicates<Definition extends SkillDefinition | AgentDefinition>(
  folders: readonly LoadedFolder<Definition>[],
  member: string,
  nameOf: (definition: Definition) => string,
): ProjectProblem[] {
  const firstFile = new Map<string, string>();
  return folders.flatMap(({ file, definition }) => {
    if (!definition) return [];
    const name = nameOf(definition);
    const first = firstFile.get(name);
    if (first === undefined) {
      firstFile.set(name, file);
      return [];
    }
    const given = `'${name}' here and in ${first}`;
    const remedy = 'Rename or remove one of them';
    return [
      {
        file,
        at: member,
        wrong: 'is defined twice',
        given,
        allowed: `one ${definition.kind} of each ${member}`,
        remedy,
      },
    ];
  });
}

function problemOfPolicy({ file, line, message }: PolicyProblem): ProjectProblem {
  return {
    file,
    at: `line ${line}`,
    wrong: 'is no policy that could be kept',
    given: message,
    allowed: 'policies that forbid, in terms of the agents, actions and arguments of this project',
    remedy: 'Correct it (docs/guides/grants-and-policies.md)',
  };
}

function settingWarnings(registry: Registry, known: Readonly<Record<string, string | undefined>>): string[] {
  return [...registry.skills.values()].flatMap(({ id, settings }) =>
    settings
      .filter((setting) => known[setting] === undefined)
      .map(
        (setting) =>
          `${id} needs the setting ${setting}, which is not set: its actions will fail. Set it in ${projectFileName} (settings), or in the environment.`,
      ),
  );
}

function secretWarnings(registry: Registry, known: readonly string[]): string[] {
  return [...registry.skills.values()].flatMap(({ id, secrets = [] }) =>
    secrets
      .filter((secret) => !known.includes(secret))
      .map(
        (secret) =>
          `${id} needs the secret ${secret}, which is not there: its actions will fail. Set it with 'holdfast secrets set ${secret}', which reads the value from standard input.`,
      ),
  );
}

function otherWarnings(registry: Registry): string[] {
  const warnings = deprecationWarnings(registry);
  if (registry.agents.size > 0) return warnings;
  return [...warnings, 'The project has no agents, so nothing can be run. Add agents/<name>/agent.ts.'];
}

function noFolder(root: string): ProjectProblem {
  return {
    file: '.',
    at: '',
    wrong: existsSync(root) ? 'is not a folder' : 'does not exist',
    given: root,
    allowed: 'a folder with skills/ and agents/',
    remedy: 'Give the folder of a project, as in --project examples/hello-project',
  };
}

function emptyProject(): ProjectProblem {
  return {
    file: '.',
    at: '',
    wrong: 'is an empty project',
    given: 'neither skills/<folder> nor agents/<name>',
    allowed: 'at least one skill or agent',
    remedy: 'Add skills/ and agents/, or give another folder with --project',
  };
}
