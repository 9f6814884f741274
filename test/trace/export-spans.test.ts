import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runAccepted } from '../../core/contract/api.ts';
import { spanTargetFrom } from '../../core/contract/span-export.ts';
import type { SpanTarget } from '../../core/contract/span-export.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import { exportSpans } from '../../core/operations/trace/export-spans.ts';
import { registry } from '../api/project.ts';
import { createWorld } from '../api/world.ts';
import { Collector } from './collector.ts';

let collector: Collector;
let world: ReturnType<typeof createWorld>;
beforeAll(async () => {
  collector = await Collector.start();
});
afterAll(() => collector.stop());
beforeEach(() => {
  world = createWorld();
  for (const list of [collector.taken, collector.seen, collector.says]) list.length = 0;
});

async function finished(upTo = 3): Promise<string> {
  const body = { agent: 'writer', playbook: 'count', input: { upTo } };
  const { runId } = await world.get(runAccepted, '/v1/runs', { body });
  await world.drive();
  return runId;
}

function pushed(runId: string, change: Partial<SpanTarget> = {}) {
  const target = { url: `${collector.url}/v1/traces`, headers: {}, headersSecret: undefined, ...change };
  const { ports } = world;
  return exportSpans({ tenantId: 'acme', runId }, { ports, registry, reader: new RunReader(ports), target });
}

describe('the spans of a finished run', () => {
  it('are pushed to a collector of OpenTelemetry as the protocol has it, all of them, with its headers', async () => {
    const runId = await finished(180);
    expect(await pushed(runId, { headers: { 'x-team': 'travel' } })).toMatchObject({ kind: 'exported', rejected: 0 });
    expect(collector.taken.length).toBeGreaterThan(1);
    expect(collector.seen[0]).toMatchObject({
      ...{ path: '/v1/traces', headers: { 'content-type': 'application/json', 'x-team': 'travel' } },
    });
    const ids = collector.spans.map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(collector.spans.filter(({ name }) => name.startsWith('execute_tool'))).toHaveLength(180);
    const parents = collector.spans.flatMap(({ parentSpanId }) => parentSpanId ?? []);
    expect(parents.filter((id) => !ids.includes(id))).toEqual([]);
    // Twice is the same twice.
    await pushed(runId);
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(ids.length);
  });

  it.each([429, 502, 503, 504])('are pushed again when the collector answers %d', async (status) => {
    const runId = await finished();
    collector.says.push({ status, headers: { 'retry-after': '2' } }, { status });
    const beforeMs = world.clock.now();
    expect(await pushed(runId)).toMatchObject({ kind: 'exported', requests: 1 });
    expect(collector.seen).toHaveLength(3);
    expect(world.clock.now() - beforeMs).toBeGreaterThanOrEqual(2_000 + 500);
  });

  it('are left to the queue when the collector is down for longer', async () => {
    const runId = await finished();
    collector.says.push(...Array.from({ length: 4 }, () => ({ status: 503 })));
    await expect(pushed(runId)).rejects.toThrow('The collector of spans answered 503.');
    expect(collector.seen).toHaveLength(4);
    collector.says.push({ status: 429, headers: { 'retry-after': '3600' } });
    await expect(pushed(runId)).rejects.toThrow('The collector of spans answered 429.');
    expect(collector.seen).toHaveLength(5);
    await expect(pushed(runId, { url: 'http://127.0.0.1:9/v1/traces?key=secret' })).rejects.toThrow(
      /^The collector of spans did not answer\.$/,
    );
  });

  it.each([400, 401, 403, 404, 500])('are not pushed again when the collector answers %d', async (status) => {
    const runId = await finished();
    collector.says.push({ status });
    expect(await pushed(runId)).toEqual({ kind: 'refused', status });
    expect(collector.seen).toHaveLength(1);
  });

  it('are counted where the collector has left some out', async () => {
    const runId = await finished();
    collector.says.push({ status: 200, body: '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}' });
    expect(await pushed(runId)).toMatchObject({ kind: 'exported', rejected: 2 });
  });

  it('wait until the run is over, however many of its executions end', async () => {
    const { runId } = await world.get(runAccepted, '/v1/runs', {
      ...{ body: { agent: 'writer', playbook: 'count', input: { upTo: 2 } } },
    });
    expect(await pushed(runId)).toEqual({ kind: 'notOver' });
    expect(collector.seen).toEqual([]);
  });
});

describe('where spans go', () => {
  it('is told by the words of OpenTelemetry', () => {
    expect(spanTargetFrom({})).toBeUndefined();
    expect(
      spanTargetFrom({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/',
        OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b%3D, x-team=travel,,broken',
      }),
    ).toEqual({
      url: 'http://localhost:4318/v1/traces',
      headers: { 'api-key': 'a b=', 'x-team': 'travel' },
      headersSecret: undefined,
    });
    expect(
      spanTargetFrom({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example.com/own',
      })?.url,
    ).toBe('https://collector.example.com/own');
    expect(() => spanTargetFrom({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })).toThrow('http or https address');
  });
});
