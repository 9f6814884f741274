import { expect, it } from 'vitest';
import { DyingRuns, minuteMs } from '../../../test/fixtures/dying-runs.ts';
import { FailingRun, fails } from '../../../test/fixtures/failing-run.ts';
import type { Provider } from '../../../test/fixtures/failing-run.ts';
import type { JsonObject } from '../../model/json.ts';
import type { PlanStepInput } from '../../model/plan.ts';
import { traceEvent } from '../../model/trace.ts';
import type { TraceEvent, TraceEventType } from '../../model/trace.ts';
import { RunReader } from '../run-reader.ts';
import { auditTrace } from './audit-trace.ts';
import { tracePart } from './show-trace.ts';
import { spanPage } from './show-spans.ts';
import { decodeTold, encodeTold } from './trace-cursor.ts';
import { traceNews } from './trace-news.ts';

const book: PlanStepInput = {
  ...{ id: 'book', skill: 'Desk:v1', action: 'book', why: 'A bed is needed.' },
  input: { city: '${input.city}' },
};
const input = { city: 'Rome' };
const options = [
  { option: 'another spelling', chosen: true, reason: 'The desk says so.' },
  { option: 'a person', chosen: false, reason: 'Nobody is needed.' },
];
const said = (answer: JsonObject): JsonObject => ({
  ...{ reasoning: 'It says so.', options, cause: 'The city is unknown there.' },
  ...answer,
});
const picky: Provider = ({ uses, input: { city = '' } }) =>
  uses === 'Desk:v1/book' && city === 'Rome'
    ? fails('bug', 'there is no Rome here, only Roma')
    : { bookingId: uses, city, paid: true };

async function traced(run: FailingRun): Promise<TraceEvent[]> {
  await run.start();
  await run.play();
  const { tenantId, runId } = run.identity;
  const dependencies = { ports: run.ports, registry: run.registry, reader: new RunReader(run.ports) };
  const query = { tenantId, runId, after: 0, limit: 500 };
  const { events } = await tracePart(query, dependencies);
  const { trace } = await spanPage(query, dependencies);
  const ids = trace.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  expect(new Set(ids.map(({ spanId }) => spanId)).size).toBe(ids.length);
  const { verdict } = await auditTrace(query, dependencies);
  expect(verdict).toBe(events.at(-1)?.type === 'run.completed' ? 'intact' : 'notOver');
  const bySeq: TraceEvent[] = [];
  // One by one it is the same as in one go.
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await tracePart({ ...query, after, limit: 1 }, dependencies);
    bySeq.push(...page.events);
    after = page.nextAfter;
  }
  expect(bySeq).toEqual(events);
  return events.map((event) => traceEvent.parse(event));
}

function ofType<Type extends TraceEventType>(
  events: readonly TraceEvent[],
  type: Type,
): Extract<TraceEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<TraceEvent, { type: Type }> => event.type === type);
}

it('tells each try of a step that was mended once, in the revision that wanted it, and what a model had found and considered', async () => {
  const model = () => said({ decision: 'retryChanged', changes: { city: 'Roma' } });
  const events = await traced(new FailingRun({ plan: [book], input, provider: picky, model }));
  const ofBook = events.filter((event) => 'stepId' in event && event.stepId === 'book');
  expect(ofBook.map(({ type, revision }) => [type, revision])).toEqual([
    ['step.scheduled', 1],
    ['step.failed', 1],
    ['step.scheduled', 3],
    ['step.completed', 3],
  ]);
  expect(ofType(events, 'step.failed')).toMatchObject([
    { final: true, failure: { class: 'bug', message: 'there is no Rome here, only Roma' } },
  ]);
  expect(ofType(events, 'step.scheduled').filter(({ stepId }) => stepId === 'book')).toMatchObject([
    { occurrence: 1 },
    { occurrence: 2 },
  ]);
  expect(ofType(events, 'recovery.diagnosed')).toMatchObject([
    {
      ...{ by: 'model', revision: 2, cause: 'The city is unknown there.', decision: 'retryChanged' },
      failures: [{ stepId: 'book', class: 'bug', message: 'there is no Rome here, only Roma' }],
      model: { selfReported: true, options },
    },
  ]);
  expect(ofType(events, 'plan.revised').at(-1)).toMatchObject({
    ...{ author: 'recovery', recovery: { stepId: 'book', decision: 'retryChanged', owner: 'human' } },
    diff: { added: ['book'] },
  });
});

