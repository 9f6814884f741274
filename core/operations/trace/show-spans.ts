import type { OtlpSpan, OtlpTrace } from '../../contract/trace-api.ts';
import { jsonSizeBytes } from '../../model/json.ts';
import type { Registry } from '../../model/skill.ts';
import { seqOfRevision } from '../../model/trace.ts';
import type { RunRef } from '../../ports/index.ts';
import { headOf } from '../wake-run.ts';
import { assembleTrace } from './assemble-trace.ts';
import { hiddenMembers } from './hidden-members.ts';
import type { TraceDependencies } from './read-revisions.ts';
import { mostPageBytes, revisionsFrom } from './show-trace.ts';
import { attributesOf } from './span-parts.ts';
import { revisionSpans, runSpan } from './spans.ts';

/** A page of spans, and where the next one begins. */
export interface SpanPage {
  readonly trace: OtlpTrace;
  /** Give it as `after`; undefined after the last page. */
  readonly nextAfter: number | undefined;
}

/**
 * A run as spans of OpenTelemetry: whole plan revisions, as many as make about `limit` events; the root comes with the first
 * page. Throws the problem `unknown-run`, also for a run of another tenant.
 */
export async function spanPage(
  query: RunRef & { readonly after: number; readonly limit: number },
  dependencies: TraceDependencies & { readonly registry: Registry },
): Promise<SpanPage> {
  const { tenantId, runId, after, limit } = query;
  const head = await headOf({ tenantId, runId }, dependencies.ports);
  const request = await dependencies.reader.request(head);
  const hide = hiddenMembers(dependencies.registry);
  const spans: OtlpSpan[] = after === 0 ? [runSpan(head, request)] : [];
  const from = after === 0 ? 0 : Math.floor(after / seqOfRevision) + 1;
  let events = 0;
  let bytes = 0;
  for await (const items of revisionsFrom(head, from, limit, dependencies)) {
    if (events >= limit || bytes > mostPageBytes) {
      return { trace: traceOf(spans), nextAfter: items.revision * seqOfRevision - 1 };
    }
    const told = assembleTrace(items, {
      request: items.revision === 0 ? request : undefined,
      head: items.revision === head.revision ? head : undefined,
      wishes: head,
    });
    const made = revisionSpans(
      head,
      head.agent,
      told.map((event) => hide(event, head.agent)),
    );
    events += told.length;
    bytes += made.reduce((sum, span) => sum + jsonSizeBytes(span), 0);
    spans.push(...made);
  }
  return { trace: traceOf(spans), nextAfter: undefined };
}

function traceOf(spans: readonly OtlpSpan[]): OtlpTrace {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'holdfast' }) },
        scopeSpans: [{ scope: { name: 'holdfast', version: '1' }, spans: [...spans] }],
      },
    ],
  };
}
