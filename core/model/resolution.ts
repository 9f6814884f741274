import type { EscalationKind } from './escalation.ts';

/** Everything that a person may decide about an inbox item. */
export const resolutions = [
  'approve',
  'reject',
  'edit',
  'retry',
  'attest',
  'provide',
  'skip',
  'replan',
  'compensate',
  'abort',
] as const;
export type Resolution = (typeof resolutions)[number];

/** Whether a resolution answers items of a kind: what it does then, or why it does not. One sentence for people. */
export type Ruling = { readonly may: true; readonly does: string } | { readonly may: false; readonly why: string };

const does = (sentence: string): Ruling => ({ may: true, does: sentence });
const never = (why: string): Ruling => ({ may: false, why });

const notAsked = never('nothing is asked for that could be approved or rejected');
const edit = does(
  'The step gets the arguments of `input` instead; they pass the gate of every plan, and what needs an approval is asked for anew.',
);
const skip = does('The step is left out, and the run goes on without what it would have done and answered.');
const provide = does(
  'The step counts as done, with `output` as its answer, which has to fit the action; nothing is sent, and the run goes on.',
);
const replan = does(
  'The model of the agent plans anew what is not over, following `instructions`; its plan passes the gate of every plan.',
);
const compensate = does('The run does not go on: what it has done is undone in reverse order, and it ends as failed.');
const abort = does('The run ends as canceled; nothing more is begun, and what it has done stands.');
const doubtFirst = (instead: string): Ruling =>
  never(`whether the effect took place is unknown, and ${instead}; attest first what became of it`);
const noStep = never('the run lacks budget or time, and no single step is at fault');
const noStepDied = never('it is the execution of the run that dies, and no step is known to have failed');
const tryAgain = 'are tried again, each as a new attempt with a key of its own';

/** What a person may decide about an item of each kind. The only place that says so. */
export const rulings: Readonly<Record<EscalationKind, Readonly<Record<Resolution, Ruling>>>> = {
  approval: {
    approve: does(
      'The action is used with exactly these arguments; where several people have to approve, you are one of them.',
    ),
    reject: does('The action is not used, and the run ends as declined; what it has done stands.'),
    edit,
    retry: never('nothing has failed that could be tried again'),
    attest: never('the step was not sent, so nothing is in doubt'),
    provide,
    skip,
    replan,
    compensate,
    abort,
  },
  inDoubt: {
    approve: notAsked,
    reject: notAsked,
    edit: doubtFirst('other arguments would be sent besides the first ones'),
    retry: does('The provider is asked once more what became of it, where it can be asked; nothing is sent again.'),
    attest: does(
      'With `happened: true` the step counts as done, with `output` as its answer; with `happened: false` it has failed, and a person may have it tried again.',
    ),
    provide: does('The same as to attest that it happened: the step counts as done, with `output` as its answer.'),
    skip: doubtFirst('what may have happened cannot be left out'),
    replan: doubtFirst('a new plan might do it twice'),
    compensate: doubtFirst('nobody can undo what may not have happened'),
    abort: doubtFirst('a run does not end over an effect that nobody knows of'),
  },
  failure: {
    approve: notAsked,
    reject: notAsked,
    edit,
    retry: does(`The failed steps of the run ${tryAgain}.`),
    attest: does(
      'With `happened: true` it is on record that what the step was to do has been done elsewhere, and the run goes on.',
    ),
    provide,
    skip,
    replan,
    compensate,
    abort,
  },
  denied: {
    approve: never(
      'a policy denies the use, and nobody at the inbox can allow it; give the grant that is missing, and retry',
    ),
    reject: notAsked,
    edit,
    retry: does(`The steps that were denied ${tryAgain}; useful once the grant that is missing is given.`),
    attest: never('what is denied was not sent, so nothing is in doubt'),
    provide,
    skip,
    replan,
    compensate,
    abort,
  },
  budget: {
    approve: notAsked,
    reject: notAsked,
    edit: noStep,
    retry: does(
      'The run goes on; a deadline that has passed is extended by as much as the agent allows. To raise a limit, resume the run with a larger budget.',
    ),
    attest: noStep,
    provide: noStep,
    skip: noStep,
    replan: never('a new plan would need budget as well; resume the run with a larger one'),
    compensate,
    abort,
  },
  deadRun: {
    approve: notAsked,
    reject: notAsked,
    edit: noStepDied,
    retry: does('A new execution takes the run over where the table says that it stands.'),
    attest: noStepDied,
    provide: noStepDied,
    skip: noStepDied,
    replan: noStepDied,
    compensate,
    abort,
  },
};

