import { catalogueFor } from '../authz/catalogue.ts';
import type { SkillFunctions } from '../authz/catalogue.ts';
import { answersAsWell, pathsInto, usedAction } from '../model/alternatives.ts';
import { healthOf } from '../model/breaker.ts';
import { diffOf } from '../model/guarded-edit.ts';
import type { Json } from '../model/json.ts';
import type { PlanStepInput } from '../model/plan.ts';
import { contractOf } from '../model/skill-contract.ts';
import type { Registry, SkillDefinition } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { windowSteps } from './open-steps.ts';
import type { Proposal } from './accept-proposal.ts';
import { actionOf } from './plan-provenance.ts';
import type { RecoveryCase } from './recovery-case.ts';
import { renderTemplate } from './render-template.ts';
import type { RunReader } from './run-reader.ts';

export interface AlternativeDependencies {
  readonly ports: Pick<Ports, 'breakers' | 'clock'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly reader: RunReader;
}

/**
 * Revisions in which a declared alternative takes the place of the failed step, in the order of the declaration: those that
 * are granted, that were not tried before, whose dependency is well, that take the arguments as they are, and that answer
 * whatever the rest of the plan asks for. Each still has to pass the gate.
 */
export async function alternativesOf(failed: RecoveryCase, dependencies: AlternativeDependencies): Promise<Proposal[]> {
  const { registry, functions } = dependencies;
  const { agent } = failed.run;
  if (!failed.mayBeReplaced) return [];
  const planned = usedAction(failed.planned);
  const declared = actionOf(registry, planned.skill, planned.action)?.alternatives ?? [];
  const used = new Set([failed.planned, failed.uses, ...failed.story.map(({ uses }) => uses)]);
  const catalogue = catalogueFor(agent, registry, functions);
  const granted = declared.filter((name) => {
    const { skill, action } = usedAction(name);
    return !used.has(name) && catalogue.find(skill, action).found;
  });
  const well = await wellOf(granted, dependencies);
  if (well.length === 0) return [];
  const sent = await sentArguments(failed, dependencies.reader);
  if (sent === undefined) return [];
  return well.flatMap((name) => {
    if (!takes(name, sent, registry) || !answers(name, failed, registry)) return [];
    return [proposalOf(failed, name)];
  });
}

function proposalOf(failed: RecoveryCase, name: string): Proposal {
  const { id, input, why, optional, after } = failed.entry.step;
  const { skill, action } = usedAction(name);
  const step: PlanStepInput = {
    ...{ id, skill, action, input, why },
    ...(after.length === 0 ? {} : { dependsOn: [...after] }),
    ...(optional === undefined ? {} : { optional }),
  };
  return failed.proposal({
    decision: 'alternative',
    why: `${name} takes the place of ${failed.uses}, which ended as ${failed.failure.class}: ${failed.failure.message}`,
    ...{ steps: [step], redefines: [id], read: failed.read, words: failed.words },
    diff: diffOf([{ ...failed.entry.step, skill, action }], new Map([[id, failed.entry.step]])),
  });
}

/** Those whose dependency may be called as usual. */
async function wellOf(
  names: readonly string[],
  { ports, registry }: Pick<AlternativeDependencies, 'ports' | 'registry'>,
): Promise<readonly string[]> {
  const dependencyOf = (name: string): string | undefined => registry.skills.get(usedAction(name).skill)?.dependency;
  const dependencies = [...new Set(names.flatMap((name) => dependencyOf(name) ?? []))];
  if (dependencies.length === 0) return names;
  const nowMs = ports.clock.now();
  const known = await ports.breakers.readMany(dependencies);
  const down = new Set(known.filter((one) => healthOf(one, nowMs) !== 'closed').map(({ dependency }) => dependency));
  return names.filter((name) => {
    const dependency = dependencyOf(name);
    return dependency === undefined || !down.has(dependency);
  });
}

/** The arguments as they are sent, which every step that has failed after its wave has. */
async function sentArguments({ entry, run }: RecoveryCase, reader: RunReader): Promise<Json | undefined> {
  const { head, request } = run;
  const rendered = await renderTemplate(entry.step.input, head.revision, head, request, reader);
  return rendered.ok ? rendered.value : undefined;
}

function takes(name: string, sent: Json, registry: Registry): boolean {
  const { skill, action } = usedAction(name);
  try {
    return actionOf(registry, skill, action)?.input.safeParse(sent).success ?? false;
  } catch {
    // Code of an author in a schema, which has thrown: it does not take them.
    return false;
  }
}

function answers(name: string, { planned, id, run, newest, owner }: RecoveryCase, registry: Registry): boolean {
  const others = windowSteps(run.head, run.plans).filter(({ step }) => step.id !== id);
  const templates: Json[] = [...others.map(({ step }): Json => step.input), newest.output ?? null];
  const asked = pathsInto(id, templates);
  // A function is told whole outputs, and nobody knows what it reads of them.
  const read = owner === 'playbook' && !newest.final ? [...asked, []] : asked;
  return answersAsWell(outputOf(registry, planned), outputOf(registry, name), read);
}

function outputOf({ skills }: Registry, name: string): unknown {
  const { skill, action } = usedAction(name);
  const found: SkillDefinition | undefined = skills.get(skill);
  const { actions = {} } = found ? contractOf(found) : {};
  return Object.hasOwn(actions, action) ? actions[action]?.output : undefined;
}
