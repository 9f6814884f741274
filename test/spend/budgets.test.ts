import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/adapters/system/index.ts';
import type { Charge } from '../../core/model/budget.ts';
import { sumOfCharges } from '../../core/model/budget.ts';
import { dayAfter, dayOf } from '../../core/model/day.ts';
import { showSpend } from '../../core/operations/show-spend.ts';
import type { Manner } from './lying-models.ts';
import { manners, neverEnding, silent } from './lying-models.ts';
import type { PaidCall, PaidRun, PlannedRun } from './paid-runs.ts';
import { PaidRuns, prices } from './paid-runs.ts';

const runCount = 1_000;
const tenants = 25;
const atOnce = 12;
/** Of a tenth of the tenants: so little that their last runs find nothing left. */
const scantDay = { tokens: 150_000, usdMicros: 1_000_000 };

let paid: PaidRuns;
beforeAll(async () => {
  paid = await PaidRuns.start();
});
afterAll(() => paid.stop());

/** The same runs each time: a generator of numbers in [0, 1) that needs no state but its seed. */
function drawsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function plannedRun(index: number): PlannedRun {
  const draw = drawsFrom(index + 1);
  // Every fourth run meets a server that tells the truth, whatever else it does.
  const met = index % 4 === 3 ? manners.filter(({ costs }) => costs === 'counted') : manners;
  const mannersOf = (step: number): Manner[] => {
    if (step === 0 && index % 100 === 0) return [neverEnding];
    if (step === 0 && (index % 100 === 1 || index % 100 === 52)) return [silent];
    const count = 1 + Math.floor(draw() * 2);
    return Array.from({ length: count }, () => met[Math.floor(draw() * met.length)] as Manner);
  };
  const limited = Math.floor(draw() * 3);
  const tenant = index % tenants;
  return {
    ...{ tenantId: `tenant-${tenant}`, runId: `run-${index}` },
    // Room for one to six calls at their worst.
    budget: {
      ...(limited === 1 ? {} : { tokens: Math.ceil(14_000 + draw() * 70_000) }),
      ...(limited === 0 ? {} : { usdMicros: Math.ceil(100_000 + draw() * 500_000) }),
    },
    tenantDay: tenant % 10 === 3 ? scantDay : {},
    reach: index % 4 === 2 ? 'twice' : 'plainly',
    delivered: index % 5 === 0 ? 'again' : 'once',
    steps: [0, 1, 2].slice(0, index % 4 === 0 ? 3 : 2).map(mannersOf),
  };
}

