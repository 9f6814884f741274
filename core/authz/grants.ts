import type { Condition, Conditions, Grant } from '../model/grant.ts';
import { limitsInWords, parseGrant } from '../model/grant.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { ArgumentType } from '../model/argument-type.ts';
import type { Registry } from '../model/skill.ts';
import { seenInputOf, typeAt } from './argument-types.ts';
import type { GrantHolder } from './grant-holders.ts';

/** A grant in the hands of an agent. */
export interface HeldGrant extends Grant {
  /** Names agent, origin and grant. Agent names have no `<`, so it cannot be forged through one. */
  readonly policyId: string;
  /** The agent whose definition says so: the holder, or one that it extends. */
  readonly from: string;
}

/** What is wrong with the grants of an agent. */
export interface GrantProblem {
  readonly at: string;
  readonly wrong: string;
  readonly given: string;
  readonly allowed: string;
  readonly remedy: string;
}

/**
 * Every grant that an agent has, its own first, then those of the agents it extends, each agent once. Model steps are not
 * inherited: an agent asks its own models, or none.
 * Throws an Error for a base that does not exist and for a circle; a project that has passed its checks has neither.
 */
export function grantsOf(agent: GrantHolder, agents: ReadonlyMap<string, GrantHolder>): readonly HeldGrant[] {
  const [problem] = inheritanceProblems(agent, agents);
  if (problem) throw new Error(`Agent '${agent.name}': ${problem.at} ${problem.wrong}. ${problem.remedy}.`);
  return lineOf(agent, agents).flatMap((holder) => {
    const prefix = `grant:${agent.name}${holder.name === agent.name ? '' : `<${holder.name}`}:`;
    const times = new Map<string, number>();
    return holder.grants.flatMap((declaration): HeldGrant[] => {
      const grant = parseGrant(declaration);
      if (grant.skillId === modelSkillId && holder.name !== agent.name) return [];
      const time = (times.get(grant.name) ?? 0) + 1;
      times.set(grant.name, time);
      return [{ ...grant, policyId: `${prefix}${grant.name}${time === 1 ? '' : `#${time}`}`, from: holder.name }];
    });
  });
}

/** The grants of an agent that speak of an action, by exact names, whatever their limits. */
export function grantsFor(grants: readonly HeldGrant[], skillId: string, action: string): HeldGrant[] {
  return grants.filter((grant) => grant.skillId === skillId && (grant.action === undefined || grant.action === action));
}

/** A grant and its limits in words. */
export function grantInWords(grant: Grant): string {
  const limits = limitsInWords(grant);
  return limits.length === 0 ? `'${grant.name}'` : `'${grant.name}' (${limits.join(', ')})`;
}

/** The agent and those that it extends, nearest first. */
function lineOf(agent: GrantHolder, agents: ReadonlyMap<string, GrantHolder>): GrantHolder[] {
  const line = new Map([[agent.name, agent]]);
  for (const holder of line.values()) {
    for (const base of holder.extends ?? []) {
      const found = agents.get(base);
      if (found && !line.has(base)) line.set(base, found);
    }
  }
  return [...line.values()];
}

/** Bases that do not exist, and circles, in what an agent extends. A circle is told to each agent on it. */
export function inheritanceProblems(agent: GrantHolder, agents: ReadonlyMap<string, GrantHolder>): GrantProblem[] {
  return (agent.extends ?? []).flatMap((base, index) => {
    const at = `extends.${index}`;
    const found = agents.get(base);
    if (!found) {
      const allowed = [...agents.keys()].map((one) => `'${one}'`).join(', ') || 'none';
      const remedy = `Add agents/${base}/agent.ts, or correct the name (names are compared byte for byte)`;
      return [{ at, wrong: `extends '${base}', which is no agent`, given: `'${base}'`, allowed, remedy }];
    }
    const line = lineOf(found, agents);
    if (line.some(({ name }) => name === agent.name)) {
      const wrong = `extends '${base}', which extends '${agent.name}' in turn`;
      const remedy = 'Put what both need into a third agent, and extend that';
      return [{ at, wrong, given: `'${base}'`, allowed: 'agents that do not extend this one', remedy }];
    }
    return line.flatMap((holder) => brokenBase(at, holder, agents));
  });
}

function brokenBase(at: string, holder: GrantHolder, agents: ReadonlyMap<string, GrantHolder>): GrantProblem[] {
  return (holder.extends ?? [])
    .filter((base) => !agents.has(base))
    .map((base) => ({
      at,
      wrong: `leads to '${holder.name}', which extends '${base}', which is no agent`,
      given: `'${base}'`,
      allowed: [...agents.keys()].map((one) => `'${one}'`).join(', '),
      remedy: `Correct agents/${holder.name}/agent.ts`,
    }));
}

/** Conditions of an agent's own grants that no argument of the actions could ever be judged by. */
export function conditionProblems(agent: GrantHolder, registry: Pick<Registry, 'skills'>): GrantProblem[] {
  return agent.grants.flatMap((declaration, index) => {
    const grant = parseGrant(declaration);
    const skill = registry.skills.get(grant.skillId);
    const actions = Object.entries(skill?.actions ?? {}).filter(
      ([name]) => grant.action === undefined || grant.action === name,
    );
    return actions.flatMap(([name, action]) => {
      const { type, leftOut } = seenInputOf(action);
      const judge = (at: string, conditions: Conditions): GrantProblem[] =>
        Object.entries(conditions).flatMap(([path, condition]) => {
          const target = typeAt(type, path);
          const given = `a condition on '${path}' of ${grant.skillId}/${name}`;
          if (target) return mismatches(`${at}.${path}`, condition, target, given);
          const unseen = leftOut.find((one) => one.path === '' || path === one.path || path.startsWith(`${one.path}.`));
          const wrong = unseen
            ? `cannot be judged: ${unseen.why}`
            : 'speaks of an argument that the action does not have';
          const allowed = [...type.members.keys()].map((one) => `'${one}'`).join(', ') || 'none';
          const remedy =
            grant.action === undefined ? 'Correct it, or grant single actions' : 'Correct it, or change the action';
          return [{ at: `${at}.${path}`, wrong, given, allowed, remedy }];
        });
      const { approval } = grant;
      return [
        ...judge(`grants.${index}.when`, grant.when),
        ...(approval.needed === 'unless' ? judge(`grants.${index}.approval.unless`, approval.fits) : []),
      ];
    });
  });
}

const kindWords = { long: 'whole number', string: 'text', boolean: 'true or false', set: 'list', record: 'object' };
const kindOf = { number: 'long', string: 'string', boolean: 'boolean' } as const;

function mismatches(at: string, condition: Condition, target: ArgumentType, given: string): GrantProblem[] {
  const { atLeast, atMost, oneOf, everyOneOf } = condition;
  const fits = (values: readonly (string | number | boolean)[], type: ArgumentType): boolean =>
    values.every((value) => kindOf[typeof value as keyof typeof kindOf] === type.kind);
  const wrong = [
    ...((atLeast !== undefined || atMost !== undefined) && target.kind !== 'long' ? ['atLeast and atMost'] : []),
    ...(oneOf && !fits(oneOf, target) ? ['oneOf'] : []),
    ...(everyOneOf && !(target.kind === 'set' && fits(everyOneOf, target.element)) ? ['everyOneOf'] : []),
  ];
  const type = target.kind === 'set' ? `list of ${kindWords[target.element.kind]}` : kindWords[target.kind];
  const remedy =
    target.kind === 'set' ? 'Use everyOneOf with members of its type' : 'Use a condition of the type of the argument';
  return wrong.map((what) => ({
    at,
    wrong: `does not fit the type of the argument (${what})`,
    given,
    allowed: `conditions on a ${type}`,
    remedy,
  }));
}
