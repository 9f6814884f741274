export { runAgent } from './run-agent.ts';
export type { AgentRunResult, StepReport } from './run-report.ts';
export type {
  AgentRun,
  ModelQuestion,
  ModelScript,
  People,
  PersonalDecision,
  ScriptedAnswer,
  TestHttp,
  TestModels,
} from './run-options.ts';
export type { ActionFault, ActionFaultKind, CrashFault, Fault, OutageFault, StoreFault } from './faults.ts';
export type { EffectCall, RunEvent } from './effects.ts';
export type { CallKind } from './invocation.ts';
export {
  effectsOf,
  ExpectationError,
  expectCompensations,
  expectEffects,
  expectNoDuplicates,
  expectStatus,
} from './expectations.ts';
export type { ExpectedTimes } from './expectations.ts';
export { TestSetupError } from './test-setup-error.ts';
export { storyOf } from './story.ts';
