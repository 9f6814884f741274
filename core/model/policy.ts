import type { RecordType } from './argument-type.ts';
import type { Approvers } from './approvers.ts';
import type { JsonObject } from './json.ts';

/** A policy that was generated from a grant. */
export interface GrantPolicy {
  /** `grant:<agent>:<grant>`; an inherited one names its origin: `grant:<agent><<base>:<grant>`. */
  readonly id: string;
  readonly agent: string;
  readonly skillId: string;
  /** Of the grant; undefined means every action of the skill. */
  readonly action: string | undefined;
  /** In the Cedar language. */
  readonly text: string;
  /** The first moment at which it no longer permits anything. */
  readonly expiresAtMs: number | undefined;
  /** True when its answer depends on whether there is an approval. */
  readonly asksForApproval: boolean;
  /** Of each approval that it asks for. */
  readonly approvers: Approvers;
  /** For people: the grant and its limits. */
  readonly inWords: string;
}

/** An argument that policies cannot see. */
export interface LeftOut {
  readonly skillId: string;
  readonly action: string;
  /** Members from the input down; empty for the input as a whole. */
  readonly path: string;
  readonly why: string;
}

/** What policies may say about one skill. */
export interface SkillVocabulary {
  /** What policies see of the input, by action. */
  readonly inputs: ReadonlyMap<string, RecordType>;
  /** The same as action declarations of a Cedar schema in JSON. */
  readonly actions: JsonObject;
}

/** Everything that the grants and skills of a project say about permissions, in the form that an authorizer takes. */
export interface PolicyDeclarations {
  readonly agents: readonly string[];
  /** Of a Cedar schema in JSON. */
  readonly entityTypes: JsonObject;
  readonly skills: ReadonlyMap<string, SkillVocabulary>;
  readonly policies: readonly GrantPolicy[];
  readonly leftOut: readonly LeftOut[];
}

/** A hand-written file of Cedar policies. */
export interface PolicyFile {
  /** As it is named in messages, e.g. `policies/freeze.cedar`. */
  readonly file: string;
  readonly text: string;
}

/** What is wrong with a policy, and where. */
export interface PolicyProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}
