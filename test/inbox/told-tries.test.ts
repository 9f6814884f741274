import { expect, it } from 'vitest';
import type { TraceEvent } from '../../core/model/trace.ts';
import { auditView, otlpTrace, tracePage } from '../../core/contract/trace-api.ts';
import { Desk } from './desk-project.ts';
import { startedRun } from './waiting-run.ts';

const hourMs = 3_600_000;

/** What the trace tells of the step, of what people were asked and of what they said, with the hour. */
async function toldOf(run: Awaited<ReturnType<typeof startedRun>>, beginMs: number): Promise<string[]> {
  const { events } = await run.get(tracePage, `/v1/runs/${run.runId}/trace`);
  const word = (event: TraceEvent): string => {
    if (event.type === 'step.scheduled') return ` occurrence ${event.occurrence}`;
    if (event.type === 'effect.examined') return ` ${event.how}`;
    return event.type === 'step.failed' ? ` ${event.failure.class}, attempt ${event.attempts}` : '';
  };
  return events.flatMap((event) => {
    const isAbout = ('stepId' in event && event.stepId === 'tell') || event.type.startsWith('escalation.');
    const hour = Math.floor((Date.parse(event.at) - beginMs) / hourMs);
    return isAbout ? [`${hour} ${event.type}${word(event)}`] : [];
  });
}

it('tells each try of a step that people have tried again, when it was', async () => {
  const desk = new Desk();
  desk.faults.set('ring', ['timeout', 'bug']);
  const run = await startedRun({ desk });
  const beginMs = run.clock.now();
  await run.drive();
  run.clock.advance(hourMs);
  await run.resolve({ resolution: 'attest', happened: false });
  const doubt = [
    '0 step.scheduled occurrence 1',
    '0 effect.inDoubt',
    '0 escalation.opened',
    '1 escalation.resolved',
    '1 effect.examined human',
    '1 step.failed inDoubt, attempt 1',
    '1 escalation.opened',
  ];
  expect(await toldOf(run, beginMs)).toEqual(doubt);
  run.clock.advance(hourMs);
  await run.resolve({ resolution: 'retry' });
  const again = ['2 escalation.resolved', '2 step.scheduled occurrence 2', '2 step.failed bug, attempt 1'];
  expect(await toldOf(run, beginMs)).toEqual([...doubt, ...again, '2 escalation.opened']);
  run.clock.advance(hourMs);
  await run.resolve({ resolution: 'edit', input: { text: 'write' } });
  expect((await run.show()).status).toBe('completed');
  expect(await toldOf(run, beginMs)).toEqual([
    ...[...doubt, ...again, '2 escalation.opened', '3 escalation.resolved'],
    ...['3 step.scheduled occurrence 3', '3 step.completed'],
  ]);
  const { resourceSpans } = await run.get(otlpTrace, `/v1/runs/${run.runId}/trace?format=otlp`);
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const ofTell = spans.filter(({ name }) => name === 'execute_tool Desk:v1/tell');
  // Each try is a span: error, error, done.
  expect(ofTell.map(({ status }) => status.code)).toEqual([2, 2, 1]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  expect(await run.get(auditView, `/v1/runs/${run.runId}/audit`)).toMatchObject({ verdict: 'intact' });
});
