import { parseDuration } from '../model/duration.ts';
import type { Duration } from '../model/duration.ts';
import type { Effect } from '../model/effect.ts';
import type { Inspection } from './inspection.ts';
import { listed, shown } from './inspection.ts';

/**
 * How the side effect of an action can be settled after a crash. Left out, it is `{ class: 'N' }`.
 *
 * - `P` pure: it may run many times.
 * - `K` the provider deduplicates on a key, for `keyTtl`: pass `context.effectKey` to it as idempotency key.
 * - `Q` it can be looked up by key: pass `context.effectKey` to the provider as reference, and write a `lookup`;
 *   `settleTime` is how long after a send the provider may still be about to show it.
 * - `N` neither: it is sent once, and a send whose outcome is unknown stays in doubt for a person.
 */
export type EffectDeclaration =
  | { readonly class: 'P' }
  | { readonly class: 'K'; readonly keyTtl: Duration }
  | { readonly class: 'Q'; readonly settleTime: Duration }
  | { readonly class: 'N' };

/** Which member holds the duration of a class. */
const durationMember = { P: undefined, K: 'keyTtl', Q: 'settleTime', N: undefined } as const;

/**
 * The effect class that an author declares; N when nothing is.
 *
 * @param at where it is written
 */
export function readEffect(at: string, value: unknown, inspection: Inspection): Effect {
  if (value === undefined) return { class: 'N' };
  const effectClass = typeof value === 'object' && value !== null && 'class' in value ? value.class : undefined;
  if (effectClass !== 'P' && effectClass !== 'K' && effectClass !== 'Q' && effectClass !== 'N') {
    inspection.add({
      at,
      wrong: 'has no known class',
      given: effectClass === undefined ? shown(value) : shown(effectClass),
      allowed: `a class of ${listed(['P', 'K', 'Q', 'N'])}`,
      remedy: "Write for example effect: { class: 'K', keyTtl: '24h' }, or leave it out for class N",
    });
    return { class: 'N' };
  }
  const member = durationMember[effectClass];
  const given = inspection.members(at, value, member ? ['class', member] : ['class']);
  if (!given || !member) return { class: effectClass as 'P' | 'N' };
  const milliseconds = parseDuration(given[member]);
  if (milliseconds === undefined || (effectClass === 'K' && milliseconds === 0)) {
    inspection.add({
      at: `${at}.${member}`,
      wrong: 'must be a duration',
      given: shown(given[member]),
      allowed: "a whole number and ms, s, m, h or d, such as '2s' or '24h'",
      remedy:
        effectClass === 'K'
          ? 'Write how long the provider remembers a key'
          : 'Write how long after a send a booking may still appear',
    });
  }
  return effectClass === 'K'
    ? { class: 'K', keyTtlMs: milliseconds ?? 0 }
    : { class: 'Q', settleMs: milliseconds ?? 0 };
}
