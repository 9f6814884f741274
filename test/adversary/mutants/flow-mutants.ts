import type { Mutant } from '../../mutants/mutant.ts';
import { mutant } from '../../mutants/mutant.ts';

const flow = 'core/model/information-flow.ts';
const approval = 'core/model/approval.ts';
const judge = 'core/operations/judge-use.ts';
const keys = 'core/contract/keys.ts';
const goal = 'core/operations/plan-goal.ts';

/** Bugs in labels: what may be believed, and what must be. */
export const labelMutants: readonly Mutant[] = [
  mutant(
    'an endorsed member is told by the beginning of its name',
    flow,
    "(isWithin(path, member.split('.')) ? [one] : [])",
    "(path.join('.').startsWith(member) ? [one] : [])",
  ),
  mutant(
    'an endorsed member is told by its first part',
    flow,
    "(isWithin(path, member.split('.')) ? [one] : [])",
    "(path[0] === member.split('.')[0] ? [one] : [])",
  ),
  mutant(
    'what was looked up is believed whoever asked for it',
    flow,
    "return how.includes('lookup') ? argumentTrust : trust;",
    "return how.includes('lookup') ? 'trusted' : trust;",
  ),
  mutant(
    'sensitive arguments are looked for at the top only',
    flow,
    "const parts = path.split('.');\n    return isThere",
    "const parts = path.split('.');\n    return parts.length === 1 && isThere",
  ),
  mutant(
    'only the first sensitive argument counts',
    flow,
    'return sensitive.filter((path) => {',
    'return sensitive.slice(0, 1).filter((path) => {',
  ),
  mutant(
    'what is byte-equal to the input is believed after untrusted data was read',
    flow,
    "if (read === 'untrusted') return 'untrusted';\n      return known",
    'return known',
  ),
  mutant("a planner's own words are believed", flow, "return known(value) ? 'trusted' : 'model';", "return 'trusted';"),
  mutant(
    'what a model wrote is as good as what a person gave',
    flow,
    "trustAt(template, parts, from) !== 'trusted'",
    "trustAt(template, parts, from) === 'untrusted'",
  ),
  mutant('untrusted members of the input make values known', flow, 'if (this.#isUntrusted(path)) return;', ''),
  mutant(
    'only the untrusted member itself is untrusted, not what is in it',
    flow,
    'isWithin(path, one) || isWithin(one, path)',
    "path.join('.') === one.join('.') || isWithin(one, path)",
  ),
  mutant(
    'what holds an untrusted member is trusted as a whole',
    flow,
    'isWithin(path, one) || isWithin(one, path)',
    'isWithin(path, one)',
  ),
  mutant(
    'the first item of a list speaks for all',
    flow,
    'leastTrusted(value.map((item) => trustAt(item, [], from)))',
    'leastTrusted(value.slice(0, 1).map((item) => trustAt(item, [], from)))',
  ),
  mutant(
    "names of members are nobody's words",
    flow,
    'leastTrusted(members.flatMap(([name, member]) => [from.literal(name), trustAt(member, [], from)]))',
    'leastTrusted(members.map(([, member]) => trustAt(member, [], from)))',
  ),
  mutant(
    'labels are not carried through an action',
    'core/operations/held-step.ts',
    "trust: leastTrusted([trust, this.action.trust ?? 'trusted']),",
    "trust: this.action.trust ?? 'trusted',",
  ),
  mutant(
    "an action's own trust is not asked",
    'core/operations/held-step.ts',
    "trust: leastTrusted([trust, this.action.trust ?? 'trusted']),",
    'trust,',
  ),
  mutant(
    'notes lose their label',
    'core/operations/call-action.ts',
    'trust = leastTrusted([trust, lower]);',
    'trust = leastTrusted([trust, trust, lower].slice(0, 2));',
  ),
  mutant(
    'a skill is told that its arguments may be believed',
    'core/operations/action-context.ts',
    '    trust,\n    lowerTrust,\n    fetch:',
    "    trust: trust === trust ? 'trusted' : trust,\n    lowerTrust,\n    fetch:",
  ),
  mutant(
    'an output that is read from the ledger is believed',
    'core/operations/run-reader.ts',
    'const { result, trust, argumentTrust = trust } = item;',
    "const { result, argumentTrust = item.trust } = item; const trust = 'trusted' as const;",
  ),
  mutant(
    'a replan forgets what was read',
    'core/operations/accept-proposal.ts',
    'basedOn: head.revision, author, read, reason }',
    "basedOn: head.revision, author, read: head.revision > 0 ? ('trusted' as const) : read, reason }",
  ),
];

