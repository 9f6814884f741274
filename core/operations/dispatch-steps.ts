import type { SkillFunctions } from '../authz/catalogue.ts';
import type { Limits } from '../contract/limits.ts';
import type { Dispatch, RunIdentity } from '../contract/machine.ts';
import { inlineArgumentsBytes, inlineArgumentsBytesIn } from '../contract/machine.ts';
import type { Failure } from '../model/failure.ts';
import { doubtedArguments, trustAt } from '../model/information-flow.ts';
import type { Provenance } from '../model/information-flow.ts';
import { agentSkillId } from '../model/agent-step.ts';
import { jsonHash } from '../model/json.ts';
import { modelSkillId } from '../model/model-step.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { RunHead, RunRequest } from '../model/run.ts';
import { budgetOfRun, isEnding } from '../model/run.ts';
import type { ActionDefinition, Registry } from '../model/skill.ts';
import { skillHashOf } from '../model/skill-contract.ts';
import type { StepOutcome } from '../model/step.ts';
import { leastTrusted } from '../model/trust.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Ports } from '../ports/index.ts';
import { closeFrom } from './close-step.ts';
import { dispatchCompensation } from './dispatch-compensation.ts';
import { loopIn } from './find-loop.ts';
import { judgeUse } from './judge-use.ts';
import type { Use, UseVerdict } from './judge-use.ts';
import { ledgerRefOf, occurrenceOf } from './open-steps.ts';
import type { WindowPlans, WindowStep } from './open-steps.ts';
import { planOf } from './open-steps.ts';
import { placeArguments } from './place-arguments.ts';
import { actionOf, doubtedMembers, provenanceOf } from './plan-provenance.ts';
import { renderTemplate } from './render-template.ts';
import type { RunReader } from './run-reader.ts';
import { toldInFull } from './told-results.ts';

export interface DispatchDependencies {
  readonly ports: Pick<Ports, 'ledger' | 'blobs' | 'clock' | 'ids'>;
  readonly registry: Registry;
  readonly functions: SkillFunctions;
  readonly authorizer: Authorizer;
  readonly reader: RunReader;
  readonly limits: Pick<Limits, 'undoBackoffMs'>;
}

/** The run that steps are dispatched for, as far as it is known now. */
export interface DispatchedRun {
  readonly identity: RunIdentity;
  readonly head: RunHead;
  readonly plans: WindowPlans;
  readonly request: RunRequest;
  readonly settleOnly: boolean;
}

/** Dispatches of the steps named, and what became at once of those that cannot be dispatched. */
export interface Wave {
  readonly items: Dispatch[];
  readonly held: StepOutcome[];
}

/** Renders the arguments of steps and judges their use. Throws StoreUnavailable. */
export async function dispatchSteps(
  steps: readonly WindowStep[],
  run: DispatchedRun,
  dependencies: DispatchDependencies,
): Promise<Wave> {
  const items: Dispatch[] = [];
  const held: StepOutcome[] = [];
  const inlineBytes = inlineArgumentsBytesIn(steps.length);
  for (const entry of steps) {
    const one = await new StepDispatch(entry, run, dependencies, inlineBytes).outcome();
    if ('kind' in one) held.push(one);
    else items.push(one);
  }
  return { items, held };
}

/** How far the arguments of a dispatch may be believed. */
type Labels = Pick<Dispatch['request'], 'trust' | 'handedOn'>;

function labelsOf(template: JsonObject, rendered: Json, from: Provenance): NonNullable<Labels['handedOn']> {
  const { input } = rendered as { readonly input?: Json };
  return { goal: trustAt(template, ['goal'], from), untrusted: doubtedMembers(template['input'], input, from) };
}

class StepDispatch {
  readonly #entry: WindowStep;
  readonly #run: DispatchedRun;
  readonly #dependencies: DispatchDependencies;
  readonly #inlineBytes: number;

  /** @param inlineBytes arguments that travel with the dispatch */
  constructor(entry: WindowStep, run: DispatchedRun, dependencies: DispatchDependencies, inlineBytes: number) {
    this.#entry = entry;
    this.#run = run;
    this.#dependencies = dependencies;
    this.#inlineBytes = inlineBytes;
  }

