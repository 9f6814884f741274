import { afterAll, expect, it } from 'vitest';
import { emfLine, isEmf, jsonLines } from '../fixtures/log-lines.ts';
import { Collector } from '../trace/collector.ts';
import { makeProjectFolder, RunningPlatform, untilAtRest } from './running-platform.ts';
import { setFault, tripRun } from './travel.ts';

const folder = await makeProjectFolder();
const collector = await Collector.start();
afterAll(async () => {
  await RunningPlatform.killAll();
  await collector.stop();
  folder.remove();
});

const isSweep = ({ service }: Readonly<Record<string, unknown>>): boolean => service === 'sweep';

it('a function writes nothing but JSON with the run that it is about, and counts what it commits in lines that CloudWatch understands', async () => {
  let printed = '';
  const platform = await RunningPlatform.start(folder, {
    environment: {
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      POWERTOOLS_METRICS_DISABLED: 'false',
      HOLDFAST_LIMITS: JSON.stringify({ localSweepMs: 1_000 }),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
    heard: (text) => {
      printed += text;
    },
  });
  const plan = { steps: [{ id: 'join', skill: 'Text:v1', action: 'join', input: { texts: ['a', 'b'] } }] };
  const short = await platform.startRun({ agent: 'trip-planner', plan });
  expect(await untilAtRest(platform, short)).toMatchObject({ status: 'completed' });
  await setFault(folder, 'hotels', 'fail');
  const stuck = await platform.startRun(tripRun('Ada'));
  const run = await untilAtRest(platform, stuck);
  expect(run.status).toBe('escalated');
  await platform.call('POST', `/v1/runs/${stuck}/cancel`, { reason: 'enough' });

  const lines = (): Record<string, unknown>[] =>
    // The banner of `holdfast start` is for people.
    jsonLines(
      printed
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .join('\n'),
    );
  const all = ['decide', 'skill-host', 'inbox', 'export-spans', 'sweep'];
  const services = () => new Set(lines().map(({ service }) => service));
  await expect.poll(services, { timeout: 30_000 }).toEqual(new Set(all));
  await platform.stop();

  const [sweeps, others] = [lines().filter(isSweep), lines().filter((line) => !isSweep(line))];
  for (const line of others) expect([short, stuck], JSON.stringify(line)).toContain(line['runId']);
  // A sweep is about all runs.
  for (const line of sweeps.filter(isEmf)) expect(emfLine.parse(line)).toHaveProperty('OldestOpenEscalationAge');
  const emf = others.filter(isEmf);
  for (const line of emf) expect(emfLine.parse(line)['agent'], JSON.stringify(line)).toBe('trip-planner');
  const total = (runId: string, name: string): number =>
    emf.filter((line) => line['runId'] === runId).reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
  expect([total(short, 'RunsCompleted'), total(short, 'StepsCompleted')]).toEqual([1, 1]);
  expect([total(stuck, 'StepsCompleted') > 0, total(stuck, 'EscalationsOpened')]).toEqual([true, 1]);
  const steps = lines().filter(({ service }) => service === 'skill-host');
  for (const line of steps) expect(line, JSON.stringify(line)).toHaveProperty('stepId');
});
