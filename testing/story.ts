import { faultText } from './check-fault.ts';
import type { RunEvent } from './effects.ts';
import type { AgentRunResult } from './run-report.ts';

const shownEvents = 200;

/** What has happened in a run, for people: how it stands, its steps, and every event with its virtual time. */
export function storyOf(result: AgentRunResult): string {
  const { run, status, steps, escalations, unusedFaults, events, virtualMs } = result;
  const ending = run.ending === undefined ? '' : ` (${run.ending})`;
  return [
    `Run ${run.runId} of agent '${run.agent}' is ${status}${ending} after ${timeText(virtualMs)} of virtual time.`,
    'Steps:',
    ...steps.map(({ id, skill, action, status: of, attempts, failure }) => {
      const why = failure === undefined ? '' : `: ${failure.class}, ${failure.message}`;
      return `  ${id} (${skill}/${action}) ${of}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why}`;
    }),
    ...(escalations.length === 0 ? [] : ['Inbox:']),
    ...escalations.map(({ kind, status: of, reason }) => `  ${kind}, ${of}: ${reason}`),
    ...(unusedFaults.length === 0 ? [] : ['Faults that never applied:']),
    ...unusedFaults.map((fault) => `  ${faultText(fault)}`),
    'Events:',
    eventsInWords(events),
  ].join('\n');
}

export function eventsInWords(events: readonly RunEvent[]): string {
  const left = Math.max(0, events.length - shownEvents);
  const lines = events
    .slice(left)
    .map(
      ({ atMs, name, stepId, what }) =>
        `  ${timeText(atMs)} ${name}${stepId === undefined ? '' : ` ${stepId}`}: ${what}`,
    );
  return [...(left === 0 ? [] : [`  ${left} earlier events are left out`]), ...lines].join('\n');
}

/** Milliseconds as people read them: `1d 2h 3m 4.500s`. */
export function timeText(ms: number): string {
  const parts = [
    [Math.floor(ms / 86_400_000), 'd'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'm'],
  ] as const;
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return [...shown, `${((ms % 60_000) / 1000).toFixed(3)}s`].join(' ');
}