async function carryOutAll(planned: readonly PlannedRun[]): Promise<PaidRun[]> {
  const left = [...planned.entries()];
  const done: PaidRun[] = [];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) done[next[0]] = await paid.carryOut(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

/** What is wrong with the charge of a call; undefined when it is as it has to be. */
function problemOf({ reservation, charge, expected }: PaidCall): string | undefined {
  const { model, worst, key, runId } = reservation;
  const [least, most] = ((): [Charge, Charge] => {
    switch (expected.kind) {
      case 'counted':
      case 'claimed':
        return [costs(model, expected.usage), costs(model, expected.usage)];
      case 'worst':
        return [worst, worst];
      case 'nothing':
        return [nothing, nothing];
    }
  })();
  const fits = (unit: keyof Charge): boolean =>
    charge !== undefined && least[unit] <= charge[unit] && charge[unit] <= most[unit] && charge[unit] <= worst[unit];
  if (fits('tokens') && fits('usdMicros')) return undefined;
  return `${runId} ${key}: ${JSON.stringify({ charge, least, most, expected })}`;
}

const nothing: Charge = { usdMicros: 0, tokens: 0 };

function costs(model: string, usage: Parameters<typeof prices>[1]): Charge {
  return { usdMicros: prices(model, usage) ?? NaN, tokens: usage.inputTokens + usage.outputTokens };
}

async function billOf(tenantId: string): Promise<Charge & { readonly calls: number }> {
  const today = dayOf(systemClock.now());
  const range = { from: dayAfter(today, -1), to: dayAfter(today, 1) };
  const { total } = await showSpend({ tenantId, by: 'tenant', ...range }, { spend: paid.spend, clock: systemClock });
  return { usdMicros: total.usdMicros, tokens: total.tokens, calls: total.calls };
}

describe(`${runCount} runs with budgets against a server that lies about usage, never ends or repeats`, () => {
  let runs: readonly PaidRun[];
  let spentByRun: ReadonlyMap<string, Charge>;
  const byTenant = () => Map.groupBy(runs, ({ planned }) => planned.tenantId);

  beforeAll(async () => {
    const startedAtMs = performance.now();
    runs = await carryOutAll(Array.from({ length: runCount }, (_, index) => plannedRun(index)));
    const spent = runs.map(async ({ planned }) => [planned.runId, await paid.spend.ofRun(planned)] as const);
    spentByRun = new Map(await Promise.all(spent));
    const calls = runs.flatMap((run) => run.calls);
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    const refused = runs.reduce((sum, { refusals }) => sum + refusals, 0);
    console.info(`${runs.length} runs, ${calls.length} calls, ${refused} refused, ${seconds} s`);
  }, 240_000);

  it('no run uses more than its budget, in tokens or in money', () => {
    const over = runs.flatMap(({ planned }) => {
      const spent = spentByRun.get(planned.runId) ?? nothing;
      const { tokens = Infinity, usdMicros = Infinity } = planned.budget;
      return spent.tokens > tokens || spent.usdMicros > usdMicros ? [{ run: planned.runId, spent }] : [];
    });
    expect(over).toEqual([]);
  });

  it('a run whose server tells the truth has used what the server has counted', () => {
    const truthful = runs.filter(
      ({ calls }) => calls.length > 0 && calls.every(({ expected }) => expected.kind === 'counted'),
    );
    expect(truthful.length).toBeGreaterThan(100);
    for (const { planned } of truthful) {
      const { inputTokens, outputTokens } = paid.models.countOf(planned.runId);
      expect(spentByRun.get(planned.runId)?.tokens).toBe(inputTokens + outputTokens);
    }
  });

  it('no tenant uses more than its day allows, although its runs do not know of each other', async () => {
    let bound = 0;
    for (const [tenantId, members] of byTenant()) {
      const { tokens = Infinity, usdMicros = Infinity } = members[0]?.planned.tenantDay ?? {};
      const bill = await billOf(tenantId);
      expect(bill.tokens).toBeLessThanOrEqual(tokens);
      expect(bill.usdMicros).toBeLessThanOrEqual(usdMicros);
      if (tokens < Infinity) bound += members.filter(({ calls }) => calls.length === 0).length;
    }
    expect(bound).toBeGreaterThan(0);
  });

  it('each call that the server has counted was paid for, and nothing else was', () => {
    for (const { planned, calls } of runs) expect(calls.length).toBe(paid.models.countOf(planned.runId).calls);
    const total = runs.reduce((sum, { calls }) => sum + calls.length, 0);
    expect(total).toBe(paid.models.requests.length);
  });

  it('each call costs what the server counted where it may be true, and else the most that it can have been', () => {
    expect(runs.flatMap(({ calls }) => calls.flatMap((call) => problemOf(call) ?? [])).slice(0, 10)).toEqual([]);
  });

  it('each run has used the sum of its calls, also when reservations and settlements arrive twice', () => {
    for (const { planned, calls } of runs) {
      const charges = calls.flatMap(({ charge }) => charge ?? []);
      expect(charges.length).toBe(calls.length);
      expect(spentByRun.get(planned.runId)).toEqual(sumOfCharges(charges));
    }
  });

  it('the bill of each tenant is the sum of its runs, to the micro-dollar, and nothing stays set aside', async () => {
    for (const [tenantId, members] of byTenant()) {
      const spent = sumOfCharges(members.map(({ planned }) => spentByRun.get(planned.runId) ?? nothing));
      const charged = members
        .flatMap(({ calls }) => calls)
        .filter(({ charge }) => charge && (charge.tokens > 0 || charge.usdMicros > 0));
      expect(await billOf(tenantId)).toEqual({ ...spent, calls: charged.length });
    }
  });

  it('every step ends: with an answer, or with a failure that has a class', () => {
    const ends = new Set(runs.flatMap(({ outcomes }) => outcomes.map(({ kind }) => kind)));
    expect([...ends].toSorted()).toEqual(['done', 'failed']);
    const classes = runs.flatMap(({ outcomes }) =>
      outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.failure.class] : [])),
    );
    expect(classes).toContain('budgetExceeded');
    expect(classes).not.toContain('bug');
  });
});

describe('a process that dies between a call and its settlement', () => {
  it('leaves the worst case set aside, never nothing, and the run keeps its budget', async () => {
    const runs = await carryOutAll(
      Array.from({ length: 20 }, (_, index) => ({
        ...plannedRun(2_000 + index),
        ...{ tenantId: 'mortal', tenantDay: {}, reach: 'diesBeforeSettling' as const },
      })),
    );
    for (const { planned, calls } of runs) {
      const spent = await paid.spend.ofRun(planned);
      expect(spent).toEqual(sumOfCharges(calls.map(({ reservation }) => reservation.worst)));
      expect(spent.tokens).toBeLessThanOrEqual(planned.budget.tokens ?? Infinity);
      expect(spent.usdMicros).toBeLessThanOrEqual(planned.budget.usdMicros ?? Infinity);
    }
    expect(await billOf('mortal')).toEqual({ ...nothing, calls: 0 });
  });
});
