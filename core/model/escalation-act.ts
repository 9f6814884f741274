import * as z from 'zod';

export const actKinds = [
  'claimed',
  'released',
  'reassigned',
  'commented',
  'approved',
  'reminded',
  'handedOver',
  'lapsed',
  'settled',
] as const;

/** One line of the history of an inbox item: who did what to it, when, and why. Never changed. */
export const escalationAct = z.object({
  /** 1-based, without gaps. */
  number: z.int().positive(),
  kind: z.enum(actKinds),
  by: z.string(),
  atMs: z.int(),
  /** The comment, or the reason. */
  text: z.string().optional(),
  /** Who was asked instead. */
  to: z.string().optional(),
});
export type EscalationAct = z.infer<typeof escalationAct>;

/** An act as it is written by whoever does it. */
export type NewAct = Omit<EscalationAct, 'number'>;

/** Acts of people that one item takes. What the platform does is written down beyond that. */
export const mostActs = 200;
export const maxCommentCharacters = 2_000;
