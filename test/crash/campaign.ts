import type { Json } from '../../core/model/json.ts';
import type { Registry } from '../../core/model/skill.ts';
import { Random } from '../adversary/random.ts';
import { withDesks } from './desks.ts';
import { promises } from './judge.ts';
import type { Verdict } from './judge.ts';
import type { Scenario } from './scenario.ts';
import type { CrashAt } from './seam.ts';
import { ioPoints } from './seam.ts';
import { trial } from './trial.ts';
import type { Platform, Trial } from './trial.ts';

/** What a campaign has found, in the words of DESIGN section 14. */
export interface Report extends Verdict {
  /** I/O points that are known, and how many calls the crash-free run made through them. */
  readonly points: number;
  readonly calls: number;
  readonly unregistered: readonly string[];
  readonly runs: number;
  readonly failures: readonly { readonly seed: string; readonly what: string }[];
}

/** One run: which processes die where, on which platform. */
export interface Plan {
  readonly crashes: readonly CrashAt[];
  readonly platform: Platform;
}

/** Runs at once: they mostly wait. */
const atOnce = 8;
const platforms = ['laptop', 'cloud'] as const;
const moments = ['before', 'after'] as const;

export class Campaign {
  readonly #scenario: Scenario;
  readonly #registry: Registry;
  readonly #input: Json;
  #calls: Promise<number> | undefined;

  /** @param registry of this repository */
  constructor(scenario: Scenario, registry: Registry, input: Json) {
    this.#scenario = scenario;
    this.#registry = withDesks(registry);
    this.#input = input;
  }

  /** Calls of the run in which nobody dies. */
  calls(): Promise<number> {
    this.#calls ??= this.#trial({ crashes: [], platform: 'laptop' }).then(({ calls }) => calls[0]?.length ?? 0);
    return this.#calls;
  }

  /** Without a crash, and with one before and after every call, on both platforms. */
  async singles(): Promise<Plan[]> {
    const calls = await this.calls();
    return [
      ...platforms.map((platform) => ({ crashes: [], platform })),
      ...crashesIn(calls).flatMap((crash) => platforms.map((platform) => ({ crashes: [crash], platform }))),
    ];
  }

  /** As `singles`, but crashes at one call on one platform only, and on the other one at the next: half of the runs. */
  async alternating(): Promise<Plan[]> {
    const calls = await this.calls();
    return [
      ...platforms.map((platform) => ({ crashes: [], platform })),
      ...crashesIn(calls).map((crash): Plan => ({
        crashes: [crash],
        platform: crash.call % 2 === 0 ? 'laptop' : 'cloud',
      })),
    ];
  }

  /**
   * Every crash of the first process with every crash of the second one, on the platform that knows its dead. A crash before
   * a call leaves the same behind as one after the call before it, so one moment of each is enough.
   */
  async *pairs(): AsyncGenerator<Plan[]> {
    for (const first of crashesAfter(await this.calls())) {
      const once = await this.#trial({ crashes: [first], platform: 'laptop' });
      const second = crashesAfter(once.calls[1]?.length ?? 0);
      yield second.map((crash) => ({ crashes: [first, crash], platform: 'laptop' }));
    }
  }

  /** Three crashes, in three processes, as the seed has it. */
  async triple(seed: number): Promise<Plan> {
    const random = new Random(seed);
    const calls = await this.calls();
    const crash = (): CrashAt => ({ call: random.below(calls), when: random.pick(moments) });
    return { crashes: [crash(), crash(), crash()], platform: random.pick(platforms) };
  }

  /** Carries the runs out, several at once. */
  async play(plans: readonly Plan[], stop: { readonly atFirst: boolean } = { atFirst: false }): Promise<Report> {
    const { fetch } = globalThis;
    const bypassed = new Set<string>();
    globalThis.fetch = () => {
      bypassed.add('fetch without a port');
      return Promise.reject(new Error('The harness lets nobody reach the network past the ports.'));
    };
    try {
      const played: { readonly seed: string; readonly trial: Trial }[] = [];
      for (let from = 0; from < plans.length; from += atOnce) {
        const batch = plans.slice(from, from + atOnce);
        played.push(
          ...(await Promise.all(
            batch.map(async (plan) => ({ seed: seedOf(this.#scenario, plan), trial: await this.#trial(plan) })),
          )),
        );
        if (stop.atFirst && played.some(({ trial: { what } }) => what !== undefined)) break;
      }
      return reportOf(await this.calls(), played, bypassed);
    } finally {
      globalThis.fetch = fetch;
    }
  }

  #trial({ crashes, platform }: Plan): Promise<Trial> {
    return trial(this.#scenario, this.#registry, this.#input, crashes, platform);
  }
}

function crashesIn(calls: number): CrashAt[] {
  return Array.from({ length: calls }, (_, call) => moments.map((when) => ({ call, when }))).flat();
}

function crashesAfter(calls: number): CrashAt[] {
  return Array.from({ length: calls }, (_, call) => ({ call, when: 'after' }));
}

/** Names a run so that it can be played again: `trip:12.before+3.after:cloud`. */
export function seedOf({ name }: Pick<Scenario, 'name'>, { crashes, platform }: Plan): string {
  const points = crashes.map(({ call, when }) => `${call}.${when}`).join('+');
  return `${name}:${points === '' ? 'calm' : points}:${platform}`;
}

/** The run that a seed names; undefined when it names none. */
export function planOf(seed: string): (Plan & { readonly scenario: string }) | undefined {
  const parts = /^([a-z-]+):((?:\d+\.(?:before|after)\+?)+|calm):(laptop|cloud)$/.exec(seed);
  if (!parts) return undefined;
  const [, scenario = '', points = '', platform] = parts;
  const crashes =
    points === 'calm'
      ? []
      : points.split('+').map((point) => {
          const [call, when] = point.split('.');
          return { call: Number(call), when: when === 'after' ? ('after' as const) : ('before' as const) };
        });
  return { scenario, crashes, platform: platform === 'cloud' ? 'cloud' : 'laptop' };
}

function reportOf(
  calls: number,
  played: readonly { readonly seed: string; readonly trial: Trial }[],
  bypassed: ReadonlySet<string>,
): Report {
  const counts = Object.fromEntries(
    promises.map((promise) => [promise, played.reduce((sum, { trial: { verdict } }) => sum + verdict[promise], 0)]),
  ) as unknown as Verdict;
  return {
    ...{ points: ioPoints.length, calls, runs: played.length, ...counts },
    unregistered: [...new Set([...bypassed, ...played.flatMap(({ trial: one }) => one.unregistered)])],
    failures: played.flatMap(({ seed, trial: { what } }) => (what === undefined ? [] : [{ seed, what }])),
  };
}

/** Of parts of one campaign. */
export function sumOf(reports: readonly Report[]): Report {
  const sum = (promise: (typeof promises)[number] | 'runs'): number =>
    reports.reduce((total, report) => total + report[promise], 0);
  return {
    points: ioPoints.length,
    calls: reports[0]?.calls ?? 0,
    runs: sum('runs'),
    ...(Object.fromEntries(promises.map((promise) => [promise, sum(promise)])) as unknown as Verdict),
    unregistered: [...new Set(reports.flatMap(({ unregistered }) => unregistered))],
    failures: reports.flatMap(({ failures }) => failures),
  };
}