/** The resolutions that answer items of a kind, in the order in which they are told. */
export function allowedFor(kind: EscalationKind): Resolution[] {
  return resolutions.filter((one) => rulings[kind][one].may);
}

/** How the history tells of what was decided, as in `edited by ada: why`. */
export const pastTense: Readonly<Record<Resolution, string>> = {
  approve: 'approved',
  reject: 'rejected',
  edit: 'edited',
  retry: 'retried',
  attest: 'attested',
  provide: 'provided',
  skip: 'skipped',
  replan: 'planned anew',
  compensate: 'taken back',
  abort: 'aborted',
};

/** What only the case itself tells. */
export interface CaseFacts {
  /** The step that the item is about. */
  readonly stepId: string | undefined;
  /** Of a compensation: the step whose effect it undoes. */
  readonly undoes: string | undefined;
  /** The step is a question of the platform to a model. */
  readonly isQuestion: boolean;
  readonly isTakenBack: boolean;
  /** Whether the provider can be asked what became of the step. */
  readonly isAskable: boolean;
  /** Who would read what the step answers, in words. */
  readonly readers: readonly string[];
  /** Why no model can plan anew; undefined when one can. */
  readonly notPlanned: string | undefined;
}

const ofStep = new Set<Resolution>(['edit', 'provide', 'skip', 'attest']);

/** What a person may decide about one item, as its kind and its case say. */
export function rulingOf(kind: EscalationKind, resolution: Resolution, facts: CaseFacts): Ruling {
  const ruling = rulings[kind][resolution];
  const why = ruling.may ? whyNot(kind, resolution, facts) : undefined;
  return why === undefined ? ruling : never(why);
}

function whyNot(kind: EscalationKind, resolution: Resolution, facts: CaseFacts): string | undefined {
  const { stepId, undoes, readers } = facts;
  if (ofStep.has(resolution)) {
    if (stepId === undefined) return 'the item is about no step of the plan';
    if (facts.isQuestion)
      return `step '${stepId}' is a question of the platform to a model, which only a model answers`;
  }
  switch (resolution) {
    case 'edit':
      return undoes && 'what undoes a step is sent what that step had answered, and nothing else';
    case 'skip':
      if (undoes)
        return `what undoes a step is never left out; retry it, or attest that the effect of '${undoes}' was undone elsewhere`;
      return readers.length === 0
        ? undefined
        : `${readers.join(', ')} asks for what step '${stepId}' would have answered; provide an output instead`;
    case 'retry':
      return kind !== 'inDoubt' || facts.isAskable
        ? undefined
        : `nobody can be asked what became of step '${stepId}', and sending it again might do it twice; find out at the provider, and attest what happened`;
    case 'replan':
      return facts.isTakenBack
        ? 'the run is being taken back, and only what undoes its steps is left'
        : facts.notPlanned;
    case 'compensate':
      return facts.isTakenBack
        ? 'the run is being taken back already; retry, or attest what was undone elsewhere'
        : undefined;
    case 'abort':
      return facts.isTakenBack
        ? 'the run is being taken back, and its end leaves nothing undone; retry, or attest'
        : undefined;
    case 'approve':
    case 'reject':
    case 'attest':
    case 'provide':
      return undefined;
  }
}
