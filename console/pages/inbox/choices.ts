import type { EscalationView } from '../../../core/contract/inbox-api.ts';

/** What may be decided about an item, and what that does. */
export interface Choice {
  readonly resolution: string;
  readonly does: string;
}

export interface Choices {
  readonly may: readonly Choice[];
  readonly mayNot: readonly { readonly resolution: string; readonly why: string }[];
}

const compensate = {
  resolution: 'compensate',
  does: 'The run does not go on: what it has done is undone in reverse order, and it ends as failed.',
};
const byKind: Readonly<Record<EscalationView['kind'], readonly Choice[]>> = {
  approval: [
    { resolution: 'approve', does: 'The action is used with exactly these arguments.' },
    { resolution: 'reject', does: 'The action is not used, and the run ends as declined; what it has done stands.' },
  ],
  inDoubt: [{ resolution: 'attest', does: 'The step counts as done or as failed, as you know it to be.' }],
  failure: [compensate],
  denied: [compensate],
  budget: [compensate],
  deadRun: [],
};

export function choicesOf({ kind }: EscalationView): Choices {
  return { may: byKind[kind], mayNot: [] };
}
