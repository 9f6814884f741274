import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../core/model/json.ts';
import type { Json } from '../../core/model/json.ts';
import type { RunHead } from '../../core/model/run.ts';
import type { Registry } from '../../core/model/skill.ts';
import { seqOfRevision, traceEvent } from '../../core/model/trace.ts';
import type { TraceEvent } from '../../core/model/trace.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import { auditTrace } from '../../core/operations/trace/audit-trace.ts';
import { tracePart } from '../../core/operations/trace/show-trace.ts';
import { loadProject } from '../../local/project/load-project.ts';
import { steps, withDesks } from './desks.ts';
import type { Durable } from './durable.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import type { CrashAt } from './seam.ts';
import { trial } from './trial.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const input = JSON.parse(readFileSync(`${repository}examples/trip.json`, 'utf8')) as Json;
let registry: Registry;

beforeAll(async () => {
  registry = withDesks((await loadProject(repository)).registry);
});

interface Seen {
  readonly events: readonly TraceEvent[];
  readonly verdict: string;
  readonly calls: number;
}

async function traced(name: string, crashes: readonly CrashAt[], change: Partial<Scenario> = {}): Promise<Seen> {
  const found = scenarios.find((one) => one.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  const scenario = { ...found, ...change };
  const seen: { events: TraceEvent[]; verdict: string } = { events: [], verdict: 'none' };
  const look = async (durable: Durable, head: RunHead): Promise<void> => {
    const dependencies = { ports: durable, reader: new RunReader(durable), registry };
    const run = { tenantId: head.tenantId, runId: head.runId };
    const whole = await tracePart({ ...run, after: 0, limit: 500 }, dependencies);
    const again = await tracePart({ ...run, after: 0, limit: 500 }, dependencies);
    expect(canonicalJson(again.events)).toBe(canonicalJson(whole.events));
    expect(whole.complete).toBe(true);
    seen.events = whole.events.map((event) => traceEvent.parse(event));
    seen.verdict = (await auditTrace(run, dependencies)).verdict;
  };
  const { calls } = await trial(scenario, registry, input, crashes, 'laptop', look);
  return { ...seen, calls: calls[0]?.length ?? 0 };
}

/** An id or a time, or a hash, which is over what may hold them. */
const name =
  /(\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9a-f]{64}\b|\besc-[0-9a-f]{20}\b|\brun-[0-9a-z]+\b|\b[0-9A-HJKMNP-TV-Z]{26}\b)/;
const time = /^\d{4}-/;

/**
 * The text with the names of another one in place of its own, as far as both have names in the same places and each of them
 * always stands for the same: what is then still different is more than ids and times.
 */
function withNamesOf(expected: string, text: string): string {
  const [wanted, given] = [expected.split(name), text.split(name)];
  if (wanted.length !== given.length) return text;
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  return given
    .map((part, index) => {
      const other = wanted[index] ?? '';
      // Between the separators of a pattern with one group stand what it has found.
      if (index % 2 === 0) return part;
      if (time.test(part)) return time.test(other) ? other : part;
      if (time.test(other) || (there.get(part) ?? other) !== other || (back.get(other) ?? part) !== part) return part;
      there.set(part, other);
      back.set(other, part);
      return other;
    })
    .join('');
}

const bytesOf = (events: readonly TraceEvent[]): string => events.map((event) => canonicalJson(event)).join('\n');

/**
 * The events without the try that the death has interrupted: that it was, what a provider that can be asked has said of it,
 * and its place in the count of attempts. Undefined where none was interrupted.
 */
function withoutInterruptedTry(events: readonly TraceEvent[]): TraceEvent[] | undefined {
  const cut = events.findIndex((event) => event.type === 'effect.examined' && event.how === 'crash');
  const interrupted = events[cut];
  if (interrupted?.type !== 'effect.examined') return undefined;
  const kept = events.flatMap((event, index) => {
    if (index < cut || !('stepId' in event) || event.stepId !== interrupted.stepId) return [event];
    if (event.type === 'effect.examined') return [];
    const ended = event.type === 'step.completed' || event.type === 'step.failed';
    return [ended && event.attempts > 1 ? { ...event, attempts: event.attempts - 1 } : event];
  });
  const places = new Map<number, number>();
  return kept.map((event) => {
    const place = (places.get(event.revision) ?? 0) + 1;
    places.set(event.revision, place);
    return { ...event, seq: event.revision * seqOfRevision + place };
  });
}

