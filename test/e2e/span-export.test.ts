import { afterAll, beforeAll, expect, it } from 'vitest';
import { Collector } from '../trace/collector.ts';
import { makeProjectFolder, RunningPlatform } from './running-platform.ts';
import type { ProjectFolder } from './running-platform.ts';

let folder: ProjectFolder;
let collector: Collector;
let platform: RunningPlatform;
beforeAll(async () => {
  collector = await Collector.start();
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder, {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k1' },
  });
});
afterAll(async () => {
  await RunningPlatform.killAll();
  await collector.stop();
  folder.remove();
});

it('a run of a laptop is pushed to the collector that the environment names once it is over, also when that was away at first', async () => {
  collector.says.push({ status: 503, headers: { 'retry-after': '1' } });
  const plan = { steps: [{ id: 'join', skill: 'Text:v1', action: 'join', input: { texts: ['a', 'b'] } }] };
  const runId = await platform.startRun({ agent: 'trip-planner', plan });
  await expect.poll(() => collector.taken.length, { timeout: 30_000 }).toBe(1);
  expect(collector.seen.every(({ headers }) => headers['api-key'] === 'k1')).toBe(true);
  const root = collector.spans.find(({ parentSpanId }) => parentSpanId === undefined);
  expect(root?.attributes).toContainEqual({ key: 'holdfast.run.id', value: { stringValue: runId } });
  expect(collector.spans.map(({ name }) => name)).toContain('execute_tool Text:v1/join');
});
