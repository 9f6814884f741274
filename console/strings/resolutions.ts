/** What is asked of a person besides a reason. */
export type FormKind = 'reason' | 'attest' | 'output' | 'arguments' | 'instructions';

interface ResolutionWords {
  readonly name: string;
  /** On the button. */
  readonly give: string;
  readonly form: FormKind;
}

/** Every resolution that the console has words for. One that is new to it is shown by its own name, with a reason. */
const resolutionWords: Readonly<Record<string, ResolutionWords>> = {
  approve: { name: 'Approve', give: 'Approve', form: 'reason' },
  reject: { name: 'Reject', give: 'Reject', form: 'reason' },
  edit: { name: 'Change the arguments', give: 'Use these arguments', form: 'arguments' },
  retry: { name: 'Try again', give: 'Try again', form: 'reason' },
  attest: { name: 'Say what became of it', give: 'Put it on record', form: 'attest' },
  provide: { name: 'Provide the answer', give: 'Use this answer', form: 'output' },
  skip: { name: 'Leave the step out', give: 'Leave it out', form: 'reason' },
  replan: { name: 'Plan anew', give: 'Have it planned anew', form: 'instructions' },
  compensate: { name: 'Take the run back', give: 'Take the run back', form: 'reason' },
  abort: { name: 'End the run', give: 'End the run', form: 'reason' },
};

export function wordsOfResolution(resolution: string): ResolutionWords {
  const known = Object.hasOwn(resolutionWords, resolution) ? resolutionWords[resolution] : undefined;
  return known ?? { name: resolution, give: resolution, form: 'reason' };
}

export const deciding = {
  title: 'Decide',
  text: 'Your name, the time and your reason go on record.',
  what: 'What is to be done',
  nothing: 'Nothing can be decided here',
  nothingText: 'See to the cause, then resume or cancel the run.',
  mayNot: 'What cannot be decided here, and why',
  held: (by: string) => `${by} works on it: only they can decide now.`,
  happened: 'Did the side effect take place at the provider?',
  happenedChoose: 'Say whether it took place.',
  yes: 'Yes, it happened',
  yesText: 'The step counts as done, with the answer below.',
  no: 'No, it did not happen',
  noText: 'The step counts as failed, and is tried again where that is allowed.',
  output: 'Answer of the action',
  outputText:
    'What the action would have answered. Other steps may use it; null stands where something is to be filled in.',
  input: 'Arguments',
  inputText: 'All arguments of the step. A value may be a reference such as ${steps.room.output.city}.',
  instructions: 'Instructions for the model',
  instructionsText: 'In words: what it is to do instead, what it is to leave alone.',
  instructionsMissing: 'Write what is to be planned.',
  instructionsTooLong: (most: number) => `At most ${most} characters.`,
  unchanged: 'These are the arguments that it has. Change them, or decide otherwise.',
  done: (what: string) => `${what}: done. The run goes on.`,
  toRun: 'To the run',
  changed: 'What is to be approved has changed',
  changedText:
    'Since you began to decide, other arguments or other code are asked about. Nothing was sent. Look at it again.',
  lookedAgain: 'I have looked at it again',
  settledMeanwhile: (by: string) => `${by} has settled it meanwhile`,
  settledText: 'What you wrote here was not sent, and changes nothing.',
  conflicts: {
    'already-settled': 'Somebody has settled it in the meantime',
    'escalation-claimed': 'Somebody else works on it',
    'approval-changed': 'Something else is to be approved by now',
    'different-person-needed': 'Somebody else has to approve it',
    'resolution-not-allowed': 'That cannot be decided here',
    'insufficient-scope': 'You may look at the inbox, but not decide',
  },
  unsent: 'Nothing was changed.',
} as const;
