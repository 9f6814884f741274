import * as z from 'zod';
import { createTravelProvider } from '../../examples/travel-provider/app.ts';
import { fetchTravel } from '../../examples/travel-provider/connection.ts';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import type { LedgerItem } from '../../core/model/effect.ts';
import type { Json } from '../../core/model/json.ts';
import type { RunHead } from '../../core/model/run.ts';
import type { Registry } from '../../core/model/skill.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { defineAgent, definePlaybook } from '../../core/sdk/index.ts';
import type { CrashAt } from './seam.ts';
import { Durable } from './durable.ts';
import { ioPoints } from './seam.ts';
import { World } from './world.ts';

/** What the campaign is about: a run, and how the provider behaves. */
export interface Scenario {
  readonly name: string;
  readonly agent: string;
  readonly playbook: string;
  /** Runs that the run begins. */
  readonly begins: number;
  readonly books: Bookings;
  readonly faults: readonly { readonly service: string; readonly fault: string; readonly times: number }[];
}

/** Hands a stay on to the hotel desk. */
const travelDesk = defineAgent({
  name: 'travel-desk',
  description: 'Lets the hotel desk do it.',
  grants: ['Agent:v1/hotel-desk'],
  deadline: '7d',
  playbooks: {
    stay: definePlaybook({
      description: 'Have a stay booked.',
      input: z.looseObject({}),
      steps: [
        {
          id: 'stay',
          skill: agentSkillId,
          action: 'hotel-desk',
          input: { playbook: 'book-stay', input: '${input}' },
          why: 'Stays are what it is for.',
        },
      ],
      output: '${steps.stay.output.result}',
    }),
  },
});
const hotelDesk = defineAgent({
  name: 'hotel-desk',
  description: 'Books stays.',
  grants: ['HotelBooking:v1/book'],
  deadline: '7d',
  playbooks: {
    'book-stay': definePlaybook({
      description: 'Book a stay.',
      input: z.looseObject({}),
      steps: [
        {
          id: 'book-hotel',
          skill: 'HotelBooking:v1',
          action: 'book',
          input: {
            ...{ city: '${input.to}', checkIn: '${input.departOn}', checkOut: '${input.returnOn}' },
            ...{ guests: '${input.travellers}', preferences: '${input.hotel}' },
          },
          why: 'A stay is wanted.',
        },
      ],
      output: '${steps.book-hotel.output}',
    }),
  },
});

/** The project with an agent that hands on to another. */
function withDesks(registry: Registry): Registry {
  const desks = [travelDesk, hotelDesk].map((agent) => [agent.name, agent] as const);
  const agents = new Map([...registry.agents, ...desks]);
  return withDelegation({ ...registry, agents }, agentSkill({ agents }));
}

interface Bookings {
  readonly flights: number;
  readonly hotels: number;
  readonly cars: number;
}

const wholeTrip = { flights: 1, hotels: 1, cars: 1 };
const trip = { agent: 'trip-planner', playbook: 'book-trip', begins: 0, books: wholeTrip };
const stay = { agent: travelDesk.name, playbook: 'stay', begins: 1, books: { flights: 0, hotels: 1, cars: 0 } };

export const scenarios: readonly Scenario[] = [
  { name: 'trip', ...trip, faults: [] },
  { name: 'trip-hotel-answer-lost', ...trip, faults: [{ service: 'hotels', fault: 'apply-then-drop', times: 1 }] },
  { name: 'trip-flight-answer-lost', ...trip, faults: [{ service: 'flights', fault: 'apply-then-drop', times: 1 }] },
  { name: 'stay-handed-on', ...stay, faults: [] },
  { name: 'stay-handed-on-answer-lost', ...stay, faults: [{ service: 'hotels', fault: 'apply-then-drop', times: 1 }] },
];

