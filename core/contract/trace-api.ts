import * as z from 'zod';
import { name, runId } from '../model/names.ts';
import { runStatus } from '../model/run.ts';
import { traceEvent } from '../model/trace.ts';

export const maxTraceEvents = 500;
const maxCursorCharacters = 8_192;

export const traceQuery = z.strictObject({
  format: z.enum(['json', 'otlp']).default('json'),
  /** `seq` of the last event that is known. */
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** Of a follower: `since` of the last answer, '' at first. Then only what is new is told, and `after` means nothing. */
  since: z.string().max(maxCursorCharacters).optional(),
  limit: z.coerce.number().int().min(1).max(maxTraceEvents).default(100),
});

export const eventsQuery = z.strictObject({
  /** `id` of the last event that is known, as the header Last-Event-ID has it when a connection is taken up again. */
  since: z.string().max(maxCursorCharacters).optional(),
});

/** Events in their order. */
export const tracePage = z.strictObject({
  runId,
  agent: name,
  status: runStatus,
  events: z.array(traceEvent),
  /** Give it as `after` to get the next page; null when there is nothing more now. */
  nextAfter: z.int().nullable(),
  /** For a follower: give it as `since`. */
  since: z.string().optional(),
  /** For a follower: more is known already. */
  more: z.boolean().optional(),
});
export { traceEvent } from '../model/trace.ts';
export type { TraceEvent } from '../model/trace.ts';
export type TracePage = z.infer<typeof tracePage>;

const attributeValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  /** 64 bits, as JSON of protocol buffers writes them. */
  z.strictObject({ intValue: z.string() }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ arrayValue: z.strictObject({ values: z.array(z.strictObject({ stringValue: z.string() })) }) }),
]);
const attribute = z.strictObject({ key: z.string(), value: attributeValue });
const attributes = z.array(attribute);
export type OtlpAttribute = z.infer<typeof attribute>;

const nanoseconds = z.string();
const otlpSpan = z.strictObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  events: z.array(z.strictObject({ timeUnixNano: nanoseconds, name: z.string(), attributes })),
  /** Left out, so that a span stays small. */
  droppedEventsCount: z.int().positive().optional(),
  links: z.array(z.strictObject({ traceId: z.string(), spanId: z.string(), attributes })),
  status: z.strictObject({ code: z.int(), message: z.string().optional() }),
});
export type OtlpSpan = z.infer<typeof otlpSpan>;

/** An ExportTraceServiceRequest of OTLP as JSON. The header Link names the next page, when there is one. */
export const otlpTrace = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(otlpSpan),
        }),
      ),
    }),
  ),
});
export type OtlpTrace = z.infer<typeof otlpTrace>;

export const trace = z.union([tracePage, otlpTrace]);

/** What comparing a run with its seal came to. */
export const auditView = z.strictObject({
  runId,
  status: runStatus,
  /** `notOver`: a run is sealed when it ends. `unsealed`: it is over and no seal is known of. */
  verdict: z.enum(['intact', 'tampered', 'notOver', 'unsealed']),
  /** Records that the seal covers. */
  sealed: z.int().nonnegative(),
  sealedAt: z.iso.datetime().optional(),
  /** The last link of the chain. */
  head: z.string().optional(),
  /** Records that are younger than the seal, which says nothing of them. */
  later: z.int().nonnegative().optional(),
  /** The first one that is not as it was sealed. */
  first: z
    .strictObject({
      /** In the chain, from 1. */
      position: z.int().positive(),
      key: z.string(),
      /** The event by which it is told. */
      type: z.string(),
      problem: z.enum(['changed', 'missing', 'inserted', 'moved']),
    })
    .optional(),
  /** Of what is so broken that it cannot be compared. */
  why: z.string().optional(),
});
export type AuditView = z.infer<typeof auditView>;
