import type { RunIdentity } from '../../core/contract/machine.ts';
import type { Json } from '../../core/model/json.ts';
import type { PlanStepInput } from '../../core/model/plan.ts';
import type { Completed, NextSteps } from '../../core/model/skill.ts';
import type { Trust } from '../../core/model/trust.ts';
import { carried } from './attack.ts';
import type { Deployment, Revision, RunAtHand, Script } from './attack.ts';
import type { AttackedPlatform, Release } from './attacked-platform.ts';
import { fixedPlaybooks, payOutput, paySteps } from './fixture/playbooks.ts';
import { propose } from './gate-door.ts';
import { HostileModel } from './hostile-model.ts';
import type { Oracle } from './oracle/judge.ts';

/** One run of an attack, and whoever writes its plans. */
export class PlayedRun {
  readonly identity: RunIdentity;
  readonly at: RunAtHand;
  readonly script: Script | 'fixed';
  readonly model: HostileModel;
  /** Outputs of its steps. */
  readonly seen = new Map<string, Json>();
  /** Runs that it has begun and that wait for somebody who does not come. */
  stuckBelow = 0;
  readonly #revisions: readonly Revision[];
  readonly #oracle: Oracle;
  /** What its playbook has said, by the revision that it was asked after. */
  readonly #said = new Map<number, NextSteps>();
  /** Plans that should be refused, by their revision. */
  readonly #suspected = new Map<number, string>();
  #proposed = 0;

  constructor(
    identity: RunIdentity,
    at: RunAtHand,
    plans: { readonly script: Script | 'fixed'; readonly revisions: readonly Revision[] },
    oracle: Oracle,
    seed: number,
  ) {
    this.identity = identity;
    this.at = at;
    this.script = plans.script;
    this.#revisions = plans.revisions;
    this.#oracle = oracle;
    this.model = new HostileModel(plans.revisions, at, oracle, seed);
  }

  /** A person has written its plan long ago. */
  followsPlaybook(name: string): void {
    const { runId } = this.identity;
    const [steps, output] = [paySteps('${input.account}', '${input.amountCents}'), payOutput('${input.account}')];
    this.#oracle.doubt(runId, fixedPlaybooks[name] ?? []);
    const wrong = this.#oracle.accepted(runId, { steps, output, author: 'playbook', read: 'trusted' });
    if (wrong !== undefined) this.#suspected.set(1, wrong);
  }

  /** The next plan of the attacker, if he has one left. `wrong`: it was accepted, and should not have been. */
  async propose(
    platform: AttackedPlatform,
    release: Release,
    deployment: Deployment,
  ): Promise<{ readonly accepted: boolean; readonly wrong?: string }> {
    const revision = this.#revisions[this.#proposed];
    if (!revision || this.script !== 'proposed') return { accepted: false };
    this.#proposed += 1;
    const { runId } = this.identity;
    const { author } = revision;
    const seen = this.#oracle.seenIn(runId);
    const read: Trust = revision.read === 'untrusted' || seen === 'untrusted' ? 'untrusted' : seen;
    const steps = revision.steps(this.seen, this.at);
    const output = revision.output?.(this.seen, this.at);
    const final = this.#proposed === this.#revisions.length;
    const written = structuredClone(steps);
    const proposal = { author, steps, read, final, ...(output === undefined ? {} : { output: output as Json }) };
    if (!(await propose(platform, this.identity, proposal, release, deployment))) return { accepted: false };
    const by = author === 'human' ? 'person' : author;
    const wrong = this.#oracle.accepted(runId, { steps: written, output, author: by, read });
    return { accepted: true, ...(wrong === undefined ? {} : { wrong }) };
  }

  /** What the playbook of the run says next. It answers a question that is asked again as it did before. */
  more({ revision, outputs, carry }: Completed): NextSteps {
    const known = this.#said.get(revision);
    if (known) return structuredClone(known);
    const next = this.#revisions[revision];
    if (!next) return { steps: [], done: true };
    const { runId } = this.identity;
    const told = new Map(Object.entries({ ...outputs, [carried]: carry }));
    const steps = next.steps(told, this.at);
    const output = next.output?.(told, this.at);
    const read = this.#oracle.toldIn(runId);
    const wrong = this.#oracle.accepted(runId, { steps: structuredClone(steps), output, author: 'playbook', read });
    const said: NextSteps = {
      steps: steps as PlanStepInput[],
      done: revision + 1 === this.#revisions.length,
      carry: outputs['mail'] ?? carry,
      ...(output === undefined ? {} : { output: output as Json }),
    };
    this.#said.set(revision, said);
    if (wrong !== undefined) this.#suspected.set(revision + 1, wrong);
    return structuredClone(said);
  }

  /** Plans that should not have been accepted, and were. */
  async confirmed({ ports }: AttackedPlatform): Promise<readonly string[]> {
    const passed: string[] = [];
    for (const [revision, wrong] of this.#suspected) {
      if (await ports.runs.readPlan(this.identity, revision)) passed.push(wrong);
    }
    return passed;
  }
}
