import { describe, expect, it } from 'vitest';
import { limits } from '../../core/contract/limits.ts';
import { burstsOfLongWave, inlineArgumentsBytesIn, travellingOutputBytes } from '../../core/contract/machine.ts';
import type { DecideEvent, Dispatch } from '../../core/contract/machine.ts';
import { createInterpreter, maxStateBytes } from '../../local/stepfunctions/index.ts';
import type { Execution, ExecutionEvent, InterpreterOptions } from '../../local/stepfunctions/index.ts';
import {
  answers,
  arns,
  burstState,
  decisions,
  dispatchOf,
  doneOutcome,
  identityOf,
  scripted,
  started,
} from './machines.ts';
import type { Decide, Skill } from './machines.ts';

/** A history ends at this many events, and its execution fails. */
const maxEvents = 25_000;

async function observe(options: InterpreterOptions): Promise<{ ended: Execution; events: ExecutionEvent[] }> {
  const events: ExecutionEvent[] = [];
  const engine = createInterpreter({ ...options, onEvent: (event) => events.push(event) });
  const ended = await engine.ended(engine.start(started()).arn);
  engine.abandon();
  return { ended, events };
}

/**
 * Events that AWS would write for the Standard execution: a Task 5, or 6 with a task token, a Map 4 and 2 for each
 * iteration, another state 2, the execution 2. Measured by LocalStack's recordings of AWS.
 */
function historyEvents(events: readonly ExecutionEvent[]): number {
  const perTask = (name: string): number => (name === 'AwaitResolution' ? 5 : 4);
  const counts = events
    .filter(({ machineArn }) => machineArn === arns.run)
    .map(({ event }): number => {
      if (event.type === 'StateFailed' || event.type === 'StateCaught') return 0;
      if (event.type === 'StateRetried') return 3;
      if (event.type !== 'StateEntered') return 1;
      if (event.state.type === 'Map') return 3;
      return event.state.type === 'Task' ? perTask(event.state.name) : 1;
    });
  return counts.reduce((total, count) => total + count, 0);
}

/** Events of one hand-up of a kind, from the difference between 3 and 13 of them. */
async function eventsPerHandUp(answer: Decide, skill?: Skill): Promise<number> {
  const historyOf = async (handUps: number): Promise<number> => {
    const { decide } = decisions(...Array.from({ length: handUps }, () => answer), answers.done());
    const options = scripted(decide, skill);
    const engine = createInterpreter({
      ...options,
      resources: { ...options.resources, sendMessage: async (_queue, body) => engine.succeedTask(tokenIn(body), '{}') },
      onEvent: (event) => seen.push(event),
    });
    const seen: ExecutionEvent[] = [];
    const ended = await engine.ended(engine.start(started()).arn);
    expect(ended.status).toBe('SUCCEEDED');
    return historyEvents(seen);
  };
  return ((await historyOf(13)) - (await historyOf(3))) / 10;
}

function tokenIn(body: string): string {
  return (JSON.parse(body) as { taskToken: string }).taskToken;
}

describe('the history of a Standard execution', () => {
  it('grows by this many events with each hand-up', async () => {
    const long = (steps: number): Decide =>
      answers.long(...Array.from({ length: steps }, (_, index) => dispatchOf(`s${index}`)));
    expect({
      continue: await eventsPerHandUp(answers.goOn()),
      wait: await eventsPerHandUp(answers.wait(1)),
      human: await eventsPerHandUp(answers.human()),
      longOne: await eventsPerHandUp(long(1)),
      longTen: await eventsPerHandUp(long(10)),
    }).toEqual({ continue: 11, wait: 13, human: 17, longOne: 22, longTen: 85 });
  });

  it('stays below 25,000 events in a generation of as many bursts as a generation may have', async () => {
    const { burstsPerGeneration } = limits.parse({});
    let bursts = 0;
    const decide: Decide = (event) => {
      if (event.outcomes) return answers.goOn()(event);
      bursts += 1;
      if (bursts >= burstsPerGeneration) return answers.done()(event);
      return answers.execute(dispatchOf(`s${bursts}`))(event);
    };
    const { ended, events } = await observe(scripted(decide));
    expect(ended.status).toBe('SUCCEEDED');
    expect(bursts).toBe(1_000);
    // The execution itself and its last state have two each.
    expect(historyEvents(events)).toBe(11 * burstsPerGeneration + 4);
    expect(17 * burstsPerGeneration).toBeLessThan(maxEvents);
  });

  it('stays below it with waves of long steps, whose functions all die', async () => {
    const { burstsPerGeneration, waveSteps } = limits.parse({});
    for (const steps of [1, 2, 3, waveSteps]) {
      const items = Array.from({ length: steps }, (_, index) => dispatchOf(`s${index}`));
      const waves = Math.ceil(burstsPerGeneration / burstsOfLongWave(steps));
      const perWave = await eventsPerHandUp(answers.long(...items), () => {
        throw new Error('killed');
      });
      expect(perWave).toBe(15 + 9 * steps);
      expect(waves * perWave).toBeLessThan(0.9 * maxEvents);
    }
  });
});

