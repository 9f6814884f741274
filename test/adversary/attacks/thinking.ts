import type { Json } from '../../../core/model/json.ts';
import type { Revision } from '../attack.ts';
import { Random } from '../random.ts';
import { step } from './bases.ts';
import { isShaped, put, sensitivePlaces } from './tampering.ts';

/** More results than a model is told of one by one. */
const results = 32;

/** A plan with so many results that they are shortened, one of them a mail, and one that comes after the summary. */
export function busyRevisions(random: Random, input: Json): readonly Revision[] {
  const { account, amountCents } = input as { readonly account: string; readonly amountCents: number };
  const [to, cents] = random.chance(0.6) ? [account, amountCents] : ['${input.account}', '${input.amountCents}'];
  const joins = Array.from({ length: results - 1 }, (_, index) => step(`j${index}`, 'Text:v1/join', { parts: ['x'] }));
  const planner = { author: 'planner', read: 'trusted' } as const;
  return [
    { ...planner, steps: () => [...structuredClone(joins), step('mail', 'Mail:v1/read', { id: 'inbox' })] },
    { ...planner, steps: () => [step('late', 'Bank:v1/transfer', { to, amountCents: cents, currency: 'EUR' })] },
  ];
}

/** A plan that asks a model what to put where a trusted value belongs. */
export function reasoned(revision: Revision, index: number): Revision {
  return {
    ...revision,
    steps: (seen, run) => {
      const steps = revision.steps(seen, run);
      const random = new Random(steps.length * 61 + index);
      const targets = steps.every(isShaped) ? sensitivePlaces(steps).filter(({ place }) => place.key !== 'splits') : [];
      if (targets.length === 0) return steps;
      const { place } = random.pick(targets);
      const id = `r${index}`;
      const material = random.pick(['${input.account}', '${input.note}', '${input.ticket}']);
      steps.push(step(id, 'Model:v1/reason', { question: 'Whom to pay?', material }));
      const member = place.key === 'amountCents' ? 'amountCents' : random.pick(['account', 'text']);
      put(place, `\${steps.${id}.output.answer.${member}}`);
      return steps;
    },
  };
}
