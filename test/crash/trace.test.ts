import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../core/model/json.ts';
import type { Json } from '../../core/model/json.ts';
import type { RunHead } from '../../core/model/run.ts';
import type { Registry } from '../../core/model/skill.ts';
import { traceEvent } from '../../core/model/trace.ts';
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

/** What a crash itself has left: the tries that it cost, what was found out about them, and when an inbox item is closed. */
const leftByCrash = new Set<TraceEvent['type']>(['effect.examined', 'run.waited', 'escalation.resolved']);
/** Ids, times, and hashes of what holds ids or times. */
const idsAndTimes = new Set([
  'at',
  'seq',
  'until',
  'effectKey',
  'argsHash',
  'planHash',
  'outputHash',
  'output',
  'escalationId',
]);

/** Also where a person has said since what became of it. */
function isDoubt(event: TraceEvent): boolean {
  return event.type === 'effect.inDoubt' || (event.type === 'escalation.opened' && event.kind === 'inDoubt');
}

function comparable(events: readonly TraceEvent[]): string[] {
  return events
    .filter((event) => !leftByCrash.has(event.type) && !(event.type === 'step.failed' && !event.final))
    .map((event) =>
      canonicalJson(
        Object.fromEntries(Object.entries(event).filter(([name]) => !idsAndTimes.has(name) && name !== 'attempts')),
      ),
    );
}

describe('the trace of a run', () => {
  it.each(['trip', 'approved', 'taken-back-by-itself'])(
    'is the same wherever a process died in it, but for ids, times and what the death itself has left: %s',
    async (name) => {
      const calm = await traced(name, []);
      expect(calm.verdict).toBe('intact');
      expect(calm.events.at(-1)?.type).toBe(name === 'taken-back-by-itself' ? 'run.ended' : 'run.completed');
      const expected = comparable(calm.events);
      let doubtful = 0;
      // Of the longest one every third call, so that all of this takes a minute.
      const apart = name === 'taken-back-by-itself' ? 3 : 1;
      for (let call = 0; call < calm.calls; call += apart) {
        for (const when of ['before', 'after'] as const) {
          const crashed = await traced(name, [{ call, when }]);
          // What nobody can look up is in doubt when its sender dies: then this is the news.
          if (crashed.events.some(isDoubt)) {
            doubtful += 1;
            continue;
          }
          expect(comparable(crashed.events), `${when} call ${call}`).toEqual(expected);
          expect(crashed.verdict, `${when} call ${call}`).toBe('intact');
        }
      }
      expect(doubtful).toBeLessThan(calm.calls / 10);
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
