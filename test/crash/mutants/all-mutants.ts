import { mutant } from '../../mutants/mutant.ts';
import type { Mutant } from '../../mutants/mutant.ts';

/** A bug of the engine, and the scenario that has to find it. */
export interface EngineMutant {
  readonly scenario: string;
  readonly mutant: Mutant;
}

const takeover = 'core/model/takeover.ts';
const decide = 'core/operations/decide.ts';
const executeStep = 'core/operations/execute-step.ts';
const sendStep = 'core/operations/send-step.ts';
const heldStep = 'core/operations/held-step.ts';

/** Bugs that lose effects, do them twice or misreport them. */
export const mutants: readonly EngineMutant[] = [
  {
    scenario: 'trip',
    mutant: mutant(
      'what can be neither deduplicated nor looked up is sent again after a crash',
      takeover,
      "case 'N':\n      if (unknownSends === 0) return again;",
      "case 'N':\n      return again;",
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'what could be looked up is sent again after a crash',
      takeover,
      "if (item.status === 'INTENT' && item.lastSend === 'notDone' && unknownSends === 0) return again;",
      'return again;',
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'every send has a key of its own',
      heldStep,
      'effectKey: item.effectKey,',
      'effectKey: `${item.effectKey}.${item.sends}`,',
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'a send that nobody spoke of counts as one that did not leave',
      'core/model/ledger-parts.ts',
      'return item.unknownSends + (isOpen ? 1 : 0);',
      'return item.unknownSends + (isOpen && item.lastSend !== undefined ? 1 : 0);',
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'whoever finds that a step has begun sends it too',
      executeStep,
      'return begun.written ? sendStep(this.#held, begun.item) : this.#proceed(begun.current);',
      'return sendStep(this.#held, begun.written ? begun.item : (begun.current as never));',
    ),
  },
  {
    scenario: 'trip-hotel-answer-lost',
    mutant: mutant(
      'a lost answer is proof that nothing happened',
      sendStep,
      "if (held.effect.class === 'P' || error.sendOutcome !== 'unknown') {",
      "if (held.effect.class !== 'N') {",
    ),
  },
  {
    scenario: 'car-in-doubt-attested',
    mutant: mutant(
      'a lost answer of what can be neither deduplicated nor looked up is tried again',
      sendStep,
      "if (held.effect.class === 'P' || error.sendOutcome !== 'unknown') {",
      "if (held.effect.class !== 'K') {",
    ),
  },
  {
    scenario: 'car-in-doubt-attested',
    mutant: mutant(
      'what a person attests is taken for its opposite',
      'core/operations/attest-step.ts',
      'const verdict = attested.happened',
      'const verdict = !attested.happened',
    ),
  },
  {
    scenario: 'car-in-doubt-attested',
    mutant: mutant(
      'a run ends over a step in doubt',
      decide,
      "  const doubtful = needOf(steps, 'inDoubt');\n  if (doubtful) return human(input, doubtful);\n  const rejected",
      '  const rejected',
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'an answer is reported before it is on record',
      sendStep,
      'return commit(held, item, attempt, undefined);',
      'return { kind: "done", stepId: item.stepId, attempts: 1, trust: "trusted", output: attempt.value as never };',
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'a call under a key that was used makes another run',
      'core/operations/idempotency.ts',
      'runId: seen?.runId ?? `run-${ids.ulid()}`,',
      'runId: `run-${ids.ulid()}`,',
    ),
  },
  {
    scenario: 'trip',
    mutant: mutant(
      'only runs that had not begun are set going after a crash',
      'local/resume-unfinished.ts',
      'const { tenantId, agent, runId } = head;',
      'const { tenantId, agent, runId } = head;\n    if (head.revision > 0) continue;',
    ),
  },
  {
    scenario: 'hotel-down-resumed',
    mutant: {
      name: 'a failed step is over',
      replacements: [
        {
          file: decide,
          from: 'return isStepOver(step.state.status);',
          to: "return step.state.status !== 'pending' && step.state.status !== 'inDoubt';",
        },
        {
          file: decide,
          from: "needOf(steps, 'failed') ?? approvalNeed(steps)",
          to: 'approvalNeed(steps)',
        },
      ],
    },
  },
  {
    scenario: 'hotel-down-resumed',
    mutant: mutant(
      'a person who has a step tried again is given the old failure',
      'core/operations/resume-run.ts',
      '[stepId, occurrenceOf(head, stepId) + 1] as const',
      '[stepId, occurrenceOf(head, stepId)] as const',
    ),
  },
  {
    scenario: 'canceled-in-flight',
    mutant: mutant(
      'a canceled run does not wait for what it has begun',
      decide,
      '    if (open.length > 0) return settleFirst(input, open);\n    const doubtful',
      '    const doubtful',
    ),
  },
  {
    scenario: 'rejected',
    mutant: mutant(
      'what a person has to approve is done without asking',
      'core/operations/dispatch-steps.ts',
      "if (verdict.kind === 'allowed') return",
      "if (verdict.kind !== 'denied') return",
    ),
  },
  {
    scenario: 'taken-back-in-flight',
    mutant: mutant(
      'a run is taken back before what it has begun is settled',
      'core/operations/decide-compensation.ts',
      "if (settled.kind !== 'end') return settled;",
      "if (settled.kind === 'human') return settled;",
    ),
  },
  {
    scenario: 'taken-back-by-itself',
    mutant: mutant(
      'only the effect that was done last is undone',
      'core/operations/plan-compensation.ts',
      'return undone.toReversed().map((planned) => {',
      'return undone.slice(-1).map((planned) => {',
    ),
  },
  {
    scenario: 'taken-back-by-itself',
    mutant: mutant(
      'a run that is taken back ends before the rest is undone',
      'core/operations/decide-compensation.ts',
      "if (undone.kind === 'plan') return { kind: 'compensate' };",
      "if (undone.kind === 'plan') return { kind: 'end', status: stand.ending, reason: stand.reason };",
    ),
  },
];
