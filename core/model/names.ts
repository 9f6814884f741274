import * as z from 'zod';

/** Tenant and agent names. Nothing in them can forge a table key (DESIGN: `[a-z0-9-]{1,40}`). */
export const name = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 characters of a-z, 0-9 and -');

/** `UserManagement:v2`: a skill's name and its major version. */
export const skillId = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,39}:v[1-9][0-9]{0,3}$/, 'must look like UserManagement:v2');

/** `book`: one callable of a skill. Those of `Agent:v1` are named like the agents. */
export const actionName = z.string().regex(/^[a-z][A-Za-z0-9-]{0,39}$/, 'must look like book or listUsers');

/** An action as the skill of a project may define it. */
export const definedActionName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'must look like book or listUsers');

/** A language model with its provider: `openai:gpt-5-mini`. */
export const modelName = z
  .string()
  .regex(/^(?:openai|anthropic|bedrock):[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/, 'must look like openai:gpt-5-mini');

/** Stable across plan revisions. */
export const stepId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -');

/** A step as a run has it: one of a plan, or one of the platform that undoes another, such as `undo:book-flight`. */
export const runStepId = z
  .string()
  .regex(
    /^(?:undo:)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?::[1-9][0-9]{0,5})?$/,
    'must look like book-flight or undo:book-flight',
  );

/** `run-` and 26 lower-case Crockford base-32 characters; short enough that `<runId>-g<generation>` is a legal execution name. */
export const runId = z.string().regex(/^run-[0-9a-hjkmnp-tv-z]{26}$/, 'must look like run-01j9…');

export const escalationId = z.string().regex(/^esc-[0-9a-f]{20}$/, 'must look like esc-0a1b…');

/** Folder of a skill: `UserManagement:v2` lives in `user-management-v2`. */
export function skillFolder(id: string): string {
  const [bare = '', version = ''] = id.split(':');
  const kebab = bare.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2');
  return `${kebab.toLowerCase()}-${version}`;
}

/** The agent whose prompt, and whose models if it names any, stand behind diagnoses of all others. */
export const recoveryAgentName = 'recovery';
