import { escalationPage, runAccepted, runView } from '../../core/contract/api.ts';
import type { AttestRequest } from '../../core/contract/api.ts';
import type { LedgerItem } from '../../core/model/effect.ts';
import type { Escalation } from '../../core/model/escalation.ts';
import { faults } from './project.ts';
import { createWorld } from './world.ts';

export const happened = {
  resolution: 'attest',
  happened: true,
  output: { sent: true },
  reason: 'it is in the outbox',
} as const satisfies AttestRequest;
export const didNot = {
  resolution: 'attest',
  happened: false,
  reason: 'the outbox has none',
} as const satisfies AttestRequest;

/** A call that is refused leaves nothing behind, but it has marked the item and taken the mark away. */
function unmarked(item: Escalation | undefined) {
  const { version: _, writeToken: __, deciding, ...rest } = item ?? {};
  return { ...rest, ...(deciding === undefined ? {} : { deciding }) };
}

/** A run of the playbook `greet` whose mail got no answer, so that a person has to say what became of it. */
export async function doubtful(fault: 'refused' | 'no answer' = 'no answer') {
  const world = createWorld();
  const { get, drive, ports, ask } = world;
  faults.set('ADA', fault);
  const body = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
  const { runId } = await get(runAccepted, '/v1/runs', { body });
  await drive();
  const path = `/v1/runs/${runId}`;
  const listed = async (status: string) => (await get(escalationPage, `/v1/escalations?status=${status}`)).items;
  const [escalation] = await listed('open');
  if (!escalation) throw new Error('nothing was escalated');
  const inbox = `/v1/escalations/${escalation.escalationId}`;
  const resolve = `${inbox}/resolve`;
  const ref = { tenantId: 'acme', skill: 'Mail:v1', runId, stepId: 'post', direction: 'F' } as const;
  const item = async (): Promise<LedgerItem> => {
    const found = await ports.ledger.read(ref);
    if (!found) throw new Error('the step has no ledger item');
    return found;
  };
  const everything = async () => ({
    head: await ports.runs.readHead({ tenantId: 'acme', runId }),
    item: await item(),
    escalation: unmarked(await ports.runs.readEscalation('acme', escalation.escalationId)),
    executions: world.engine.names(runId),
  });
  return {
    ...world,
    ...{ runId, path, escalation, inbox, resolve, listed, item, everything },
    show: () => get(runView, path),
    attest: (request: AttestRequest) => get(runAccepted, resolve, { body: request }),
    status: async (request: unknown, token?: string) =>
      (await ask(resolve, { body: request, ...(token === undefined ? {} : { token }) })).status,
  };
}
