import * as z from 'zod';

const dayMs = 86_400_000;

/** A day of the calendar in UTC: `2026-11-27`. */
export const day = z.iso.date();

/** The day of a moment, in UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The day so many days after another one; before it when the number is negative. */
export function dayAfter(from: string, days: number): string {
  return dayOf(Date.parse(from) + days * dayMs);
}

/** How many days lie from one day to another, both included; 0 or less when the last comes before the first. */
export function countDays(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / dayMs) + 1;
}

/** The days from one to another, both included, in order. */
export function daysBetween(first: string, last: string): string[] {
  return Array.from({ length: Math.max(0, countDays(first, last)) }, (_, index) => dayAfter(first, index));
}
