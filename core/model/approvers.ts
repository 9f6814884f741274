import * as z from 'zod';

export const mostApprovers = 10;

/** Who has to approve a use before it is made. */
export const approvers = z.object({
  /** How many people; each counts once. */
  quorum: z.int().min(1).max(mostApprovers),
  /** Whoever has started the run is none of them. */
  differentPerson: z.boolean(),
});
export type Approvers = z.infer<typeof approvers>;

export const anyApprover: Approvers = Object.freeze({ quorum: 1, differentPerson: false });

/**
 * What is asked when each of several grants permits a use: the least, since each of them permits it by itself. Fewer people
 * are less, and of as many, any people are.
 */
export function leastApprovers(rules: readonly Approvers[]): Approvers {
  const [least = anyApprover] = rules.toSorted(
    (a, b) => a.quorum - b.quorum || Number(a.differentPerson) - Number(b.differentPerson),
  );
  return least;
}

/** True when one person, whoever that is, is enough. */
export function isAnybody({ quorum, differentPerson }: Approvers): boolean {
  return quorum === 1 && !differentPerson;
}

/** For people and planners; empty when anybody may approve alone. */
export function approversInWords({ quorum, differentPerson }: Approvers): string {
  const others = differentPerson ? ' other than who started the run' : '';
  if (quorum > 1) return ` of ${quorum} people${others}`;
  return differentPerson ? ` of somebody${others}` : '';
}
