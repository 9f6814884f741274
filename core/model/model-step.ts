import type { Json } from './json.ts';
import { purposes } from './think-input.ts';
import type { Purpose } from './think-input.ts';

/** The skill under which model steps stand in plans and in the ledger. It is part of the platform; no project can define it. */
export const modelSkillId = 'Model:v1';

/** The only one that plans may use by themselves; the others are the engine's. */
export const plannedPurpose = 'reason' satisfies Purpose;

/** Whether plans may use an action: any but the engine's own questions. */
export function isForPlans(skill: string, action: string): boolean {
  return skill !== modelSkillId || action === plannedPurpose;
}

/** Id of the question that a revision of the engine asks: each is asked under an id of its own. */
export function questionId(purpose: Exclude<Purpose, typeof plannedPurpose>, revision: number): string {
  return `${purpose}-${revision}`;
}

/** Whether an id is, or will be, that of a question of the engine; a model that took it would leave none for the question. */
export function isQuestionId(id: string): boolean {
  const [, before = ''] = /^([a-z]+)-[1-9][0-9]*$/.exec(id) ?? [];
  return before !== plannedPurpose && (purposes as readonly string[]).includes(before);
}

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
