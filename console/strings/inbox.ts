import type { CaseView } from '../../core/contract/case-api.ts';
import type { EscalationView } from '../../core/contract/inbox-api.ts';

type Kind = EscalationView['kind'];
type Timer = NonNullable<CaseView['asked']['next']>['what'];
type Evidence = NonNullable<CaseView['step']>['evidence'][number]['kind'];
type Act = NonNullable<EscalationView['history']>[number]['act'];

export const kindTexts: Readonly<Record<Kind, { readonly name: string; readonly text: string }>> = {
  approval: { name: 'Approval', text: 'A step may be done only if a person approves it.' },
  inDoubt: { name: 'In doubt', text: 'Nobody can tell whether the side effect of a step took place.' },
  failure: { name: 'Failure', text: 'A step has failed, and nothing that the platform may do by itself is left.' },
  denied: { name: 'Denied', text: 'A policy does not allow what a step is to do.' },
  budget: { name: 'Budget', text: 'The run has used up what it may use of money, tokens, steps or time.' },
  deadRun: { name: 'Run keeps dying', text: 'The execution of the run has died again and again.' },
};

export const actTexts: Readonly<Record<Act, string>> = {
  claimed: 'claimed it',
  released: 'gave it back',
  reassigned: 'asked',
  commented: 'commented',
  approved: 'approved',
  reminded: 'reminded',
  handedOver: 'handed it over to',
  lapsed: 'nobody answered in time',
  settled: 'settled it',
};

/** What happens next if nobody answers. */
export const timerTexts: Readonly<Record<Timer, string>> = {
  announce: 'People are told',
  remind: 'Reminder',
  handOver: 'The next one is asked',
  lapse: 'Nobody’s answer decides from',
};

export const evidenceTexts: Readonly<Record<Evidence, string>> = {
  failure: 'Failed',
  lookup: 'Looked up',
  crash: 'Crashed',
  late: 'Heard of late',
  human: 'Said by a person',
};

export const inbox = {
  title: 'Inbox',
  description: 'What a run cannot settle by itself waits here for a person.',
  shelf: 'Shown',
  shelves: { open: 'Open', mine: 'Mine', settled: 'Settled' },
  kind: 'Kind',
  allKinds: 'All kinds',
  find: 'Find by reason, agent, step or run',
  list: 'Items',
  count: (shown: number, all: number) => (shown === all ? `(${all})` : `(${shown} of ${all})`),
  columns: {
    item: 'Item',
    reason: 'Reason',
    run: 'Run',
    opened: 'Opened',
    who: 'With whom',
    settled: 'Settled',
  },
  none: {
    open: { title: 'Nothing waits for a person', text: 'Runs go on by themselves.' },
    mine: { title: 'Nothing waits for you', text: 'You were asked about nothing, and have claimed nothing.' },
    settled: { title: 'Nothing was settled yet', text: 'Items that were decided about are kept here.' },
  },
  noMatch: { title: 'Nothing fits the filters', text: 'Clear them to see the others.' },
  clear: 'Clear the filters',
  heldBy: (by: string) => `${by} works on it`,
  asked: (to: string) => `${to} is asked`,
  nobody: 'Nobody yet',
  by: (by: string) => `by ${by}`,
} as const;

