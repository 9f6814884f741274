import * as z from 'zod';

/** ExportTraceServiceRequest as JSON: ids in hexadecimal, 64-bit numbers as text, enums as numbers. */
const hex = (characters: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${characters}}$`));
const uint64 = z.string().regex(/^(0|[1-9][0-9]{0,19})$/);
const uint32 = z.int().min(0).max(0xffff_ffff);
const anyValue: z.ZodType = z.lazy(() =>
  z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ boolValue: z.boolean() }),
    z.strictObject({ intValue: z.string().regex(/^-?[0-9]{1,19}$/) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ arrayValue: z.strictObject({ values: z.array(anyValue) }) }),
  ]),
);
const keyValues = z
  .array(z.strictObject({ key: z.string().min(1), value: anyValue }))
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'keys are unique');
export const exportRequest = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: keyValues, droppedAttributesCount: uint32.optional() }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string().optional() }),
          schemaUrl: z.string().optional(),
          spans: z.array(
            z
              .strictObject({
                ...{
                  traceId: hex(32),
                  spanId: hex(16),
                  parentSpanId: hex(16).optional(),
                  traceState: z.string().optional(),
                },
                ...{ name: z.string().min(1), kind: z.int().min(0).max(5), flags: uint32.optional() },
                ...{ startTimeUnixNano: uint64, endTimeUnixNano: uint64, attributes: keyValues },
                events: z.array(
                  z.strictObject({
                    ...{ timeUnixNano: uint64, name: z.string().min(1), attributes: keyValues },
                    droppedAttributesCount: uint32.optional(),
                  }),
                ),
                droppedEventsCount: uint32.optional(),
                links: z.array(z.strictObject({ traceId: hex(32), spanId: hex(16), attributes: keyValues })),
                status: z.strictObject({ message: z.string().optional(), code: z.int().min(0).max(2) }),
              })
              .refine(({ startTimeUnixNano: start, endTimeUnixNano: end }) => BigInt(end) >= BigInt(start)),
          ),
        }),
      ),
    }),
  ),
});
