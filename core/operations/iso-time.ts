/** A moment in milliseconds since the epoch as it is told outside. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