export const item = {
  titleOf: (kind: string, step: string | undefined) => (step === undefined ? kind : `${kind}: ${step}`),
  missing: 'There is no such inbox item',
  toInbox: 'To the inbox',
  open: 'Open',
  settled: 'Settled',
  summary: 'The case',
  labels: {
    status: 'Status',
    run: 'Run',
    agent: 'Agent',
    step: 'Step',
    goal: 'Goal of the run',
    opened: 'Opened',
    asked: 'Asked',
    deadline: 'Deadline of the run',
    reason: 'Reason',
    failure: 'Failure',
    use: 'Action',
    effect: 'Effect class',
    attempts: 'Sent to the provider',
    requestedBy: 'Run asked for by',
    parent: 'Part of the run',
    undoes: 'Undoes',
    id: 'Item',
  },
  settledText: (by: string) => `Settled by ${by}`,
  step: 'The step',
  arguments: 'Exact arguments',
  planned: 'Arguments as planned',
  plannedText: 'References stand for the input of the run and for what earlier steps answer.',
  unknown: (why: string) => `The exact arguments are not known yet: ${why}`,
  sends: (sends: number, unknown: number) => {
    const times = sends === 1 ? 'Once' : `${sends} times`;
    return unknown === 0 ? times : `${times}; of ${unknown} the outcome is unknown`;
  },
  evidence: 'On record of its attempts',
  evidenceColumns: { at: 'When', kind: 'What', detail: 'Detail' },
  anybody: 'Anybody who may decide',
  inOrder: (contacts: string) => `In this order: ${contacts}`,
  tried: 'What was tried',
  triedColumns: { decision: 'Done', uses: 'Action', failure: 'Failure', why: 'Why' },
  shadow: 'Only recorded, not done',
  history: 'History',
  noHistory: 'Nothing was done to it yet.',
  comment: 'Comment',
  addComment: 'Add the comment',
  commentMissing: 'Write something first.',
  commented: 'The comment was added.',
} as const;

export const diagnosis = {
  title: 'What a model makes of it',
  selfReported: 'The model says so itself; nobody has checked it',
  decision: 'It would',
  cause: 'Cause',
  reasoning: 'Reasoning',
  options: 'Options that it has looked at',
  chosen: 'Chosen',
  notChosen: 'Not chosen',
} as const;

export const casePlan = {
  title: (revision: number) => `The plan, revision ${revision}`,
  columns: { step: 'Step', status: 'Status', uses: 'Action', why: 'Why' },
  asked: 'It is about this one',
  more: (count: number) => `${count} more steps are on the page of the run.`,
} as const;

export const approvals = {
  title: 'What is to be approved',
  use: 'Action',
  binding: 'Digest',
  bindingText:
    'An approval is for this digest: this step, this code of the skill, and exactly these bytes as arguments.',
  skillHash: 'Code of the skill',
  argsHash: 'Arguments',
  reasons: 'Why it needs an approval',
  doubted: 'Not given by anybody who may be believed',
  doubtedText: 'Check these with special care: they may come from a model or from outside.',
  needs: 'Needs',
  people: (quorum: number, votes: number) =>
    quorum === 1 ? 'One person' : `${quorum} people; ${votes} of them have approved`,
  differentPerson: 'Somebody else than who has started the run',
  votes: 'Has approved',
  shown: 'Exactly what will be sent',
  tricks: 'Some characters in it trick the eye',
  tricksText: 'They are written out as \\u{…} below. Ask yourself why they are there before you approve.',
  trick: (path: string, name: string, why: string) => `${path === '' ? 'The value' : path}: ${name} ${why}`,
} as const;

export const claims = {
  claim: 'Claim',
  minutes: { '15': 'Claim for 15 minutes', '60': 'Claim for an hour', '240': 'Claim for four hours' },
  others: 'Claim for longer',
  renew: 'Renew the claim',
  release: 'Give it back',
  reassign: 'Ask somebody else',
  reassignTitle: 'Ask somebody else?',
  reassignText: 'A person or team, as the project calls it. They are notified where notifications are configured.',
  to: 'Whom',
  toMissing: 'Say whom to ask.',
  toTooLong: 'At most 128 characters, none of them a control character.',
  mine: (until: string) => `You work on it until ${until}. Nobody else can decide meanwhile.`,
  theirs: (by: string, until: string) => `${by} works on it until ${until}`,
  theirsText: 'Until then nobody else can decide, claim or reassign it. You can still comment.',
  claimed: 'It is yours for a while.',
  released: 'It was given back.',
  reassigned: (to: string) => `${to} is asked.`,
} as const;
