import type { StepRequest } from '../../core/contract/machine.ts';
import { jsonHash } from '../../core/model/json.ts';
import type { Json } from '../../core/model/json.ts';
import type { Forgery } from './attack.ts';
import { placesIn, put } from './attacks/tampering.ts';
import { tenants } from './fixture/agents.ts';
import { Random } from './random.ts';

export interface Forged {
  readonly request: StepRequest;
  /** Of the code that is given the order. */
  readonly release: '1.0.0' | '1.1.0';
  readonly nowMs?: number;
}

const agents = ['base', 'clerk', 'cashier', 'admin', 'senior', 'reader', 'idle'];

/** An order as Decide gave it, changed by somebody who can reach a skill host but neither the table nor its secrets. */
export async function forged(how: Forgery, original: StepRequest, args: Json, seed: number): Promise<Forged> {
  const random = new Random(seed * 13 + how.length);
  const fresh: StepRequest = { ...structuredClone(original), stepId: `${original.stepId}-f${how}`.slice(0, 60) };
  const release = '1.0.0';
  switch (how) {
    case 'otherBytes': {
      const value = changed(args, random);
      const again = random.chance(0.5) ? fresh : { ...fresh, stepId: original.stepId, occurrence: original.occurrence + 1 };
      return { request: { ...again, input: { kind: 'inline', value }, argsHash: jsonHash(value) }, release };
    }
    case 'bytesWithoutHash':
      return { request: { ...fresh, input: { kind: 'inline', value: changed(args, random) } }, release };
    case 'otherStep':
      return { request: fresh, release };
    case 'otherRun':
      return { request: { ...fresh, stepId: original.stepId, runId: `${original.runId.slice(0, -1)}z` }, release };
    case 'otherTenant': {
      const tenantId = random.pick(tenants.filter((one) => one !== original.tenantId));
      return { request: { ...fresh, stepId: original.stepId, tenantId }, release };
    }
    case 'otherAgent':
      return { request: { ...fresh, agent: random.pick(agents) }, release };
    case 'otherAction': {
      const action = random.pick(['transfer', 'remove', 'write', 'close', 'refund', '__proto__', 'constructor', 'toString']);
      return { request: { ...fresh, action }, release };
    }
    case 'otherRelease':
      return { request: { ...fresh, stepId: original.stepId, runId: `${original.runId.slice(0, -1)}y` }, release: '1.1.0' };
    case 'pastExpiry':
      return { request: fresh, release, nowMs: random.pick([1_798_761_600_000, 1_801_483_200_000, 1_801_483_200_001]) };
    case 'otherSkillHash':
      return { request: { ...fresh, skillHash: `0${original.skillHash.slice(1)}` }, release };
  }
}

const values: readonly unknown[] = ['cn-u-0.', 'acc-66', 50_001, 200_001, 9, 'USD', true, null, ['owner']];

function changed(args: Json, random: Random): Json {
  const copy = structuredClone(args);
  const places = placesIn(copy);
  if (places.length > 0) put(random.pick(places), random.pick(values));
  return copy;
}
