const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `'500ms'`, `'2s'`, `'5m'`, `'24h'`, `'7d'`: a whole number and one unit. */
export type Duration = `${number}${keyof typeof unitMs}`;

const pattern = /^(0|[1-9][0-9]{0,11})(ms|s|m|h|d)$/;

/** Milliseconds of a duration, or undefined when the text is not one. */
export function parseDuration(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? pattern.exec(text) : null;
  if (!parts) return undefined;
  const milliseconds = Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs];
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}

/** Milliseconds of a duration. Throws a RangeError that names the text and what is allowed. */
export function durationMs(text: Duration): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) {
    throw new RangeError(
      `'${text}' is not a duration; write a whole number and ms, s, m, h or d, such as '500ms' or '24h'.`,
    );
  }
  return milliseconds;
}