export interface Report {
  /** I/O points that are known, and how many calls the crash-free run made through them. */
  readonly points: number;
  readonly calls: number;
  readonly unregistered: readonly string[];
  readonly runs: number;
  readonly lost: number;
  readonly duplicate: number;
  readonly failedButDone: number;
  readonly doneButNot: number;
  readonly needlessDoubt: number;
  readonly failures: readonly { readonly seed: string; readonly what: string }[];
}

type Verdict = Pick<Report, 'lost' | 'duplicate' | 'failedButDone' | 'doneButNot' | 'needlessDoubt'>;

const innocent: Verdict = { lost: 0, duplicate: 0, failedButDone: 0, doneButNot: 0, needlessDoubt: 0 };
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
    const { agent, playbook } = scenario;
    const order = { agent, playbook, input, key: 'the-trip' };
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
    const booked = await bookingsOf(provider);
    const begun = head ? await durable.runsBegunBy(head.runId) : [];
    const found = { head, items: durable.ledger.all(), booked, begun: begun.length };
    const { verdict, what } = judge(scenario, found, crashAt !== undefined);
    const point = crashAt ? ` at ${first.seam.calls[crashAt.call] ?? '?'}` : '';
    return { calls: first.seam.calls, unregistered, verdict, what: what === undefined ? undefined : `${what}${point}` };
  } finally {
    provider.close();
  }
}

const services = ['flights', 'hotels', 'cars'] as const;
const serviceOf = { FlightBooking: 'flights', HotelBooking: 'hotels', CarDesk: 'cars' } as const;
const effects = new Set(['FlightBooking:v1', 'HotelBooking:v1', 'CarDesk:v1']);

/** What there is when the run rests. */
interface Found {
  readonly head: RunHead | undefined;
  readonly items: readonly LedgerItem[];
  readonly booked: Bookings;
  /** Runs that the run has begun. */
  readonly begun: number;
}

/** The oracle: the provider's own book against what the ledger and the head say. */
function judge(
  scenario: Scenario,
  { head, items, booked, begun }: Found,
  crashed: boolean,
): { verdict: Verdict; what: string | undefined } {
  const found: { kind: keyof Verdict; what: string }[] = [];
  const add = (kind: keyof Verdict, what: string): void => {
    found.push({ kind, what });
  };
  if (!head) add('lost', 'the run neither ended nor came to rest with a person');
  for (const [service, count] of Object.entries(booked))
    if (count > 1) add('duplicate', `${count} ${service} were booked`);
  if (begun > scenario.begins) add('duplicate', `${begun} runs were begun`);
  for (const item of items.filter(({ skill, stepId }) => effects.has(skill) && !stepId.includes('search'))) {
    const name = item.skill.split(':')[0] as keyof typeof serviceOf;
    const count = booked[serviceOf[name]];
    if (item.status === 'FAILED' && count > 0) add('failedButDone', `${item.skill} is reported failed, and was booked`);
    if (item.status === 'DONE' && count === 0) add('doneButNot', `${item.skill} is reported done, and was not booked`);
    if (item.status === 'IN_DOUBT' && (name !== 'CarDesk' || !crashed))
      add('needlessDoubt', `${item.skill} is in doubt`);
  }
  if (head?.status === 'completed' && services.some((one) => booked[one] !== scenario.books[one])) {
    add('doneButNot', `the run completed with ${JSON.stringify(booked)}`);
  }
  if (head && head.status !== 'completed' && !items.some(({ status }) => status === 'IN_DOUBT')) {
    add(
      'lost',
      `the run rests as ${head.status}${head.waitingFor ? ` (${head.waitingFor.reason})` : ''} with nothing in doubt`,
    );
  }
  const verdict = { ...innocent };
  for (const { kind } of found) (verdict as Record<keyof Verdict, number>)[kind] += 1;
  return { verdict, what: found.length === 0 ? undefined : found.map(({ what }) => what).join('; ') };
}

type Provider = ReturnType<typeof createTravelProvider>;

async function post(provider: Provider, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await provider.app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

async function bookingsOf(provider: Provider): Promise<Bookings> {
  const response = await provider.app.request('/ledger');
  return ((await response.json()) as { counts: Bookings }).counts;
}
