import { openCedarAuthorizer } from '../core/adapters/cedar/index.ts';
import { compilePolicies } from '../core/authz/compile-policies.ts';
import { withDelegation } from '../core/authz/with-delegation.ts';
import { withModels } from '../core/authz/with-models.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../core/model/skill.ts';
import { agentSkill } from '../core/operations/agent-skill.ts';
import { modelSkill } from '../core/operations/model-skill.ts';
import type { Authorizer } from '../core/ports/authorizer.ts';
import { describeProblem } from '../core/sdk/definition-error.ts';
import { agentProblems } from '../local/project/agent-checks.ts';
import { loadMachine } from '../local/stepfunctions/machine.ts';
import type { Machine } from '../local/stepfunctions/machine.ts';
import { watchedSkill } from './invocation.ts';
import type { AgentRun } from './run-options.ts';
import { TestSetupError } from './test-setup-error.ts';

/** What speaks for agents that name no model, when a test has scripted one. */
export const scriptedModel = 'openai:scripted';

/** Everything about a project that many runs have in common. */
export interface TestedProject {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  readonly machines: readonly Machine[];
}

export const arns = {
  decide: 'test-decide',
  skill: 'test-skill-',
  run: 'arn:aws:states:local:000000000000:stateMachine:test-run-',
  burst: 'arn:aws:states:local:000000000000:stateMachine:test-burst-',
  escalations: 'test-escalations',
} as const;

/** The policy engine keeps what it has parsed, so runs of the same definitions share it. */
const kept = new Map<string, TestedProject>();
const mostKept = 100;
const numbers = new WeakMap<object, number>();
let numbered = 0;

/** The project of a test. Throws TestSetupError for definitions that do not fit together, PolicyError for wrong policies. */
export function testedProject(run: AgentRun): TestedProject {
  const { agent, agents = [], skills, policies = [], prompts, models } = run;
  const all = [agent, ...agents.filter((one) => one !== agent)];
  const key = JSON.stringify([
    ...[all.map(numberOf), skills.map(numberOf)],
    ...[policies, prompts ?? {}, models !== undefined],
  ]);
  const known = kept.get(key);
  if (known) return known;
  const project = assembled(all, skills, run);
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, project);
  return project;
}

function assembled(
  agents: readonly AgentDefinition[],
  skills: readonly SkillDefinition[],
  { policies = [], prompts, models }: AgentRun,
): TestedProject {
  const own: Registry = {
    agents: byName('agent', agents, ({ name }) => name),
    skills: byName('skill', skills.map(watchedSkill), ({ id }) => id),
    ...(prompts ? { prompts: new Map(Object.entries(prompts)) } : {}),
  };
  const problems = agents.flatMap((agent) =>
    agentProblems(agent, own, new Set()).map((problem) => `  - agent ${agent.name}: ${describeProblem(problem)}`),
  );
  if (problems.length > 0)
    throw new TestSetupError(['The agents and skills of this test do not fit together:', ...problems].join('\n'));
  const thinking = withModels(own, models === undefined ? [] : [scriptedModel], modelSkill());
  const registry = withDelegation(thinking, agentSkill(thinking));
  return {
    registry,
    authorizer: openCedarAuthorizer(compilePolicies(registry), policies),
    machines: [...registry.agents.keys()].flatMap(machinesOf),
  };
}

/** The two state machines that are deployed for an agent. */
function machinesOf(agent: string): Machine[] {
  const run = loadMachine(new URL('../statemachines/agent-run.asl.json', import.meta.url), {
    BurstMachineArn: `${arns.burst}${agent}`,
    RunMachineArn: `${arns.run}${agent}`,
    EscalationsQueueUrl: arns.escalations,
  });
  const burst = loadMachine(new URL('../statemachines/agent-burst.asl.json', import.meta.url), {
    DecideFunctionArn: arns.decide,
  });
  return [
    { arn: `${arns.run}${agent}`, type: 'STANDARD', definition: run },
    { arn: `${arns.burst}${agent}`, type: 'EXPRESS', definition: burst },
  ];
}

function byName<Definition>(
  kind: string,
  definitions: readonly Definition[],
  nameOf: (definition: Definition) => string,
): Map<string, Definition> {
  const named = new Map(definitions.map((one) => [nameOf(one), one] as const));
  if (named.size === definitions.length) return named;
  const names = definitions.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) < index) ?? '';
  throw new TestSetupError(`The ${kind} '${twice}' was given twice to runAgent. Give it once.`);
}

function numberOf(definition: object): number {
  const known = numbers.get(definition);
  if (known !== undefined) return known;
  numbered += 1;
  numbers.set(definition, numbered);
  return numbered;
}
