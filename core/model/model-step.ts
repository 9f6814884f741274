import type { Json } from './json.ts';

/** The skill under which model steps stand in plans and in the ledger. It is part of the platform; no project can define it. */
export const modelSkillId = 'Model:v1';

/**
 * What a model is asked for: to plan, to plan again after a failure or a verdict, to check the goal against results, to
 * shorten what has been, or to think about a question of a plan.
 */
export const modelPurposes = ['plan', 'revise', 'verify', 'compact', 'reason'] as const;
export type ModelPurpose = (typeof modelPurposes)[number];

/** The only one that plans may use by themselves; the others are the engine's. */
export const plannedPurpose = 'reason' satisfies ModelPurpose;

/**
 * Texts of the engine for a model step. They hold whatever people and providers have written, which must not be taken for a
 * reference, so they travel as JSON in which nothing begins like one.
 */
export function sealedTexts(texts: Json): string {
  return JSON.stringify(texts).replaceAll('${', '$\\u007b');
}

/** The texts behind `sealedTexts`. Throws a SyntaxError for anything else. */
export function openedTexts(sealed: string): Json {
  return JSON.parse(sealed) as Json;
}
