import type { SkillView } from '../../core/contract/skill-api.ts';

type EffectClass = SkillView['actions'][number]['effect']['class'];

/** Effect classes: what a crash in the midst of a call means. */
export const effectTexts: Readonly<Record<EffectClass, { readonly name: string; readonly text: string }>> = {
  P: { name: 'P · no side effect', text: 'It only reads or computes, so it can be called again at any time.' },
  K: { name: 'K · keyed', text: 'The provider knows a call that is sent again by its key, and does it once.' },
  Q: { name: 'Q · can be looked up', text: 'After a crash the provider is asked whether it took place.' },
  N: { name: 'N · neither', text: 'After a crash nobody can tell whether it took place: a person has to find out.' },
};

export const effectTimes = {
  keyTtl: (time: string) => `Its key is known for ${time}.`,
  settle: (time: string) => `A lookup that finds nothing proves that it did not happen only after ${time}.`,
} as const;
