import { Problem } from '../contract/problems.ts';
import type { RunBudget } from '../model/budget.ts';
import { usdText } from '../model/budget.ts';
import { partKey } from '../model/agent-step.ts';
import { budgetOfRun } from '../model/run.ts';
import type { RunRequest } from '../model/run.ts';
import type { Ports } from '../ports/index.ts';

/**
 * Sets more aside in the account of the parent before a run that is a part of it may use more. Nothing for any other run.
 * Throws the problem `part-too-large` when the parent may not use so much itself. Repeating it is harmless.
 */
export async function enlargePart(
  { tenantId, runId, parent }: RunRequest,
  wanted: Pick<RunBudget, 'usdMicros' | 'tokens'>,
  ports: Pick<Ports, 'runs' | 'spend'>,
): Promise<void> {
  if (!parent || (wanted.usdMicros === undefined && wanted.tokens === undefined)) return;
  const above = { tenantId, runId: parent.runId };
  const [head, request] = await Promise.all([ports.runs.readHead(above), ports.runs.readRequest(above)]);
  if (!head || !request) throw new Error(`Run ${parent.runId}, of which ${runId} is a part, is not in the table.`);
  const refusal = await ports.spend.enlarge(above, partKey(parent), wanted, budgetOfRun(head, request));
  if (!refusal) return;
  const amount = (one: number): string =>
    refusal.unit === 'usdMicros'
      ? `${usdText(one)} USD`
      : `${one} ${refusal.unit === 'tokens' ? 'tokens' : 'open calls'}`;
  throw new Problem(
    'part-too-large',
    `Run '${runId}' is a part of run '${parent.runId}', which may use ${amount(refusal.allowed)} and has used or set aside ${amount(refusal.used)} besides; ${amount(refusal.wanted)} more do not fit. Resume '${parent.runId}' with a larger budget first, or give this one less.`,
  );
}
