import { catalogueFor } from '../authz/catalogue.ts';
import type { SkillFunctions } from '../authz/catalogue.ts';
import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { jsonSizeBytes } from '../model/json.ts';
import type { PlanRevision } from '../model/plan.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { AgentDefinition, Completed, PlaybookDefinition, Registry } from '../model/skill.ts';
import { foreignSteps, validatePlan } from '../model/validate-plan.ts';
import type { Ports } from '../ports/index.ts';
import type { WindowPlans } from './open-steps.ts';
import { planOf, stepsOver, windowSteps } from './open-steps.ts';
import type { RunReader } from './run-reader.ts';

const carryBytes = 1024;

export type Planned =
  /** `fresh`: written by this call, so nothing of it can have begun. */
  | { readonly kind: 'planned'; readonly plan: PlanRevision; readonly fresh: boolean }
  | { readonly kind: 'rejected'; readonly failure: Failure };

interface Proposal {
  readonly author: PlanRevision['author'];
  readonly reason: string;
  readonly steps: unknown;
  readonly output: Json | undefined;
  readonly final: boolean;
  readonly carry: Json | undefined;
}

/**
 * Makes the next plan revision of a run, validates it and writes it once. Deterministic up to its time stamp, so that
 * a crash before the head knew of it leads to the same revision again.
 */
export async function planNext(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  dependencies: {
    readonly ports: Pick<Ports, 'runs' | 'clock'>;
    readonly registry: Registry;
    readonly functions: SkillFunctions;
    readonly reader: RunReader;
  },
): Promise<Planned> {
  const { ports, registry, functions, reader } = dependencies;
  const revision = head.revision + 1;
  const written = await ports.runs.readPlan(head, revision);
  if (written) return { kind: 'planned', plan: written, fresh: false };

  const agent = registry.agents.get(head.agent);
  if (!agent) return rejected('bug', `the agent '${head.agent}' is not defined in this project`);
  const proposal = await propose(head, plans, request, agent, reader);
  if (proposal.kind === 'rejected') return proposal;

  const earlier = new Map(windowSteps(head, plans).map(({ step, revision: at }) => [step.id, at]));
  const { steps, output } = proposal.value;
  const draft = { steps, ...(output === undefined ? {} : { output }) };
  for (const stepId of foreignSteps(draft)) {
    if (earlier.has(stepId)) continue;
    const found = await reader.findStep(head, stepId, head.revision);
    if (found) earlier.set(stepId, found.revision);
  }
  const verdict = validatePlan(draft, {
    input: request.input,
    catalogue: catalogueFor(agent, registry, functions),
    earlier,
    settled: new Set(earlier.keys()),
    mayBeEmpty: proposal.value.final && head.revision > 0,
  });
  if (!verdict.ok) {
    const problems = verdict.problems.map((problem) => `${problem.stepId ?? 'plan'}: ${problem.message}`).join(' ');
    return rejected('hallucinated', `plan revision ${revision} was rejected: ${problems}`);
  }
  const plan: PlanRevision = {
    tenantId: head.tenantId,
    runId: head.runId,
    revision,
    basedOn: head.revision,
    author: proposal.value.author,
    reason: proposal.value.reason,
    createdAtMs: ports.clock.now(),
    steps: verdict.steps,
    imports: verdict.imports,
    ...(output === undefined ? {} : { output }),
    final: proposal.value.final,
    ...(proposal.value.carry === undefined ? {} : { carry: proposal.value.carry }),
  };
  const created = await ports.runs.createPlan(plan);
  if (created.written) return { kind: 'planned', plan, fresh: true };
  if (!created.current) throw new Error(`Plan revision ${revision} of ${head.runId} was neither written nor found.`);
  return { kind: 'planned', plan: created.current, fresh: false };
}

type Proposed = { readonly kind: 'proposed'; readonly value: Proposal } | Extract<Planned, { kind: 'rejected' }>;

async function propose(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  agent: AgentDefinition,
  reader: RunReader,
): Promise<Proposed> {
  if (request.plan) {
    const { steps, output } = request.plan;
    return proposed({
      author: 'human',
      reason: 'the plan of the request',
      steps,
      output,
      final: true,
      carry: undefined,
    });
  }
  const name = request.playbook;
  if (name === undefined)
    return rejected('bug', 'the run has neither a plan nor a playbook, and no model is configured');
  const playbook = Object.hasOwn(agent.playbooks, name) ? agent.playbooks[name] : undefined;
  if (!playbook) return rejected('bug', `the agent '${agent.name}' no longer has a playbook '${name}'`);
  const reason = `playbook ${name}`;
  if (playbook.plan.kind === 'fixed') {
    const { steps, output } = playbook.plan.draft;
    return proposed({ author: 'playbook', reason, steps, output, final: true, carry: undefined });
  }
  const completed = await completedSoFar(head, plans, reader);
  return askFunction(name, reason, playbook.plan.next, request.input, completed);
}

function askFunction(
  name: string,
  reason: string,
  next: Extract<PlaybookDefinition['plan'], { kind: 'function' }>['next'],
  input: Json,
  completed: Completed,
): Proposed {
  try {
    const { steps, done, output, carry } = next(input as never, completed);
    if (steps.length === 0 && !done)
      return rejected('bug', `playbook '${name}' returned no steps and did not say that it is done`);
    if (jsonSizeBytes(carry) > carryBytes) {
      return rejected(
        'bug',
        `playbook '${name}' wants to carry ${jsonSizeBytes(carry)} bytes; ${carryBytes} are allowed`,
      );
    }
    return proposed({ author: 'playbook', reason, steps: structuredClone(steps), output, final: done === true, carry });
  } catch (error) {
    return rejected(
      'bug',
      `playbook '${name}' threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }
}

/** What a playbook function is told: the last revision's outputs only, so that nothing grows with the run. */
async function completedSoFar(head: RunHead, plans: WindowPlans, reader: RunReader): Promise<Completed> {
  if (head.revision === 0) return { count: 0, revision: 0, outputs: {}, carry: null };
  const last = planOf(plans, head.revision);
  const outputs = await Promise.all(
    last.steps.map(async (step) => [step.id, await reader.output(head, step)] as const),
  );
  return {
    count: stepsOver(head),
    revision: head.revision,
    outputs: Object.fromEntries(outputs),
    carry: last.carry ?? null,
  };
}

function proposed(value: Proposal): Proposed {
  return { kind: 'proposed', value };
}

function rejected(failureClass: Failure['class'], message: string): Extract<Planned, { kind: 'rejected' }> {
  return { kind: 'rejected', failure: { class: failureClass, message } };
}