/** The desk of the cars can neither deduplicate nor be asked, so the run goes another way from here on. */
function isDoubt(event: TraceEvent): boolean {
  return event.type === 'effect.inDoubt' || (event.type === 'escalation.opened' && event.kind === 'inDoubt');
}

const all = ['trip', 'approved', 'rejected', 'stay-handed-on', 'taken-back-by-itself'];

describe('the trace of a run', () => {
  it.each(all)(
    'is the same, byte for byte but for ids and times, wherever a process died in it; of a try that the death has interrupted it tells besides: %s',
    async (scenario) => {
      const calm = await traced(scenario, []);
      expect(calm.verdict).toBe('intact');
      const ends = scenario === 'rejected' || scenario === 'taken-back-by-itself' ? 'run.ended' : 'run.completed';
      expect(calm.events.at(-1)?.type).toBe(ends);
      const expected = bytesOf(calm.events);
      const seen = { whole: 0, interrupted: 0, doubtful: 0 };
      for (let call = 0; call < calm.calls; call += 1) {
        for (const when of ['before', 'after'] as const) {
          const crashed = await traced(scenario, [{ call, when }]);
          const at = `${when} call ${call}`;
          const rest = withoutInterruptedTry(crashed.events);
          if (crashed.events.some(isDoubt)) {
            const doubtful = crashed.events.find((event) => event.type === 'effect.examined' && event.how === 'crash');
            expect(doubtful, at).toMatchObject({ skill: 'CarDesk:v1' });
            seen.doubtful += 1;
            continue;
          }
          seen[rest ? 'interrupted' : 'whole'] += 1;
          expect(withNamesOf(expected, bytesOf(rest ?? crashed.events)), at).toBe(expected);
          expect(crashed.verdict, at).toBe('intact');
        }
      }
      // A process that dies between two sends has left nothing to tell.
      expect(seen.whole).toBeGreaterThan(seen.interrupted + seen.doubtful);
    },
  );

  it('tells what a model was offered, which plan was rejected, and what it chose and why in its own words', async () => {
    const considered = { reasoning: 'So be it.', options: [{ option: 'this', chosen: true, reason: 'It fits.' }] };
    let asked = 0;
    const { events, verdict } = await traced('planned-anew', [], {
      faults: [],
      model: () => {
        asked += 1;
        const skill = asked === 1 ? 'Airship:v1' : steps.bookHotel.skill;
        return { ...considered, decision: 'plan', steps: [{ ...steps.bookHotel, id: 'room', skill }], final: true };
      },
    });
    expect(verdict).toBe('intact');
    const plans = events.filter((event) => event.type === 'plan.created' || event.type === 'plan.revised');
    expect(plans.map(({ author }) => author)).toEqual(['engine', 'engine', 'planner']);
    const [first, , chosen] = plans;
    expect(first?.considered?.offered).toContain('HotelBooking:v1');
    expect(first?.considered?.rejected).toContainEqual(expect.objectContaining({ reason: 'grant' }));
    expect(chosen).toMatchObject({
      diff: { added: ['room'], superseded: [] },
      model: { selfReported: true, reasoning: 'So be it.', options: [{ option: 'this', chosen: true }] },
    });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'plan.rejected',
        round: 1,
        problems: [expect.objectContaining({ problem: expect.stringContaining('Airship:v1') as string })],
        steps: [expect.objectContaining({ skill: 'Airship:v1' })],
      }),
    );
    const calls = events.filter((event) => event.type === 'model.called');
    expect(calls).toHaveLength(2);
    for (const { prompt } of calls) expect(prompt).toContain('A room.');
    expect(events.filter(({ type }) => type === 'budget.charged')).toHaveLength(2);
  });
});
