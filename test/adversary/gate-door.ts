import type { RunIdentity } from '../../core/contract/machine.ts';
import type { Trust } from '../../core/model/trust.ts';
import type { PlanRevision } from '../../core/model/plan.ts';
import { validatePlan } from '../../core/model/validate-plan.ts';
import { catalogueFor } from '../../core/authz/catalogue.ts';
import { foreignSteps } from '../../core/model/validate-plan.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import type { AttackedPlatform } from './attacked-platform.ts';

export interface Proposal {
  readonly author: 'planner' | 'human';
  readonly steps: unknown;
  readonly read: Trust;
  readonly final: boolean;
}

/** Proposes a plan for a run, through the gate of the engine. True when it was accepted. */
export async function propose(platform: AttackedPlatform, run: RunIdentity, proposal: Proposal): Promise<boolean> {
  const { runs, clock } = platform.ports;
  const head = await runs.readHead(run);
  const request = await runs.readRequest(run);
  if (!head || !request) throw new Error('no run');
  const reader = new RunReader(platform.ports);
  const agent = platform.site.registries['1.0.0'].agents.get(run.agent);
  if (!agent) return false;
  const earlier = new Map<string, number>();
  for (let at = 1; at <= head.revision; at += 1) {
    for (const step of (await reader.plan(head, at)).steps) earlier.set(step.id, at);
  }
  const draft = { steps: proposal.steps };
  foreignSteps(draft);
  const verdict = validatePlan(draft, {
    input: request.input,
    catalogue: catalogueFor(agent, platform.site.registries['1.0.0'], platform.functions, 'judged'),
    earlier,
    settled: new Set(earlier.keys()),
    mayBeEmpty: false,
  });
  if (!verdict.ok) return false;
  const plan: PlanRevision = {
    tenantId: run.tenantId,
    runId: run.runId,
    revision: head.revision + 1,
    basedOn: head.revision,
    author: proposal.author,
    reason: 'proposed',
    createdAtMs: clock.now(),
    steps: verdict.steps,
    imports: verdict.imports,
    final: proposal.final,
  };
  return (await runs.createPlan(plan)).written;
}

