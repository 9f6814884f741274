import type { RunIdentity } from '../../core/contract/machine.ts';
import type { Json } from '../../core/model/json.ts';
import type { Trust } from '../../core/model/trust.ts';
import { acceptProposal } from '../../core/operations/accept-proposal.ts';
import { RunReader } from '../../core/operations/run-reader.ts';
import type { Deployment } from './attack.ts';
import type { AttackedPlatform, Release } from './attacked-platform.ts';

/** A plan that somebody wants a run to follow. */
export interface Proposal {
  readonly author: 'planner' | 'human' | 'playbook';
  readonly steps: unknown;
  /** How far the worst may be believed that its author had read. */
  readonly read: Trust;
  readonly final: boolean;
  /** Of the run, with references; none when left out. */
  readonly output?: Json;
}

/** Proposes a plan for a run, through the gate of the engine. True when it was accepted. */
export async function propose(
  platform: AttackedPlatform,
  run: RunIdentity,
  { author, steps, read, final, output }: Proposal,
  release: Release,
  deployment: Deployment = 'plain',
): Promise<boolean> {
  const { ports, site, functions } = platform;
  const registry = platform.registry(release, deployment);
  const head = await ports.runs.readHead(run);
  const request = await ports.runs.readRequest(run);
  const agent = registry.agents.get(run.agent);
  if (!head || !request || !agent) throw new Error(`Run ${run.runId} is not there.`);
  const reader = new RunReader(ports);
  const planned = await acceptProposal(
    { author, steps, read, final, reason: 'It was proposed.', output, carry: undefined },
    { head, plans: await reader.windowPlans(head), request, agent },
    { ports, registry, functions, authorizer: site.authorizer, reader },
  );
  return planned.kind === 'planned' && planned.fresh;
}
