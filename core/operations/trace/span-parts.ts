import type { OtlpAttribute, OtlpSpan } from '../../contract/trace-api.ts';
import { sha256 } from '../../model/json.ts';
import type { RunRef } from '../../ports/index.ts';

/** Collectors refuse what is too large: a span stays under 200 KB whatever a model has said. */
const mostSpanBytes = 190 * 1024;
const mostAttributeBytes = 24 * 1024;
const mostEventAttributeBytes = 4 * 1024;

export type AttributeValue = string | number | boolean | readonly string[] | undefined;

/** The same run has the same ids, whoever exports it: what is sent twice is recognised. */
export function traceIdOf({ tenantId, runId }: RunRef): string {
  return sha256(JSON.stringify(['trace', tenantId, runId])).slice(0, 32);
}

export function spanIdOf(run: RunRef, key: string): string {
  return sha256(JSON.stringify(['span', run.tenantId, run.runId, key])).slice(0, 16);
}

/** Without those that have no value. */
export function attributesOf(
  values: Readonly<Record<string, AttributeValue>>,
  mostBytes = mostAttributeBytes,
): OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(value, mostBytes) }],
  );
}

function valueOf(value: NonNullable<AttributeValue>, mostBytes: number): OtlpAttribute['value'] {
  if (typeof value === 'string') return { stringValue: cut(value, mostBytes) };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  const each = Math.floor(mostBytes / Math.max(1, value.length));
  return { arrayValue: { values: value.map((one) => ({ stringValue: cut(one, each) })) } };
}

/** The beginning of a text whose JSON would be too long, and a note that it was cut. */
export function cut(text: string, mostBytes: number): string {
  const bytesOf = (one: string): number => Buffer.byteLength(JSON.stringify(one));
  if (bytesOf(text) <= mostBytes) return text;
  let length = Math.min(text.length, mostBytes);
  while (length > 0 && bytesOf(text.slice(0, length)) > mostBytes) length = Math.floor(length * 0.8);
  return `${text.slice(0, length).toWellFormed()} [cut: ${length} of ${text.length} characters]`;
}

/** Members of an event under names of our own. What has members of its own is JSON. */
export function ownAttributes(members: Readonly<Record<string, unknown>>, prefix: string): OtlpAttribute[] {
  const values = Object.entries(members).map(([name, value]): [string, AttributeValue] => {
    const key = `${prefix}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return [key, plain ? value : value === undefined ? undefined : JSON.stringify(value)];
  });
  return attributesOf(Object.fromEntries(values), mostEventAttributeBytes);
}

export function nanosecondsOf(atMs: number): string {
  return String(BigInt(Math.max(0, Math.round(atMs))) * 1_000_000n);
}

/** The span with as many of its events as fit. */
export function bounded(span: OtlpSpan): OtlpSpan {
  const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
  let left = mostSpanBytes - sizeOf({ ...span, events: [] });
  const events = span.events.filter((event) => {
    left -= sizeOf(event) + 1;
    return left >= 0;
  });
  const droppedEventsCount = span.events.length - events.length;
  return { ...span, events, ...(droppedEventsCount > 0 ? { droppedEventsCount } : {}) };
}
