import { attackOf } from './attacks/generate.ts';
import { AttackedPlatform, FixtureSite } from './attacked-platform.ts';
import { Oracle } from './oracle/judge.ts';
import { Play } from './play.ts';

/** What a campaign came to. */
export interface Tally {
  plans: number;
  reachedDispatch: number;
  acceptedWithEffects: number;
  /** Attacks in which something was handed on, orders came of it, and effects. */
  handedOn: number;
  dispatchedBelow: number;
  effectsBelow: number;
  unauthorized: number;
  /** Plans that the gate should have refused, and orders that Decide should not have given. */
  leakedPlan: number;
  leakedDispatch: number;
  /** Attacks that are none: plans that are allowed as they are. */
  allowedPassed: number;
  allowedTotal: number;
  /** The first ones, to be played again by their seeds. */
  readonly failures: { readonly seed: number; readonly what: string }[];
}

/** Attacks whose seeds begin with a multiple of it share a platform: what one leaves another finds. */
export const plansPerPlatform = 400;
const keptFailures = 20;

export function emptyTally(): Tally {
  return {
    ...{ plans: 0, reachedDispatch: 0, acceptedWithEffects: 0, unauthorized: 0, leakedPlan: 0, leakedDispatch: 0 },
    ...{ handedOn: 0, dispatchedBelow: 0, effectsBelow: 0 },
    ...{ allowedPassed: 0, allowedTotal: 0, failures: [] },
  };
}

/**
 * Plays the attacks of the seeds `from` to `from + plans - 1`. Attacks share a platform for a while, so that one can use
 * what another has left: notes, approvals, ids.
 */
export async function campaign(
  seeds: { readonly from: number; readonly plans: number },
  options: { readonly stopAtFirst?: boolean } = {},
): Promise<Tally> {
  const site = new FixtureSite();
  const tally = emptyTally();
  let platform = new AttackedPlatform(site);
  let oracle = new Oracle();
  for (let index = 0; index < seeds.plans; index += 1) {
    if ((seeds.from + index) % plansPerPlatform === 0) {
      platform = new AttackedPlatform(site);
      oracle = new Oracle();
    }
    const attack = attackOf(seeds.from + index);
    const played = await new Play(attack, platform, site, oracle).play();
    tally.plans += 1;
    if (played.reachedDispatch) tally.reachedDispatch += 1;
    if (played.effects > 0) tally.acceptedWithEffects += 1;
    if (played.below > 0) tally.handedOn += 1;
    if (played.dispatchedBelow > 0) tally.dispatchedBelow += 1;
    if (played.effectsBelow > 0) tally.effectsBelow += 1;
    tally.unauthorized += played.unauthorized.length;
    tally.leakedPlan += played.passed.length;
    tally.leakedDispatch += played.leaked.length;
    if (attack.benign) {
      tally.allowedTotal += 1;
      if (played.ended === 'completed') tally.allowedPassed += 1;
      else note(tally, attack.seed, `benign '${attack.name}' ended as ${played.ended}`);
    }
    for (const what of played.passed) note(tally, attack.seed, `the gate let through: ${what}`);
    for (const what of played.leaked) note(tally, attack.seed, `Decide let through: ${what}`);
    for (const what of played.unauthorized) note(tally, attack.seed, `unauthorised: ${what}`);
    if (options.stopAtFirst && tally.leakedPlan + tally.leakedDispatch + tally.unauthorized > 0) break;
  }
  return tally;
}

/** What several campaigns came to together. */
export function addedUp(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const { failures, ...counts } of tallies) {
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) sum[name] += counts[name];
    sum.failures.push(...failures);
  }
  return sum;
}

function note(tally: Tally, seed: number, what: string): void {
  if (tally.failures.length < keptFailures) tally.failures.push({ seed, what: what.slice(0, 300) });
}
