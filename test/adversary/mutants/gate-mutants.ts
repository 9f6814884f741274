import type { Mutant } from '../../mutants/mutant.ts';
import { mutant } from '../../mutants/mutant.ts';

const gate = 'core/model/validate-plan.ts';
const references = 'core/model/references.ts';
const catalogue = 'core/authz/catalogue.ts';
const cedarText = 'core/authz/cedar-text.ts';
const authorizer = 'core/adapters/cedar/authorizer.ts';
const reach = 'core/operations/reach.ts';

/** Bugs in the gate that plans pass, and in references. */
export const planMutants: readonly Mutant[] = [
  {
    name: 'skills are found, and granted, whatever the case of their names',
    replacements: [
      {
        file: catalogue,
        from: 'const skill = registry.skills.get(skillId);\n      if (!skill) return unknownSkill',
        to: 'const skill = [...registry.skills.values()].find(({ id }) => id.toLowerCase() === skillId.toLowerCase());\n      if (!skill) return unknownSkill',
      },
      {
        file: 'core/authz/grants.ts',
        from: 'grant.skillId === skillId && (grant.action',
        to: 'grant.skillId.toLowerCase() === skillId.toLowerCase() && (grant.action',
      },
    ],
  },
  mutant(
    'a grant of one version is a grant of all',
    'core/authz/grants.ts',
    'grant.skillId === skillId && (grant.action',
    "grant.skillId.split(':')[0] === skillId.split(':')[0] && (grant.action",
  ),
  mutant(
    'whatever is not granted is in the catalogue too',
    catalogue,
    'if (speaking.length === 0) {',
    'if (speaking.length < 0) {',
  ),
  mutant(
    'a planner may ask the questions of the engine',
    'core/operations/accept-proposal.ts',
    "author === 'engine' ? catalogue",
    "author === 'engine' || author === 'planner' ? catalogue",
  ),
  mutant(
    'of the questions of the engine only planning is its own',
    'core/model/model-step.ts',
    'return skill !== modelSkillId || action === plannedPurpose;',
    "return skill !== modelSkillId || action !== 'plan';",
  ),
  mutant(
    'a settled step may be defined again',
    'core/operations/accept-proposal.ts',
    'settled: new Set([...earlier.keys(), ...definedIn(plans), ...taken].filter((id) => !redefines.has(id))),',
    'settled: new Set(),',
  ),
  mutant('two steps may have one id', gate, 'if (seen.has(id)) problems.push', 'if (seen.size < 0) problems.push'),
  mutant(
    'steps that are not there may be referred to',
    gate,
    'return known(target) ? []',
    'return known(target) || true ? []',
  ),
  mutant(
    'a plan may be as long as it likes',
    gate,
    'plan.steps.length > maxStepsPerRevision',
    'plan.steps.length > 10_000',
  ),
  mutant(
    'what an object inherits can be referred to',
    references,
    '!Object.prototype.propertyIsEnumerable.call(current, part)',
    '!(part in current)',
  ),
  mutant(
    'rendered values are looked at again',
    references,
    'return resolve(parse.reference, value);',
    "const given = resolve(parse.reference, value); const again = typeof given === 'string' ? parseReference(given) : undefined; return again?.kind === 'reference' ? resolve(again.reference, given as string) : given;",
  ),
];

