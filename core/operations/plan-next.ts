import type { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { jsonSizeBytes } from '../model/json.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import type { AgentDefinition, Completed, PlaybookDefinition } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import { leastTrusted } from '../model/trust.ts';
import { acceptProposal } from './accept-proposal.ts';
import type { AcceptDependencies, Planned, Proposal } from './accept-proposal.ts';
import type { OpenStep } from './decision.ts';
import { planOf, stepsOver } from './open-steps.ts';
import type { WindowPlans } from './open-steps.ts';
import { GoalPlanner } from './plan-goal.ts';
import type { GoalRun } from './plan-goal.ts';
import type { RunReader } from './run-reader.ts';

const carryBytes = 1024;

/**
 * Makes the next plan revision of a run, validates it and writes it once. Deterministic up to its time stamp, so that
 * a crash before the head knew of it leads to the same revision again.
 */
export async function planNext(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  dependencies: AcceptDependencies,
  failed: readonly OpenStep[] = [],
): Promise<Planned> {
  const written = await dependencies.ports.runs.readPlan(head, head.revision + 1);
  if (written) return { kind: 'planned', plan: written, fresh: false };

  const agent = dependencies.registry.agents.get(head.agent);
  if (!agent) return rejected('bug', `the agent '${head.agent}' is not defined in this project`);
  if (request.plan === undefined && request.playbook === undefined) {
    return planForGoal({ head, plans, request, agent, failed }, dependencies);
  }
  const proposal = await propose(head, plans, request, agent, dependencies.reader);
  if (proposal.kind === 'rejected') return proposal;
  return acceptProposal(proposal.value, { head, plans, request, agent }, dependencies);
}

/** A model plans. A plan that the gate rejects goes back to it, with what was wrong. */
async function planForGoal(run: GoalRun, dependencies: AcceptDependencies): Promise<Planned> {
  const planner = new GoalPlanner(run, dependencies.registry, dependencies.reader);
  let goal = await planner.next();
  for (;;) {
    if (goal.kind === 'declined') return goal;
    if (goal.kind === 'stuck') return rejected('hallucinated', goal.reason);
    if (goal.kind === 'wrong') {
      goal = await planner.again([goal.problem]);
      continue;
    }
    const planned = await acceptProposal(goal.value, run, dependencies);
    // What the engine itself asks for is never the model's fault.
    if (planned.kind !== 'rejected' || goal.value.author !== 'planner') return planned;
    if (planned.failure.class === 'budgetExceeded') return planned;
    goal = await planner.again(planned.problems ?? [planned.failure.message]);
  }
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
    const byModel = request.planAuthor === 'model';
    return proposed({
      author: byModel ? 'planner' : 'human',
      read: 'trusted',
      reason: byModel ? 'the plan of the request, which a model wrote' : 'the plan of the request',
      steps,
      output,
      final: true,
      carry: undefined,
    });
  }
  const name = request.playbook ?? '';
  const playbook = Object.hasOwn(agent.playbooks, name) ? agent.playbooks[name] : undefined;
  if (!playbook) return rejected('bug', `the agent '${agent.name}' no longer has a playbook '${name}'`);
  const reason = `playbook ${name}`;
  if (playbook.plan.kind === 'fixed') {
    const { steps, output } = playbook.plan.draft;
    return proposed({ author: 'playbook', read: 'trusted', reason, steps, output, final: true, carry: undefined });
  }
  const { completed, read } = await completedSoFar(head, plans, request, reader);
  return askFunction(name, reason, playbook.plan.next, request.input, completed, read);
}

/** What a playbook function wants next. What it throws or leaves out is a rejection. */
export function askFunction(
  name: string,
  reason: string,
  next: Extract<PlaybookDefinition['plan'], { kind: 'function' }>['next'],
  input: Json,
  completed: Completed,
  read: Trust,
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
    return proposed({
      author: 'playbook',
      read,
      reason,
      steps: structuredClone(steps),
      output,
      final: done === true,
      carry,
    });
  } catch (error) {
    return rejected(
      'bug',
      `playbook '${name}' threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }
}

/**
 * What a playbook function is told: the last revision's outputs only, so that nothing grows with the run. It has then read
 * what the least trusted of them says, and all that it read before: `carry` may hold it.
 */
async function completedSoFar(
  head: RunHead,
  plans: WindowPlans,
  request: RunRequest,
  reader: RunReader,
): Promise<{ readonly completed: Completed; readonly read: Trust }> {
  const ofInput: Trust = request.untrusted.length > 0 ? 'untrusted' : 'trusted';
  if (head.revision === 0) return { completed: { count: 0, revision: 0, outputs: {}, carry: null }, read: ofInput };
  const newest = planOf(plans, head.revision);
  // A step that was mended since has given what its newest definition gave.
  const last = newest.recovery === undefined ? newest : await reader.plan(head, newest.recovery.base);
  const given = await Promise.all(
    last.steps.map(async (step) => {
      const found = newest === last ? undefined : await reader.findStep(head, step.id, head.revision);
      return [step.id, await reader.output(head, found?.step ?? step)] as const;
    }),
  );
  const completed = {
    count: stepsOver(head),
    revision: head.revision,
    outputs: Object.fromEntries(given.map(([stepId, { value }]) => [stepId, value])),
    carry: last.carry ?? null,
  };
  return { completed, read: leastTrusted([ofInput, last.read, ...given.map(([, { trust }]) => trust)]) };
}

function proposed(value: Proposal): Proposed {
  return { kind: 'proposed', value };
}

function rejected(failureClass: Failure['class'], message: string): Extract<Planned, { kind: 'rejected' }> {
  return { kind: 'rejected', failure: { class: failureClass, message } };
}
