export { defineAction } from './define-action.ts';
export type { ActionOptions, EffectDeclaration, TypedAction } from './define-action.ts';
export { defineAgent } from './define-agent.ts';
export type { AgentOptions } from './define-agent.ts';
export { definePlaybook } from './define-playbook.ts';
export type { FixedPlaybookOptions, FunctionPlaybookOptions, PlaybookOptions } from './define-playbook.ts';
export { defineMcpSkill } from './mcp/define-mcp-skill.ts';
export type { McpSkillOptions, McpToolOptions } from './mcp/define-mcp-skill.ts';
export { defineSkill } from './define-skill.ts';
export type { SkillOptions } from './define-skill.ts';

export { DefinitionError } from './definition-error.ts';
export type { DefinitionProblem } from './definition-error.ts';
export { ActionError } from '../model/failure.ts';
export type { FailureClass, SendOutcome } from '../model/failure.ts';

export type { WrittenBudget } from '../model/budget.ts';
export type { Duration } from '../model/duration.ts';
export type { Effect } from '../model/effect.ts';
export type { Condition, Conditions, GrantDeclaration, LimitedGrant } from '../model/grant.ts';
export type { Json, JsonObject } from '../model/json.ts';
export type { PlanStepInput } from '../model/plan.ts';
export type {
  ActionContext,
  ActionDefinition,
  AgentDefinition,
  Capability,
  CompensationDefinition,
  CompensationLookup,
  Completed,
  Deprecation,
  DocumentStore,
  DocumentWrite,
  Endorsement,
  KeptDocument,
  LookupAnswer,
  Mail,
  NextSteps,
  OnFailure,
  PlaybookDefinition,
  SkillDefinition,
} from '../model/skill.ts';
export type { Trust } from '../model/trust.ts';
