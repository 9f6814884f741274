import { createTravelProvider } from '../../examples/travel-provider/app.ts';
import { fetchTravel } from '../../examples/travel-provider/connection.ts';
import type { Json } from '../../core/model/json.ts';
import type { Registry } from '../../core/model/skill.ts';
import { carefulDesk, travelDesk, withDesks } from './desks.ts';
import { judge } from './oracle.ts';
import type { Bookings, Expected, Verdict } from './oracle.ts';
import type { CrashAt } from './seam.ts';
import { Durable } from './durable.ts';
import { ioPoints } from './seam.ts';
import { World } from './world.ts';

/** What the campaign is about: a run, and how the provider behaves. */
export interface Scenario extends Expected {
  readonly name: string;
  readonly agent: string;
  readonly playbook: string;
  /** Whether the run is canceled, with compensation, when it waits for a person for the first time. */
  readonly isTakenBack?: boolean;
  readonly faults: readonly { readonly service: string; readonly fault: string; readonly times: number }[];
}

const wholeTrip = { flights: 1, hotels: 1, cars: 1 };
const nothing = { flights: 0, hotels: 0, cars: 0 };
const trip = { agent: 'trip-planner', playbook: 'book-trip', begins: 0, books: wholeTrip, ends: 'completed' } as const;
const oneStay = { ...nothing, hotels: 1 };
const stay = { agent: travelDesk.name, playbook: 'stay', begins: 1, books: oneStay, ends: 'completed' } as const;
const careful = { agent: carefulDesk.name, begins: 0, books: nothing } as const;

export const scenarios: readonly Scenario[] = [
  { name: 'trip', ...trip, faults: [] },
  { name: 'trip-hotel-answer-lost', ...trip, faults: [{ service: 'hotels', fault: 'apply-then-drop', times: 1 }] },
  { name: 'trip-flight-answer-lost', ...trip, faults: [{ service: 'flights', fault: 'apply-then-drop', times: 1 }] },
  { name: 'stay-handed-on', ...stay, faults: [] },
  { name: 'stay-handed-on-answer-lost', ...stay, faults: [{ service: 'hotels', fault: 'apply-then-drop', times: 1 }] },
  { name: 'trip-or-nothing', ...careful, playbook: 'or-nothing', ends: 'failed', faults: [] },
  {
    ...{ name: 'trip-canceled-back', ...careful, playbook: 'or-ask', isTakenBack: true, ends: 'canceled' },
    faults: [{ service: 'flight-cancellations', fault: 'apply-then-drop', times: 1 }],
  },
];

export interface Report extends Verdict {
  /** I/O points that are known, and how many calls the crash-free run made through them. */
  readonly points: number;
  readonly calls: number;
  readonly unregistered: readonly string[];
  readonly runs: number;
  readonly failures: readonly { readonly seed: string; readonly what: string }[];
}

/** Runs at once: they mostly wait. */
const atOnce = 8;

/**
 * Crashes a process before and after every I/O call of a run, one at a time, starts another process over what is
 * durable, and compares what the platform says with what the provider knows. Each point is tried twice: with a
 * platform that knows its dead (a laptop), and with one that has to wait for leases (the cloud).
 */
export async function crashEverywhere(scenario: Scenario, registry: Registry, input: Json): Promise<Report> {
  const bypassed = new Set<string>();
  const { fetch } = globalThis;
  globalThis.fetch = () => {
    bypassed.add('fetch without a port');
    return Promise.reject(new Error('The harness lets nobody reach the network past the ports.'));
  };
  try {
    return await everyCrash(scenario, withDesks(registry), input, bypassed);
  } finally {
    globalThis.fetch = fetch;
  }
}

