import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCedarAuthorizer, readPolicyFiles } from '../../../core/adapters/cedar/index.ts';
import { catalogueFor } from '../../../core/authz/catalogue.ts';
import { compilePolicies } from '../../../core/authz/compile-policies.ts';
import type { Json } from '../../../core/model/json.ts';
import { findReferences, renderReferences, walkPath } from '../../../core/model/references.ts';
import { validatePlan } from '../../../core/model/validate-plan.ts';
import type { PlanVerdict } from '../../../core/model/validate-plan.ts';
import { loadProject } from '../../../local/project/index.ts';
import type { BenignPlan } from './plan.ts';
import { benignPlans } from './plans.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const { registry } = await loadProject(repository, {});
const authorizer = openCedarAuthorizer(compilePolicies(registry), readPolicyFiles(repository));

function gate({ agent: name, input, plan }: BenignPlan): PlanVerdict {
  const agent = registry.agents.get(name);
  if (!agent) throw new Error(`There is no agent '${name}'.`);
  return validatePlan(plan, {
    input,
    catalogue: catalogueFor(agent, registry, { arnOf: (id) => `arn:${id}` }),
    earlier: new Map(),
    settled: new Set(),
    mayBeEmpty: false,
  });
}

const actionOf = (skill: string, action: string) => registry.skills.get(skill)?.actions[action];

/** Why the argument at a path might not be believed; undefined when it may. */
function doubt(benign: BenignPlan, value: Json): string | undefined {
  const { author, input, plan } = benign;
  if (Array.isArray(value)) return value.map((item) => doubt(benign, item)).find((one) => one !== undefined);
  const [found] = findReferences(value);
  if (!found) {
    return author !== 'planner' || valuesIn(input).has(JSON.stringify(value)) ? undefined : 'a model wrote it';
  }
  if (found.parse.kind === 'malformed') return found.parse.why;
  const { reference } = found.parse;
  const path = reference.path.join('.');
  if (reference.source === 'input') {
    const outside = benign.untrusted?.some(
      (one) => path === one || path.startsWith(`${one}.`) || one.startsWith(`${path}.`),
    );
    return outside ? 'it came from outside' : undefined;
  }
  const source = plan.steps.find(({ id }) => id === reference.stepId);
  const endorses = source && actionOf(source.skill, source.action)?.endorses;
  return endorses && Object.hasOwn(endorses, path) ? undefined : `${reference.stepId} does not vouch for '${path}'`;
}

function valuesIn(value: Json): Set<string> {
  const inside = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return new Set([JSON.stringify(value), ...inside.flatMap((item) => [...valuesIn(item)])]);
}

it('they are a hundred plans, each with a name of its own, of every agent and author', () => {
  expect(new Set(benignPlans.map(({ name }) => name)).size).toBe(100);
  const kinds = new Set(benignPlans.map(({ agent, author }) => `${agent} ${author}`));
  expect(kinds.size).toBe(9);
  expect(benignPlans.filter(({ untrusted }) => untrusted !== undefined).length).toBeGreaterThanOrEqual(15);
});

it('they use every action of the skills of this project that their agents are granted', () => {
  const used = new Set(benignPlans.flatMap(({ plan }) => plan.steps.map(({ skill, action }) => `${skill}/${action}`)));
  const granted = [...registry.skills.values()].flatMap(({ id, actions }) =>
    Object.keys(actions)
      .filter((action) =>
        benignPlans.some(({ agent: name }) => {
          const agent = registry.agents.get(name);
          return agent && catalogueFor(agent, registry, { arnOf: () => '' }).find(id, action).found;
        }),
      )
      .map((action) => `${id}/${action}`),
  );
  expect(granted.filter((one) => !used.has(one))).toEqual([]);
});

it.each(benignPlans)('$agent, $author: $name passes the gate', (benign) => {
  expect(gate(benign)).toMatchObject({ ok: true });
});

it('the gate is awake: each plan is refused when one of its actions is misspelt', () => {
  for (const benign of benignPlans) {
    const [first, ...others] = benign.plan.steps;
    const steps = first ? [{ ...first, action: `${first.action}x` }, ...others] : [];
    expect(gate({ ...benign, plan: { steps } })).toMatchObject({ ok: false, problems: [{ code: 'unknownAction' }] });
  }
});

it('their sensitive arguments come from people, or from somewhere that vouches for them', () => {
  const doubts = benignPlans.flatMap((benign) =>
    benign.plan.steps.flatMap(({ id, skill, action, input }) =>
      (actionOf(skill, action)?.sensitive ?? []).flatMap((path) => {
        const walk = walkPath(input ?? {}, path.split('.'));
        const why = walk.found ? doubt(benign, walk.value) : undefined;
        return why === undefined ? [] : [`${benign.name}: ${id}.${path}: ${why}`];
      }),
    ),
  );
  expect(doubts).toEqual([]);
});

it('the policies deny none of their steps whose arguments are known from the start', () => {
  const verdicts = benignPlans.flatMap(({ name, agent, input, plan }) =>
    plan.steps.flatMap((one) => {
      const isOpen = findReferences(one.input ?? {}).some(
        ({ parse }) => parse.kind === 'reference' && parse.reference.source === 'step',
      );
      if (isOpen) return [];
      const rendered = renderReferences(one.input ?? {}, ({ path }) => {
        const walk = walkPath(input, path);
        return walk.found ? walk.value : null;
      });
      const request = { tenantId: 'default', agent, skillId: one.skill, action: one.action, input: rendered };
      const { verdict } = authorizer.authorize({ ...request, nowMs: Date.UTC(2027, 0, 1) });
      return [{ what: `${name}: ${one.id}`, verdict }];
    }),
  );
  expect(verdicts.filter(({ verdict }) => verdict === 'deny')).toEqual([]);
  expect(verdicts.filter(({ verdict }) => verdict === 'allow').length).toBeGreaterThan(100);
});
