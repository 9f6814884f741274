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

const agents = ['base', 'clerk', 'cashier', 'admin', 'senior', 'reader', 'idle', 'front', 'chief', 'teller'];

/** An order as Decide gave it, changed by somebody who can reach a skill host but neither the table nor its secrets. */
export function forged(
  how: Forgery,
  original: StepRequest,
  args: Json,
  { seed, isEarly, deepest }: { readonly seed: number; readonly isEarly: boolean; readonly deepest: string },
): Forged {
  const random = new Random(seed * 13 + how.length);
  // Whatever has run under a step's id is answered from the ledger.
  const stepId = isEarly ? original.stepId : `${original.stepId}-f${how}`.slice(0, 60);
  const fresh: StepRequest = { ...structuredClone(original), stepId };
  const release = '1.0.0';
  switch (how) {
    case 'otherBytes': {
      const value = changed(args, random);
      const again = random.chance(0.5)
        ? fresh
        : { ...fresh, stepId: original.stepId, occurrence: original.occurrence + 1 };
      return { request: { ...again, input: { kind: 'inline', value }, argsHash: jsonHash(value) }, release };
    }
    case 'bytesWithoutHash':
      return { request: { ...fresh, input: { kind: 'inline', value: changed(args, random) } }, release };
    case 'otherStep':
      return { request: { ...fresh, stepId: `${stepId}-o` }, release };
    case 'otherRun':
      return { request: { ...fresh, stepId: original.stepId, runId: `${original.runId.slice(0, -1)}z` }, release };
    case 'otherTenant': {
      const tenantId = random.pick(tenants.filter((one) => one !== original.tenantId));
      return { request: { ...fresh, stepId: original.stepId, tenantId }, release };
    }
    case 'otherAgent':
      return { request: { ...fresh, agent: random.pick(agents) }, release };
    case 'otherAction': {
      const own = Object.keys(otherActions).filter((name) => name.startsWith(`${original.skill}/`));
      const name = random.pick([...own, `${original.skill}/__proto__`, `${original.skill}/constructor`]);
      const value = otherActions[name] ?? args;
      const action = name.slice(original.skill.length + 1);
      return {
        request: { ...fresh, action, doubted: [], input: { kind: 'inline', value }, argsHash: jsonHash(value) },
        release,
      };
    }
    case 'otherRelease':
      return {
        request: { ...fresh, stepId: original.stepId, runId: `${original.runId.slice(0, -1)}y` },
        release: '1.1.0',
      };
    case 'pastExpiry':
      return { request: fresh, release, nowMs: random.pick([1_798_761_600_000, 1_801_483_200_000, 1_801_483_200_001]) };
    case 'otherSkillHash':
      return { request: { ...fresh, skillHash: `0${original.skillHash.slice(1)}` }, release };
    case 'deeper':
      return { request: { ...fresh, runId: deepest }, release };
  }
}

/** Arguments that each of these actions would take. */
const otherActions: Readonly<Record<string, Json>> = {
  'Bank:v1/transfer': { to: 'acc-66', amountCents: 1, currency: 'EUR' },
  'Bank:v1/balance': { account: 'acc-1' },
  'Bank:v1/refund': { order: 'o-1', amountCents: 100, express: true },
  'Mail:v1/send': { to: ['cn-u-0.'], subject: 's', body: 'b' },
  'Mail:v1/list': { folder: 'inbox' },
  'Users:v1/write': { id: 'ann', role: 'owner' },
  'Users:v2/read': { id: 'ann' },
  'Users:v2/write': { id: 'ann', roles: ['owner'] },
  'Users:v2/remove': { id: 'ann' },
  'Desk:v1/open': { room: 'r1', level: 9 },
  'Desk:v1/close': { room: 'r1', level: 1 },
  'Agent:v1/clerk': { playbook: 'scripted' },
  'Agent:v1/senior': { playbook: 'scripted' },
  'Agent:v1/admin': { playbook: 'pay', input: { account: 'acc-66', amountCents: 1 } },
  'Agent:v1/chief': { playbook: 'scripted' },
  'Notes:v1/write': { key: 'memo', value: 'cn-u-0.' },
};

const values: readonly unknown[] = ['cn-u-0.', 'acc-66', 50_001, 200_001, 9, 'USD', true, null, ['owner']];

function changed(args: Json, random: Random): Json {
  const copy = structuredClone(args);
  const places = placesIn(copy);
  if (places.length > 0) put(random.pick(places), random.pick(values));
  return copy;
}
