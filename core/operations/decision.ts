import type { Limits } from '../contract/limits.ts';
import type { Compensation } from '../model/compensation.ts';
import type { ApprovalNeed, EscalationKind } from '../model/escalation.ts';
import type { Failure } from '../model/failure.ts';
import type { Tried } from '../model/recovery.ts';
import type { FinalRunStatus, RunStatus } from '../model/run.ts';
import type { OnFailure } from '../model/skill.ts';
import type { StepOutcome, StepState } from '../model/step.ts';

/** One step of the open window. */
export interface OpenStep {
  readonly id: string;
  /** Steps that must be over first. Ids that are not in the window are over. */
  readonly after: readonly string[];
  readonly optional: boolean;
  readonly timeoutSeconds: number;
  /** Which try of the step is wanted, 1-based: part of an escalation's identity. */
  readonly occurrence: number;
  /** Of a compensation: the step whose effect it undoes. */
  readonly undoes?: string;
  readonly state: StepState;
}

export interface DecideInput {
  readonly run: {
    readonly status: RunStatus;
    readonly cancelRequested: boolean;
    /** Of a run that is being taken back. */
    readonly compensation?: UndoStand;
    readonly deadlineMs: number;
    readonly burstsInGeneration: number;
  };
  readonly steps: readonly OpenStep[];
  readonly outcomes: readonly StepOutcome[];
  /** False when the newest revision says that nobody will add to the plan. */
  readonly morePlanned: boolean;
  /** Steps, by id, around which a model may plan should they fail. */
  readonly replannable: ReadonlySet<string>;
  /** What becomes of a step that has failed for good; a person sees to it when left out. */
  readonly onFailure?: OnFailure;
  /** Steps, by id, about which something may be done should they fail or wait for a dependency. */
  readonly recoverable: ReadonlySet<string>;
  readonly nowMs: number;
  readonly burst: { readonly deadlineMs: number; readonly stepsRun: number };
  readonly limits: Limits;
}

/** How far a run that is taken back has been planned: none of its compensations, some, or all. */
export interface UndoStand extends Pick<Compensation, 'ending' | 'reason'> {
  readonly planned: 'none' | 'some' | 'all';
}

/** What happens next. `plan` and `compensate` are answered within Decide itself; the others are the states of the two machines. */
export type Decision =
  | { readonly kind: 'execute'; readonly stepIds: readonly string[] }
  | { readonly kind: 'pause'; readonly untilMs: number }
  /** `failed`: steps to plan around, none when the plan only goes on. */
  | { readonly kind: 'plan'; readonly failed: readonly OpenStep[] }
  /** `failure`: why the run is to be taken back, when nobody has asked for it before. */
  | { readonly kind: 'compensate'; readonly failure?: string }
  /** `failed`: steps to do something about, within Decide too. */
  | { readonly kind: 'recover'; readonly failed: readonly OpenStep[] }
  | { readonly kind: 'continue' }
  | { readonly kind: 'long'; readonly stepIds: readonly string[] }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly reason: string }
  | { readonly kind: 'human'; readonly need: HumanNeed }
  | { readonly kind: 'rollover' }
  | { readonly kind: 'end'; readonly status: FinalRunStatus; readonly reason: string };

/** Why a person is needed. */
export interface HumanNeed {
  readonly escalation: EscalationKind;
  readonly stepId: string | undefined;
  readonly occurrence: number;
  readonly reason: string;
  readonly failure: Failure | undefined;
  /** Of kind approval. */
  readonly approval?: ApprovalNeed;
  /** What was done about the step before. */
  readonly tried?: readonly Tried[];
}

export interface Verdict {
  readonly decision: Decision;
  /** The window after the outcomes were applied. */
  readonly steps: readonly OpenStep[];
}