describe('the state', () => {
  const { waveSteps } = limits.parse({});
  const wave = (steps = waveSteps): Dispatch[] =>
    Array.from({ length: steps }, (_, index) => dispatchOf(`step-${index}`, inlineArgumentsBytesIn(steps)));
  const fullState = {
    ...burstState,
    failures: Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `failed-${index}`,
        { class: 'bug' as const, message: 'm'.repeat(300) },
      ]),
    ),
  };
  const execute: Decide = (event) => ({ ...identityOf(event), next: 'execute', items: wave(), state: fullState });

  const largestBytes = (events: readonly ExecutionEvent[]): number =>
    Math.max(
      ...events.flatMap(({ event }) =>
        ('state' in event ? [event.state.input, event.state.output ?? null] : []).map(sizeBytes),
      ),
    );
  const sizeBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

  it.each([
    [
      'outputs as large as travel',
      (stepId: string) => ({ ...doneOutcome(stepId), output: 'o'.repeat(travellingOutputBytes - 2) }),
    ],
    [
      'failures with long messages',
      (stepId: string) => ({
        kind: 'inDoubt',
        stepId,
        attempts: 3,
        failure: { class: 'inDoubt', message: 'm'.repeat(1_000) },
      }),
    ],
    [
      'functions that die with a stack trace',
      () => {
        throw new Error(`trace ${'t'.repeat(1_800)}`);
      },
    ],
  ])('fits into 256 KiB with 40 dispatches of the largest arguments and %s', async (_what, skill) => {
    const { decide, events: asked } = decisions(execute, answers.done());
    const { ended, events } = await observe(scripted(decide, ({ stepId }) => skill(stepId)));
    expect(ended.status).toBe('SUCCEEDED');
    expect(asked[1]?.outcomes).toHaveLength(40);
    expect(largestBytes(events)).toBeLessThan(maxStateBytes);
    // The waves are really that large, or this says nothing.
    expect(largestBytes(events)).toBeGreaterThan(maxStateBytes / 2);
  });

  it('has no more arguments in it when a wave is small, although each step may have larger ones', () => {
    expect(inlineArgumentsBytesIn(1)).toBeGreaterThan(inlineArgumentsBytesIn(waveSteps));
    for (let steps = 1; steps <= waveSteps; steps += 1) {
      expect(steps * inlineArgumentsBytesIn(steps)).toBeLessThanOrEqual(waveSteps * inlineArgumentsBytesIn(waveSteps));
    }
  });

  it('fits when as many long steps are handed up through the text that a burst gives', async () => {
    const { decide } = decisions(answers.long(...wave()), answers.done());
    const { ended, events } = await observe(
      scripted(decide, ({ stepId }) => ({ ...doneOutcome(stepId), output: 'o'.repeat(travellingOutputBytes - 2) })),
    );
    expect(ended.status).toBe('SUCCEEDED');
    expect(largestBytes(events)).toBeLessThan(maxStateBytes);
  });

  it('that goes round between bursts does not grow', async () => {
    const script = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? answers.goOn() : answers.wait(-1)));
    const { decide } = decisions(...script, answers.done());
    const { events } = await observe(scripted(decide));
    const intoBurst = events.flatMap(({ machineArn, event }) =>
      machineArn === arns.run && event.type === 'StateEntered' && event.state.name === 'Burst'
        ? [sizeBytes(event.state.input)]
        : [],
    );
    expect(intoBurst).toHaveLength(51);
    expect(Math.max(...intoBurst)).toBeLessThan(200);
  });

  it('that a burst begins with is only the run, whatever came before', async () => {
    const starts: DecideEvent[] = [];
    const script = decisions(answers.wait(-1), answers.human(), answers.goOn(), answers.done());
    const options = scripted((event) => {
      starts.push(event);
      return script.decide(event);
    });
    const engine = createInterpreter({
      ...options,
      resources: { ...options.resources, sendMessage: async (_queue, body) => engine.succeedTask(tokenIn(body), '{}') },
    });
    await engine.ended(engine.start(started()).arn);
    expect(starts.map((event) => Object.keys(event))).toEqual(
      starts.map(() => ['tenantId', 'runId', 'agent', 'generation']),
    );
  });
});
