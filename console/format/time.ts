const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const steps = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;

/** A moment in the time zone of whoever looks, e.g. `28 Nov 2026, 09:15:02`. @param at ISO 8601 */
export function momentText(at: string): string {
  return day.format(new Date(at));
}

/** Only its time of day. @param at ISO 8601 */
export function clockText(at: string): string {
  return clock.format(new Date(at));
}

/** How far a moment is from now, e.g. `5 minutes ago` or `in 2 hours`. @param at ISO 8601 */
export function agoText(at: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(at) - nowMs) / 1_000);
  const step = steps.find((known) => Math.abs(seconds) >= known.seconds) ?? { unit: 'second', seconds: 1 };
  return ago.format(Math.round(seconds / step.seconds), step.unit);
}

/** A span of time in its two largest units, e.g. `2 h 5 min` or `340 ms`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(minutes, 'min', Math.round(seconds - minutes * 60), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(hours, 'h', minutes - hours * 60, 'min');
  const days = Math.floor(hours / 24);
  return withRest(days, 'd', hours - days * 24, 'h');
}

function withRest(amount: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${amount} ${unit}` : `${amount} ${unit} ${rest} ${restUnit}`;
}