/** Bugs in policies and their judge, and at the two borders. */
export const policyMutants: readonly Mutant[] = [
  mutant(
    'Decide does not judge',
    'core/operations/dispatch-steps.ts',
    'const verdict = await judgeUse(use, { authorizer: this.#dependencies.authorizer, ...this.#dependencies.ports });',
    "const verdict = { kind: 'allowed' } as Awaited<ReturnType<typeof judgeUse>>;",
  ),
  mutant(
    'the skill host does not judge',
    'core/operations/execute-step.ts',
    'const denial = await this.#held.judge();',
    'const denial = this.#held.denial;',
  ),
  mutant(
    'the skill host believes the hash of the arguments that it is told',
    'core/operations/held-step.ts',
    'argsHash: jsonHash(input), skillHash',
    'argsHash: request.argsHash, skillHash',
  ),
  mutant(
    'the skill host believes the skill hash that it is told',
    'core/operations/held-step.ts',
    'skillHash: skillHashOf(skill) };',
    'skillHash: request.skillHash };',
  ),
  mutant(
    'what was begun is sent again although it may not be any more',
    'core/operations/execute-step.ts',
    "if (taken.status !== 'INTENT' || this.#held.denial) return false;",
    "if (taken.status !== 'INTENT') return false;",
  ),
  mutant(
    'tenants of a grant are not checked',
    cedarText,
    '...(grant.tenants\n',
    '...(grant.tenants && grant.tenants.length === 0\n',
  ),
  mutant(
    'a grant holds a moment too long',
    cedarText,
    '[`context.now < ${grant.expiresAtMs}`]',
    '[`context.now <= ${grant.expiresAtMs}`]',
  ),
  mutant('a grant never ends', cedarText, '[`context.now < ${grant.expiresAtMs}`]', '[]'),
  mutant(
    'a limit is one too high',
    cedarText,
    '`${target} <= ${literal(atMost)}`',
    '`${target} <= ${literal(atMost + 1)}`',
  ),
  mutant(
    'a limit is one too low',
    cedarText,
    '`${target} >= ${literal(atLeast)}`',
    '`${target} >= ${literal(atLeast - 1)}`',
  ),
  mutant('one of a list is any of it', cedarText, '...(oneOf ?', '...(oneOf && oneOf.length > 99 ?'),
  mutant(
    'an approval is never asked for',
    cedarText,
    "grant.approval.needed === 'always' ? ['context.approved']",
    "grant.approval.needed === 'always' ? []",
  ),
  mutant(
    'an approval is asked for under no condition',
    cedarText,
    "grant.approval.needed === 'unless'\n",
    'grant.approval.needed !== grant.approval.needed\n',
  ),
  {
    name: 'a grant of an action is one of its skill',
    replacements: [
      {
        file: cedarText,
        from: 'Action::${cedarString(grant.name)}, resource`',
        to: 'Action::${cedarString(Object.keys(grant.when).length === 0 ? grant.skillId : grant.name)}, resource`',
      },
      {
        file: cedarText,
        from: "grant.action === undefined ? 'in' : '=='",
        to: "Object.keys(grant.when).length === 0 ? 'in' : '=='",
      },
      {
        file: authorizer,
        from: 'one.skillId === skillId && (one.action === undefined || one.action === action),',
        to: 'one.skillId === skillId,',
      },
    ],
  },
  mutant(
    'prohibitions by hand are not asked',
    authorizer,
    'this.#handWritten.filter((one) => one.concerns(agent, groups))',
    'this.#handWritten.filter(() => false)',
  ),
  mutant(
    'actions are in no group',
    'core/adapters/cedar/action-entities.ts',
    'lineage.add(group.id);',
    'lineage.add(id);',
  ),
  mutant('decisions are remembered whatever the arguments', authorizer, 'action, turn, seen]));', 'action, turn]));'),
  mutant(
    'decisions are remembered whatever the tenant',
    authorizer,
    'canonicalJson([tenantId, agent,',
    'canonicalJson([agent,',
  ),
  mutant(
    'decisions are remembered whatever the agent',
    authorizer,
    'canonicalJson([tenantId, agent, skillId,',
    'canonicalJson([tenantId, skillId,',
  ),
  mutant('decisions are remembered for ever', authorizer, 'action, turn, seen]));', 'action, seen]));'),
];

/** Bugs in what a skill may reach. */
export const reachMutants: readonly Mutant[] = [
  mutant(
    'tenants keep their documents in one place',
    'core/operations/action-context.ts',
    'ports.documents.of(tenantId, skill.id)',
    "ports.documents.of(tenantId === '' ? tenantId : 'all', skill.id)",
  ),
  mutant(
    'the hops of a redirect are not checked',
    reach,
    'const next = withinReach(new URL(location, target).href, target, reach.origins);',
    'const next = new URL(location, target);',
  ),
  mutant(
    'an origin is told by the beginning of the address',
    reach,
    'origins.has(parsed.origin)',
    '[...origins].some((one) => url.startsWith(one))',
  ),
  mutant(
    'only the name of a host is compared',
    reach,
    'origins.has(parsed.origin)',
    '[...origins].some((one) => new URL(one).hostname === parsed.hostname)',
  ),
  mutant('an address may carry a user', reach, "parsed.username === '' && parsed.password === ''", 'true'),
  mutant(
    'addresses that are tunnelled to IPv4 are public',
    'core/model/public-address.ts',
    "['2002::', 16, 'a 6to4 tunnel'],",
    '',
  ),
  mutant(
    'a private network is smaller than it is',
    'core/model/public-address.ts',
    "['172.16.0.0', 12,",
    "['172.16.0.0', 16,",
  ),
  mutant(
    'private addresses may be reached',
    reach,
    "redirect: 'manual' }, reach.addresses)",
    "redirect: 'manual' }, 'any')",
  ),
];
