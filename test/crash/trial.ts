import { createTravelProvider } from '../../examples/travel-provider/app.ts';
import type { Json } from '../../core/model/json.ts';
import type { RunHead } from '../../core/model/run.ts';
import type { Registry } from '../../core/model/skill.ts';
import { Durable } from './durable.ts';
import { judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import type { Scenario } from './scenario.ts';
import type { CrashAt } from './seam.ts';
import { World } from './world.ts';

/** `laptop`: knows which processes are dead. `cloud`: has to wait for their leases. */
export type Platform = 'laptop' | 'cloud';

export interface Trial {
  /** What each process called, in the order of their lives. */
  readonly calls: readonly (readonly string[])[];
  readonly unregistered: readonly string[];
  readonly verdict: Verdict;
  readonly what: string | undefined;
}

/**
 * One run of a scenario. The first process dies at the first crash, the one that comes after it at the second, and so on;
 * the last one lives. A process that is over before its crash is the last one.
 *
 * @param look at what the run has left behind
 */
export async function trial(
  scenario: Scenario,
  registry: Registry,
  input: Json,
  crashes: readonly CrashAt[],
  platform: Platform,
  look: (durable: Durable, head: RunHead) => Promise<void> = nobodyLooks,
): Promise<Trial> {
  const provider = createTravelProvider({ databasePath: ':memory:', clock: () => durable.nowMs() });
  const durable = new Durable(provider, scenario);
  try {
    for (const fault of scenario.faults) await post(provider, '/faults', fault);
    const lives: World[] = [];
    let head: RunHead | undefined;
    for (const crashAt of [...crashes, undefined]) {
      const epoch = platform === 'laptop' ? `life-${lives.length + 1}` : undefined;
      const world = new World(durable, registry, scenario, { epoch, crashAt });
      lives.push(world);
      const driven = world.drive(input);
      // Without a crash, what goes wrong in the process itself shall be seen.
      head = crashAt ? await Promise.race([driven, world.seam.crashed.then(() => undefined)]) : await driven;
      if (head) break;
    }
    if (head) await look(durable, head);
    const { counts, canceled } = await durable.book();
    const begun = head ? await durable.runsBegunBy(head.runId) : [];
    const asks = head ? await durable.asksOf(head.runId) : [];
    const about = { begun: begun.length, asks: asks.length };
    const found = { head, items: durable.ledger.all(), booked: counts, canceled, ...about };
    const { verdict, what } = judge(scenario, found, lives.length > 1);
    const points = crashes.map(({ call }, life) => lives[life]?.seam.calls[call] ?? '?').join(', then ');
    return {
      calls: lives.map(({ seam }) => seam.calls),
      unregistered: lives.flatMap(({ seam }) => [...seam.unregistered]),
      verdict,
      what: what === undefined ? undefined : `${what}${points === '' ? '' : ` at ${points}`}`,
    };
  } finally {
    provider.close();
  }
}

async function nobodyLooks(): Promise<void> {}

async function post(provider: ReturnType<typeof createTravelProvider>, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await provider.app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}
