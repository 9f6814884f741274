import * as z from 'zod';
import { env } from './env.ts';
import { runIdentity } from './machine.ts';

/** What the queue of ended executions says: the part of a status-change event by which its run is found. */
export const endedExecution = z
  .object({ detail: z.object({ input: z.string() }) })
  .transform(({ detail }) => runIdentity.parse(JSON.parse(detail.input)));

/** Where the spans of finished runs go. */
export interface SpanTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Name of a secret that holds more headers, in the form of the environment's. */
  readonly headersSecret: string | undefined;
}

/**
 * The collector that the environment names with the words of OpenTelemetry
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/); undefined where it names none. Throws for an address that is none.
 */
export function spanTargetFrom(environment: Readonly<Record<string, string | undefined>>): SpanTarget | undefined {
  const base = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const address =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (!address) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new Error(
      `OTEL_EXPORTER_OTLP_ENDPOINT is '${address.slice(0, 80)}'; it has to be the http or https address of a collector, e.g. http://localhost:4318. Correct it, or leave it out.`,
    );
  }
  return {
    url: url.href,
    headers: headersIn(
      environment['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? environment['OTEL_EXPORTER_OTLP_HEADERS'] ?? '',
    ),
    headersSecret: environment[env.spanHeadersSecret] || undefined,
  };
}

/** `api-key=secret,x-team=travel`, values percent-encoded. What has no `=` is left out. */
export function headersIn(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((part) => {
    const split = part.indexOf('=');
    const name = part.slice(0, Math.max(split, 0)).trim();
    return name === '' ? [] : [[name.toLowerCase(), decoded(part.slice(split + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
