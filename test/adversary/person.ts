import type { EscalationNotice } from '../../core/model/escalation.ts';
import type { Json } from '../../core/model/json.ts';
import { skillHashOf } from '../../core/model/skill-contract.ts';
import { openEscalation } from '../../core/operations/open-escalation.ts';
import { resolveEscalation } from '../../core/operations/resolve-escalation.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import type { Attack } from './attack.ts';
import type { AttackedPlatform } from './attacked-platform.ts';
import { releases } from './attacked-platform.ts';
import type { Oracle } from './oracle/judge.ts';

/** What a person said to an inbox item. `unanswered`: nothing that lets the run go on. */
export type Answer = 'approved' | 'rejected' | 'unanswered';

/** Shows a person what the run waits for, and does what he decides. The oracle learns what he has seen, not what was meant. */
export async function askPerson(
  notice: EscalationNotice,
  person: Attack['person'],
  platform: AttackedPlatform,
  oracle: Pick<Oracle, 'approved'>,
): Promise<Answer> {
  if (notice.kind !== 'approval' || person === 'absent') return 'unanswered';
  const { ports, site } = platform;
  const { tenantId, escalationId } = notice;
  await openEscalation({ notice, taskToken: 'token' }, ports);
  const shown = await ports.runs.readEscalation(tenantId, escalationId);
  if (!shown?.approval || shown.stepId === undefined) throw new Error('The inbox does not say what is to be approved.');
  const { skill, action, skillHash, arguments: placed } = shown.approval;
  const args = placed.kind === 'inline' ? placed.value : (JSON.parse(await ports.blobs.get(placed.key)) as Json);
  if (person === 'approves') {
    const release = releases.find((one) => {
      const known = platform.skill(skill, one);
      return known && skillHashOf(known) === skillHash;
    });
    const { runId, stepId } = shown;
    oracle.approved({ tenantId, runId, stepId, skill, action, args }, release ?? 'unknown');
  }
  const resolution = person === 'approves' ? 'approve' : 'reject';
  const principal = { tenantId, subject: 'ann', scopes: new Set(['inbox:resolve'] as const) };
  await resolveEscalation(
    { principal, escalationId, request: { resolution, reason: 'I have looked at it.' } },
    {
      ...{ ports, registry: site.registries[releases[0]], reader: new RunReader(ports) },
      ...{ authorizer: site.authorizer, functions: { arnOf: (id) => `arn:${id}` } },
    },
  );
  return person === 'approves' ? 'approved' : 'rejected';
}