  async outcome(): Promise<Dispatch | StepOutcome> {
    const { step, revision } = this.#entry;
    if (step.compensates) {
      const undo = { step, undone: step.compensates };
      return dispatchCompensation(undo, this.#run, this.#inlineBytes, this.#dependencies);
    }
    const { head, plans, request, settleOnly } = this.#run;
    const { registry, reader } = this.#dependencies;
    const { input, told } = await toldInFull(step, revision, head, reader);
    const rendered = await renderTemplate(input, head.revision, head, request, reader, told);
    if (!rendered.ok) return this.#failed({ class: 'bug', message: rendered.why });
    const { value, outputs } = rendered;
    const provenance = provenanceOf(request, planOf(plans, revision), outputs, registry);
    const doubted = doubtedArguments(this.#action?.sensitive ?? [], input, value, provenance);
    // The names of arguments are the action's, and nobody's words.
    const trust = leastTrusted(Object.values(input).map((argument) => trustAt(argument, [], provenance)));
    const labels: Labels = {
      trust,
      ...(step.skill === agentSkillId ? { handedOn: labelsOf(input, value, provenance) } : {}),
    };
    const use = this.#use(value, jsonHash(value), doubted);
    // What has begun is settled whatever may be begun.
    if (settleOnly) return this.#dispatch(use, labels, settleOnly);

    const loop = await this.#loop(use);
    // What has begun all the same is carried on like any.
    const stopped = loop === undefined ? undefined : await this.#refuse(loop);
    if (stopped) return stopped;
    const verdict = await judgeUse(use, { authorizer: this.#dependencies.authorizer, ...this.#dependencies.ports });
    if (verdict.kind === 'allowed') return this.#dispatch(use, labels, settleOnly);
    if (verdict.kind === 'unapproved') return this.#unapproved(use, labels, verdict);
    return (await this.#refuse(verdict.failure)) ?? this.#dispatch(use, labels, true);
  }

  #loop({ argsHash }: Use): Promise<Failure | undefined> {
    const { ports, reader } = this.#dependencies;
    return loopIn(this.#entry, argsHash, { head: this.#run.head, action: this.#action }, { ...ports, reader });
  }

  get #action(): ActionDefinition | undefined {
    const { skill, action } = this.#entry.step;
    return actionOf(this.#dependencies.registry, skill, action);
  }

  #use(input: Json, argsHash: string, doubted: readonly string[]): Use {
    const { step } = this.#entry;
    const { head, identity } = this.#run;
    return {
      ...ledgerRefOf(head, step),
      agent: identity.agent,
      action: step.action,
      skillHash: this.#skillHash(),
      argsHash,
      occurrence: occurrenceOf(head, step.id),
      input,
      doubted,
    };
  }

  /**
   * Of the code that will run: the plan names the function, and where that is the one of this deployment, its contract is
   * the one that is known here, also when it has changed since the plan was accepted.
   */
  #skillHash(): string {
    const { step } = this.#entry;
    const { registry, functions } = this.#dependencies;
    const skill = registry.skills.get(step.skill);
    return skill && functions.arnOf(step.skill) === step.functionArn ? skillHashOf(skill) : step.skillHash;
  }

  async #unapproved(
    use: Use,
    labels: Labels,
    { binding, reasons, approvers }: Extract<UseVerdict, { kind: 'unapproved' }>,
  ): Promise<Dispatch | StepOutcome> {
    const { ledger } = this.#dependencies.ports;
    const item = await ledger.read(use);
    // Begun under an approval of other bytes or other code: it has to be settled, and may not be begun again.
    if (item && (item.status === 'INTENT' || item.status === 'VERIFY')) return this.#dispatch(use, labels, true);
    const { skill, action, skillHash, argsHash, doubted, stepId } = use;
    const approval = {
      ...{ binding, skill, action, skillHash, argsHash, arguments: await this.#place(use, inlineArgumentsBytes) },
      ...{ doubted: [...doubted], reasons: [...reasons] },
      ...(approvers.quorum === 1 ? {} : { quorum: approvers.quorum }),
      ...(approvers.differentPerson ? { differentPerson: true as const } : {}),
    };
    return { kind: 'unapproved', stepId, approval };
  }

  /** Closes the step in the ledger, so that it is denied for good; undefined when it has begun and has to be settled. */
  async #refuse(failure: Failure): Promise<StepOutcome | undefined> {
    const { ports } = this.#dependencies;
    const { step } = this.#entry;
    const ref = ledgerRefOf(this.#run.head, step);
    const occurrence = occurrenceOf(this.#run.head, step.id);
    const refuse = { kind: 'refuse', ref, occurrence, failure } as const;
    return (await closeFrom(await ports.ledger.read(ref), refuse, ports)).closed ? this.#failed(failure) : undefined;
  }

  #failed(failure: Extract<StepOutcome, { kind: 'failed' }>['failure']): StepOutcome {
    return { kind: 'failed', stepId: this.#entry.step.id, attempts: 0, failure };
  }

  async #dispatch(use: Use, labels: Labels, settleOnly: boolean): Promise<Dispatch> {
    const { step } = this.#entry;
    const { stepId, skill, action, direction, occurrence, argsHash, skillHash, doubted } = use;
    const { compensation } = this.#run.head;
    return {
      functionArn: step.functionArn,
      request: {
        ...this.#run.identity,
        ...{ stepId, skill, action, direction, occurrence, argsHash, skillHash, settleOnly },
        ...labels,
        input: await this.#place(use, this.#inlineBytes),
        doubted: [...doubted],
        ...(skill === modelSkillId || skill === agentSkillId
          ? { budget: budgetOfRun(this.#run.head, this.#run.request) }
          : {}),
        ...(isEnding(this.#run.head) ? { canceled: true as const } : {}),
        ...(compensation === undefined ? {} : { compensating: true as const }),
        lookAgain: this.#run.head.lookAgain?.includes(stepId) ?? false,
      },
    };
  }

  #place(use: Use, inlineBytes: number): Promise<Dispatch['request']['input']> {
    return placeArguments(use, inlineBytes, this.#dependencies.ports);
  }
}