it('tells a follower who looks after every write each event once, also of steps of older revisions that go on after a recovery', async () => {
  const model = () => said({ decision: 'retryChanged', changes: { city: 'Roma' } });
  const note = {
    ...book,
    id: 'note',
    skill: 'Search:v1',
    action: 'find',
    input: { city: '${steps.book.output.city}' },
  };
  const run = new FailingRun({ plan: [book, note], input, provider: picky, model });
  await run.start();
  const { tenantId, runId } = run.identity;
  const dependencies = { ports: run.ports, registry: run.registry, reader: new RunReader(run.ports) };
  const seen: TraceEvent[] = [];
  let since: string | undefined;
  const look = async (): Promise<void> => {
    const told = since === undefined ? {} : { told: decodeTold(since) };
    const news = await traceNews({ tenantId, runId, limit: 3, ...told }, dependencies);
    seen.push(...news.events.map(({ event }) => event));
    since = encodeTold(news.told);
    expect(since.length).toBeLessThan(400);
    if (news.more) await look();
  };
  const watched = (port: object, names: readonly string[]): void => {
    for (const name of names) {
      const write = (Reflect.get(port, name) as (...args: unknown[]) => Promise<unknown>).bind(port);
      Reflect.set(port, name, async (...args: unknown[]) => {
        const written = await write(...args);
        await look();
        return written;
      });
    }
  };
  watched(run.ports.runs, ['writeHead', 'createPlan', 'createNote']);
  watched(run.ports.ledger, ['write']);
  await run.play();
  await look();
  const { events } = await tracePart({ tenantId, runId, after: 0, limit: 500 }, dependencies);
  const places = (all: readonly TraceEvent[]): string[] =>
    all.map((event) => `${event.revision} ${event.type} ${'stepId' in event ? event.stepId : ''}`).toSorted();
  expect(places(seen)).toEqual(places(events));
  expect(places(events)).toContain('1 step.completed note');
  expect(events.at(-1)?.type).toBe('run.completed');
});

it('tells an alternative that a rule has taken, and the failure before it', async () => {
  const hotel = { ...book, skill: 'Hotel:v1' };
  const provider: Provider = (sent, call) =>
    sent.uses === 'Hotel:v1/book' ? fails('transient', 'the provider answered 503') : picky(sent, call);
  const events = await traced(new FailingRun({ plan: [hotel], input: { city: 'Roma' }, provider }));
  expect(ofType(events, 'recovery.diagnosed')).toMatchObject([
    { by: 'rule', decision: 'alternative', failures: [{ stepId: 'book', class: 'transient' }] },
  ]);
  const failed = ofType(events, 'step.failed');
  expect(failed.map(({ skill, final }) => [skill, final])).toEqual([
    ['Hotel:v1', false],
    ['Hotel:v1', false],
    ['Hotel:v1', true],
  ]);
});

it('tells a decision that guards have refused, and what was tried when a person is asked', async () => {
  const model = () => said({ decision: 'skip' });
  const events = await traced(new FailingRun({ plan: [book], input, provider: picky, model }));
  expect(ofType(events, 'recovery.rejected')).toMatchObject([
    { stepId: 'book', round: 1, problems: [expect.stringContaining('cannot be skipped')], model: { options } },
  ]);
  expect(ofType(events, 'plan.rejected')).toEqual([]);
  expect(ofType(events, 'recovery.diagnosed').map(({ decision }) => decision)).toEqual(['skip', 'skip']);
  expect(ofType(events, 'escalation.opened')).toMatchObject([{ stepId: 'book' }]);
});

it('tells each restart of a run whose executions die, and that a person is asked, once', async () => {
  const world = new DyingRuns();
  await world.begin();
  for (let death = 0; death < 4; death += 1) {
    await world.report();
    await world.report(death + 1);
    world.clock.advance(60 * minuteMs);
    await world.sweep();
  }
  const head = await world.stored();
  const notes = await world.runs.listNotes(head, { from: 0, to: head.revision });
  expect(notes.map(({ decided }) => decided)).toMatchObject([
    { kind: 'restart', generation: 2, count: 1, cause: expect.stringContaining('no 1') },
    { kind: 'restart', generation: 3, count: 2, untilMs: expect.any(Number) },
    { kind: 'restart', generation: 4, count: 3 },
    { kind: 'ask', escalation: 'deadRun' },
  ]);
});