async function everyCrash(
  scenario: Scenario,
  registry: Registry,
  input: Json,
  bypassed: ReadonlySet<string>,
): Promise<Report> {
  const calm = await runOnce(scenario, registry, input, undefined, 'laptop');
  const trials = calm.calls.flatMap((_, call) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['laptop', 'cloud'] as const).map((platform) => ({ crashAt: { call, when }, platform })),
    ),
  );
  const verdicts = [{ seed: `${scenario.name}:calm`, ...calm }];
  for (let from = 0; from < trials.length; from += atOnce) {
    const batch = trials.slice(from, from + atOnce).map(async ({ crashAt, platform }) => {
      const seed = `${scenario.name}:${crashAt.call}:${crashAt.when}:${platform}`;
      return { seed, ...(await runOnce(scenario, registry, input, crashAt, platform)) };
    });
    verdicts.push(...(await Promise.all(batch)));
  }
  const sum = (name: keyof Verdict): number => verdicts.reduce((total, { verdict }) => total + verdict[name], 0);
  return {
    points: ioPoints.length,
    calls: calm.calls.length,
    unregistered: [...new Set([...bypassed, ...verdicts.flatMap(({ unregistered }) => unregistered)])],
    runs: verdicts.length,
    lost: sum('lost'),
    duplicate: sum('duplicate'),
    failedButDone: sum('failedButDone'),
    doneButNot: sum('doneButNot'),
    needlessDoubt: sum('needlessDoubt'),
    failures: verdicts.flatMap(({ seed, what }) => (what === undefined ? [] : [{ seed, what }])),
  };
}

interface Trial {
  readonly calls: readonly string[];
  readonly unregistered: readonly string[];
  readonly verdict: Verdict;
  readonly what: string | undefined;
}

async function runOnce(
  scenario: Scenario,
  registry: Registry,
  input: Json,
  crashAt: CrashAt | undefined,
  platform: 'laptop' | 'cloud',
): Promise<Trial> {
  const provider = createTravelProvider({ databasePath: ':memory:' });
  try {
    for (const fault of scenario.faults) await post(provider, '/faults', fault);
    const durable = new Durable((url, init) => fetchTravel(provider, url, init));
    const { agent, playbook, isTakenBack = false } = scenario;
    const order = { agent, playbook, input, key: 'the-trip', isTakenBack };
    const epochOf = (life: number): string | undefined => (platform === 'laptop' ? `life-${life}` : undefined);
    const first = new World(durable, registry, { epoch: epochOf(1), ...(crashAt ? { crashAt } : {}) });
    const driven = first.drive(order);
    let head = await Promise.race([driven, first.seam.crashed.then(() => undefined)]);
    head ??= crashAt ? undefined : await driven;
    const unregistered = [...first.seam.unregistered];
    if (!head && crashAt) {
      const second = new World(durable, registry, { epoch: epochOf(2) });
      head = await second.drive(order);
      unregistered.push(...second.seam.unregistered);
    }
    const witnessed = await witnessOf(provider);
    const begun = head ? await durable.runsBegunBy(head.runId) : [];
    const found = { head, items: durable.ledger.all(), ...witnessed, begun: begun.length };
    const { verdict, what } = judge(scenario, found, crashAt !== undefined);
    const point = crashAt ? ` at ${first.seam.calls[crashAt.call] ?? '?'}` : '';
    return { calls: first.seam.calls, unregistered, verdict, what: what === undefined ? undefined : `${what}${point}` };
  } finally {
    provider.close();
  }
}

type Provider = ReturnType<typeof createTravelProvider>;

async function post(provider: Provider, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await provider.app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

async function witnessOf(provider: Provider): Promise<{ readonly booked: Bookings; readonly canceled: Bookings }> {
  const response = await provider.app.request('/ledger');
  const { counts, cancellations } = (await response.json()) as {
    readonly counts: Bookings;
    readonly cancellations: readonly { readonly service: keyof Bookings }[];
  };
  const canceled = { ...nothing };
  for (const { service } of cancellations) canceled[service] += 1;
  return { booked: counts, canceled };
}