/** Bugs in what a model has read that plans for a goal. */
export const goalMutants: readonly Mutant[] = [
  mutant(
    'only the first argument of a step has a label',
    'core/operations/dispatch-steps.ts',
    'leastTrusted(Object.values(input).map(',
    'leastTrusted(Object.values(input).slice(0, 1).map(',
  ),
  mutant(
    'a model that plans has read nothing',
    goal,
    'this.#afterPlan(planAnswer.parse(answer), argumentTrust)',
    "this.#afterPlan(planAnswer.parse(answer), 'trusted')",
  ),
  mutant(
    'what steps have answered is told to a model without a label',
    'core/operations/dispatch-steps.ts',
    'leastTrusted(Object.values(input).map(',
    'leastTrusted(Object.values(step.input).map(',
  ),
  mutant('the input is told to a model without a label', goal, "input: '${input}',", 'input: request.input,'),
];

/** Bugs in what the function of a playbook has read. */
export const playbookMutants: readonly Mutant[] = [
  mutant(
    'a playbook forgets what it was told before',
    'core/operations/plan-next.ts',
    'read: leastTrusted([ofInput, last.read, ...given',
    'read: leastTrusted([ofInput, ...given',
  ),
  mutant(
    'a playbook has not read what the last steps answered',
    'core/operations/plan-next.ts',
    'last.read, ...given.map(([, { trust }]) => trust)]',
    'last.read]',
  ),
  mutant(
    'a playbook has not read its input',
    'core/operations/plan-next.ts',
    "request.untrusted.length > 0 ? 'untrusted' : 'trusted';",
    "request.untrusted.length > 99 ? 'untrusted' : 'trusted';",
  ),
  mutant(
    "a playbook's words are always believed",
    flow,
    "return read === 'trusted' || known(value) ? 'trusted' : read;",
    "return read === 'trusted' || known(value) ? 'trusted' : 'trusted';",
  ),
];

/** Bugs in what an approval is for. */
export const approvalMutants: readonly Mutant[] = [
  mutant('an approval is for any arguments', approval, 'action, skillHash, argsHash]));', 'action, skillHash]));'),
  mutant('an approval is for any release', approval, 'action, skillHash, argsHash]));', 'action, argsHash]));'),
  {
    name: 'an approval is for any step',
    replacements: [
      {
        file: approval,
        from: 'runId, stepId, way, skill, action, skillHash, argsHash]',
        to: 'runId, way, skill, action, skillHash, argsHash]',
      },
      { file: keys, from: 'SK: `APPROVAL#${ref.stepId}#', to: 'SK: `APPROVAL#' },
    ],
  },
  {
    name: 'an approval is for any tenant',
    replacements: [
      { file: approval, from: '[tenantId, runId, stepId, way,', to: '[runId, stepId, way,' },
      {
        file: keys,
        from: 'PK: ledgerKey(ref).PK,\n  SK: `APPROVAL',
        to: "PK: ledgerKey({ ...ref, tenantId: 'all' }).PK,\n  SK: `APPROVAL",
      },
    ],
  },
  {
    name: 'an approval is for any run',
    replacements: [
      { file: approval, from: '[tenantId, runId, stepId, way,', to: '[tenantId, stepId, way,' },
      {
        file: keys,
        from: 'PK: ledgerKey(ref).PK,\n  SK: `APPROVAL',
        to: "PK: ledgerKey({ ...ref, runId: 'all' }).PK,\n  SK: `APPROVAL",
      },
    ],
  },
  mutant(
    'a rejection is an approval',
    approval,
    "return found.occurrence >= occurrence ? 'rejected' : 'open';",
    "return found.occurrence >= occurrence ? 'approved' : 'open';",
  ),
  mutant(
    'what is denied can be approved',
    judge,
    "if (verdict === 'deny') {\n    const message",
    "if (verdict === 'deny' && use.occurrence < 0) {\n    const message",
  ),
  mutant(
    'what needs an approval is allowed',
    judge,
    "if (verdict === 'allow' && use.doubted.length === 0)",
    'if (use.doubted.length === 0)',
  ),
  mutant(
    'doubted arguments need no approval',
    judge,
    "if (verdict === 'allow' && use.doubted.length === 0)",
    "if (verdict === 'allow')",
  ),
  mutant(
    'a person is shown other arguments than are sent',
    'core/operations/dispatch-steps.ts',
    'arguments: await this.#place(use, inlineArgumentsBytes)',
    'arguments: await this.#place({ ...use, input: this.#entry.step.input }, inlineArgumentsBytes)',
  ),
];
