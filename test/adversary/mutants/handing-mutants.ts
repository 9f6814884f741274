import type { Mutant } from '../../mutants/mutant.ts';
import { mutant } from '../../mutants/mutant.ts';

const dispatch = 'core/operations/dispatch-steps.ts';
const provenance = 'core/operations/plan-provenance.ts';
const child = 'core/operations/child-run.ts';
const output = 'core/operations/run-output.ts';
const skill = 'core/operations/agent-skill.ts';
const catalogue = 'core/authz/catalogue.ts';
const goal = 'core/operations/plan-goal.ts';

const depthInGate = { file: catalogue, from: 'depth >= mostDepth', to: 'depth > 99' };
const depthInDelegate = { file: child, from: 'if (depth > mostDepth) {', to: 'if (depth > 99) {' };

/** Bugs in what is handed on to the run of another agent, and comes back from it. */
export const handingMutants: readonly Mutant[] = [
  mutant(
    'what is handed on is believed',
    dispatch,
    "untrusted: doubtedMembers(template['input'], input, from) };",
    "untrusted: doubtedMembers(template['input'], input, from).slice(0, 0) };",
  ),
  mutant(
    'only one member that is handed on is doubted',
    dispatch,
    "untrusted: doubtedMembers(template['input'], input, from) };",
    "untrusted: doubtedMembers(template['input'], input, from).slice(0, 1) };",
  ),
  mutant(
    'names of members that are handed on are believed',
    provenance,
    "trustAt(template, [name], from) !== 'trusted' || (reference === undefined && from.literal(name) !== 'trusted'),",
    "trustAt(template, [name], from) !== 'trusted',",
  ),
  mutant(
    'members that are handed on are doubted only for what somebody outside wrote',
    provenance,
    "trustAt(template, [name], from) !== 'trusted' || (",
    "trustAt(template, [name], from) === 'untrusted' || (",
  ),
  mutant(
    "a step's output that is handed on as a whole is believed",
    provenance,
    "if (reference?.kind === 'reference' && reference.reference.source !== 'input') return names;",
    "if (reference?.kind === 'reference' && reference.reference.source !== 'input') return [];",
  ),
  mutant(
    'an input that is handed on as a whole is believed',
    provenance,
    'if (template === undefined || typeof rendered',
    "if (template === undefined || typeof template === 'string' || typeof rendered",
  ),
  mutant(
    'the name of a member that is not believed is believed',
    'core/model/information-flow.ts',
    'if (!Array.isArray(value) && !this.#isUntrusted(there))',
    'if (!Array.isArray(value))',
  ),
  mutant(
    'the delegate forgets what is not believed',
    child,
    '...(labels?.untrusted ?? ',
    '...([] ?? labels?.untrusted ?? ',
  ),
  mutant(
    'what the author of a playbook does not believe is believed when it is handed on',
    child,
    '[...new Set([...order.untrusted, ...(labels',
    '[...new Set([...(labels',
  ),
  mutant(
    'a goal that is handed on is believed',
    dispatch,
    "{ goal: trustAt(template, ['goal'], from),",
    "{ goal: 'trusted',",
  ),
  mutant(
    'the delegate believes every goal',
    child,
    "{ goalTrust: labels?.goal ?? 'untrusted' }",
    "{ goalTrust: labels ? 'trusted' : 'untrusted' }",
  ),
  mutant('a model believes the goal that it was given', goal, "      request.goalTrust ?? 'trusted',\n", ''),
  mutant(
    'what another run has come to is believed',
    output,
    "return { kind: 'output', value: rendered.value, trust };",
    "return { kind: 'output', value: rendered.value, trust: trust === trust ? 'trusted' : trust };",
  ),
  mutant(
    'the delegate believes what another run has come to',
    child,
    'return { over: true, output: { runId, result }, trust };',
    "return { over: true, output: { runId, result }, trust: trust === trust ? 'trusted' : trust };",
  ),
  mutant(
    'the label of a pursuit is lost',
    'core/operations/send-step.ts',
    'const trust = leastTrusted([called.trust, pursuit.trust]);',
    'const { trust } = called;',
  ),
  mutant(
    'what another run has come to is its own',
    skill,
    "endorses: { runId: 'minted' },",
    "endorses: { runId: 'minted', result: 'minted' },",
  ),
  mutant(
    "the words in a run's output are nobody's",
    output,
    'provenanceOf(request, written, rendered.outputs, registry));',
    "provenanceOf(request, { author: 'human', read: 'trusted' }, rendered.outputs, registry));",
  ),
  { name: 'runs hand on as deep as they like', replacements: [depthInGate, depthInDelegate] },
  { name: 'the gate does not see how deep a run is', replacements: [depthInGate] },
  { name: 'the delegate does not see how deep a run is', replacements: [depthInDelegate] },
  mutant(
    'every run says that it is the first below',
    child,
    'depth: (asked.parent?.depth ?? 0) + 1 };',
    'depth: (asked.parent ? 0 : 0) + 1 };',
  ),
  {
    name: 'whoever may hand something on may hand it to anybody',
    replacements: [
      {
        file: catalogue,
        from: 'if (speaking.length === 0) {',
        to: "if (speaking.length === 0 && (skillId !== 'Agent:v1' || !grants.some((one) => one.skillId === skillId))) {",
      },
      {
        file: 'core/authz/cedar-text.ts',
        from: 'Action::${cedarString(grant.name)}, resource`',
        to: "Action::${cedarString(grant.skillId === 'Agent:v1' && Object.keys(grant.when).length === 0 ? grant.skillId : grant.name)}, resource`",
      },
      {
        file: 'core/authz/cedar-text.ts',
        from: "grant.action === undefined ? 'in' : '=='",
        to: "grant.action === undefined || (grant.skillId === 'Agent:v1' && Object.keys(grant.when).length === 0) ? 'in' : '=='",
      },
    ],
  },
  {
    name: 'to hand something on needs no grant',
    replacements: [
      {
        file: catalogue,
        from: 'if (speaking.length === 0) {',
        to: "if (speaking.length === 0 && skillId !== 'Agent:v1') {",
      },
      {
        file: 'core/operations/judge-use.ts',
        from: "if (verdict === 'deny') {\n    const message",
        to: "if (verdict === 'deny' && skill !== 'Agent:v1') {\n    const message",
      },
      {
        file: 'core/operations/judge-use.ts',
        from: "return verdict === 'deny' ?",
        to: "return verdict === 'deny' && skillId !== 'Agent:v1' ?",
      },
    ],
  },
  mutant(
    'a child has the grants of its parent',
    child,
    '      agent: this.#agent,\n      goal: order.goal,',
    '      agent,\n      goal: order.goal,',
  ),
  mutant('a child was asked for by its parent', child, 'requestedBy: asked.requestedBy,', 'requestedBy: agent,'),
  {
    name: 'a child belongs to another tenant',
    replacements: [
      {
        file: child,
        from: 'this.#run = { tenantId, runId: childRunId(effectKey) };',
        to: "this.#run = { tenantId: tenantId === 'acme' ? 'globex' : tenantId, runId: childRunId(effectKey) };",
      },
      {
        file: 'core/operations/advance-run.ts',
        from: 'if (parent) await',
        to: "if (parent && head.tenantId !== 'globex') await",
      },
    ],
  },
  mutant(
    'all steps of a run have one child',
    child,
    'this.#run = { tenantId, runId: childRunId(effectKey) };',
    'this.#run = { tenantId, runId: childRunId(request.runId.replaceAll(/[^0-9a-f]/g, "")) };',
  ),
  mutant(
    'a child may use what it asks for',
    child,
    'return { ...allotment.part, ...Object.fromEntries(counted) };',
    'return { ...allotment.part, ...wanted };',
  ),
  mutant(
    'steps of a child are not counted',
    child,
    'const given = [wanted[unit], own[unit], limits[unit]]',
    'const given = [wanted[unit], own[unit]]',
  ),
  mutant(
    'a child may go on when its parent is over',
    child,
    'Math.min(parent.deadlineMs, createdAtMs + deadlineSeconds * 1000),',
    'createdAtMs + deadlineSeconds * 100_000_000,',
  ),
];

/** Bugs in what models say besides plans. */
export const thoughtMutants: readonly Mutant[] = [
  mutant(
    'a playbook that a model chooses has no author',
    goal,
    "return proposed({ author: 'planner', read, reason, final: !agent.verify, carry, steps, output, taken });",
    "return proposed({ author: 'playbook', read: 'trusted', reason, final: !agent.verify, carry, steps, output, taken });",
  ),
  mutant(
    'what a model puts into a playbook it has read nowhere',
    goal,
    'return this.#playbook(answer, read);',
    "return this.#playbook(answer, 'trusted');",
  ),
  mutant(
    'a summary is believed',
    goal,
    '{ summary: `\\${steps.${summaryStep}.output.answer.summary}` }',
    "{ summary: 'What has been.' }",
  ),
  mutant(
    'a model that reasons is believed',
    'core/operations/model-skill.ts',
    "    trust: 'model',\n",
    "    trust: purpose === 'reason' ? 'trusted' : 'model',\n",
  ),
  mutant(
    'the id of a step that was long over may be given again',
    'core/operations/accept-proposal.ts',
    '...definedIn(plans), ...taken].filter(',
    '...definedIn(plans)].filter(',
  ),
];
