import type { Principal } from '../authz/principal.ts';
import type { BreakerPage, BreakerView } from '../contract/api.ts';
import { Problem } from '../contract/problems.ts';
import type { Breaker } from '../model/breaker.ts';
import { byHand, healthOf, healthy } from '../model/breaker.ts';
import { StoreUnavailable } from '../model/failure.ts';
import type { Registry } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { isoTime } from './iso-time.ts';
import { modelDependency } from './model-chain.ts';

export type BreakerPorts = Pick<Ports, 'breakers' | 'clock' | 'ids'>;

const writeTries = 10;
const writeBackoffMs = 20;

type KnownBreaker = Pick<BreakerView, 'breakerId' | 'kind' | 'dependency' | 'usedBy'>;

/** The breakers of the project, dependencies first, by name: those of its skills and of the models of its agents. */
export async function listBreakers(registry: Registry, { breakers, clock }: BreakerPorts): Promise<BreakerPage> {
  const known = knownBreakers(registry);
  const stored = await breakers.readMany(known.map(({ breakerId }) => breakerId));
  const byName = new Map(stored.map((breaker) => [breaker.dependency, breaker]));
  const items = known.map((one) => viewOf(one, byName.get(one.breakerId), clock.now()));
  return { items, nextCursor: null };
}

/**
 * Isolates a breaker, so that nobody calls its dependency until a person closes it, or closes it, whatever its state. The
 * record keeps who did so, why and when. Throws the problem `unknown-breaker`, and StoreUnavailable.
 */
export async function setBreaker(
  call: {
    readonly principal: Principal;
    readonly breakerId: string;
    readonly act: 'isolated' | 'closed';
    readonly reason: string;
  },
  registry: Registry,
  { breakers, clock, ids }: BreakerPorts,
): Promise<BreakerView> {
  const { breakerId, act, reason } = call;
  const known = knownBreakers(registry).find((one) => one.breakerId === breakerId);
  if (!known) {
    const detail = `There is no breaker '${breakerId.slice(0, 80)}'. GET /v1/breakers lists the breakers there are.`;
    throw new Problem('unknown-breaker', detail);
  }
  let current = await breakers.read(breakerId);
  for (let tries = 1; tries <= writeTries; tries += 1) {
    const record = { act, by: call.principal.subject, reason, atMs: clock.now() };
    const next = byHand(record, current, { dependency: breakerId, writeToken: ids.token() });
    const answer = await breakers.write(next, current?.writeToken);
    if (answer.written) return viewOf(known, next, clock.now());
    current = answer.current;
    await clock.sleep(Math.ceil(ids.fraction() * writeBackoffMs * tries));
  }
  throw new StoreUnavailable(
    'breakers.write',
    new Error(`the breaker of '${breakerId}' was changed by others ${writeTries} times`),
  );
}

function knownBreakers({ skills, agents }: Registry): KnownBreaker[] {
  const dependencies = [...skills.values()].flatMap(({ id, dependency }) =>
    dependency === undefined ? [] : [{ name: dependency, user: id }],
  );
  const models = [...agents.values()].flatMap(({ name: user, models = [] }) => models.map((name) => ({ name, user })));
  return [...named('dependency', dependencies, (dependency) => dependency), ...named('model', models, modelDependency)];
}

function named(
  kind: BreakerView['kind'],
  uses: readonly { readonly name: string; readonly user: string }[],
  idOf: (dependency: string) => string,
): KnownBreaker[] {
  return [...Map.groupBy(uses, ({ name }) => name)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([dependency, users]) => ({
      ...{ breakerId: idOf(dependency), kind, dependency },
      usedBy: [...new Set(users.map(({ user }) => user))].toSorted(),
    }));
}

function viewOf(known: KnownBreaker, stored: Breaker | undefined, nowMs: number): BreakerView {
  const state = stored ?? healthy;
  const outcomes = state.state === 'closed' ? state.outcomes : '';
  const openUntilMs = state.state === 'open' ? state.untilMs : undefined;
  return {
    ...known,
    state: healthOf(state, nowMs),
    ...(stored?.sinceMs === undefined ? {} : { since: isoTime(stored.sinceMs) }),
    ...(openUntilMs === undefined ? {} : { openUntil: isoTime(openUntilMs) }),
    calls: outcomes.length,
    failures: outcomes.split('-').length - 1,
    ...(stored?.byHand ? { byHand: handOf(stored.byHand) } : {}),
  };
}

function handOf({ atMs, ...act }: NonNullable<Breaker['byHand']>): NonNullable<BreakerView['byHand']> {
  return { ...act, at: isoTime(atMs) };
}
