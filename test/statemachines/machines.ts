import type { BurstState, DecideEvent, DecideResult, Dispatch, RunIdentity } from '../../core/contract/machine.ts';
import { executionName } from '../../core/contract/machine.ts';
import type { StepOutcome } from '../../core/model/step.ts';
import { loadMachine } from '../../local/stepfunctions/index.ts';
import type { InterpreterOptions, Machine } from '../../local/stepfunctions/index.ts';

const folder = new URL('../../statemachines/', import.meta.url);
const account = 'us-east-1:000000000000';

export const arns = {
  run: `arn:aws:states:${account}:stateMachine:holdfast-run-tester`,
  burst: `arn:aws:states:${account}:stateMachine:holdfast-burst-tester`,
  decide: `arn:aws:lambda:${account}:function:holdfast-decide`,
  skill: `arn:aws:lambda:${account}:function:holdfast-skill-probe-v1:7`,
} as const;
export const queueUrl = 'http://127.0.0.1:4702/000000000000/escalations';

export const files = {
  run: new URL('agent-run.asl.json', folder),
  burst: new URL('agent-burst.asl.json', folder),
} as const;

export const substitutions = {
  run: { BurstMachineArn: arns.burst, RunMachineArn: arns.run, EscalationsQueueUrl: queueUrl },
  burst: { DecideFunctionArn: arns.decide },
} as const;

/** Both machines from their files, as `holdfast start` fills them in. */
export const machines: readonly Machine[] = [
  { arn: arns.run, definition: loadMachine(files.run, substitutions.run), type: 'STANDARD' },
  { arn: arns.burst, definition: loadMachine(files.burst, substitutions.burst), type: 'EXPRESS' },
];

export type Decide = (event: DecideEvent) => DecideResult | Promise<DecideResult>;
export type Skill = (request: Dispatch['request']) => unknown;

/** Both machines with a Decide and a skill of the test's own. */
export function scripted(
  decide: Decide,
  skill: Skill = ({ stepId }) => doneOutcome(stepId),
  sendMessage: (queue: string, body: string) => Promise<void> = () => Promise.resolve(),
): InterpreterOptions {
  return {
    machines,
    resources: {
      invokeFunction: async (functionArn, payload) =>
        functionArn === arns.decide ? decide(payload as DecideEvent) : skill(payload as Dispatch['request']),
      sendMessage,
    },
    retriesMs: { Decide: 1, InvokeSkill: 1, Burst: 1, BurstAfterLong: 1, StartNextGeneration: 1 },
    waitsMs: { CoolDown: 5 },
  };
}

/** A Decide that gives one decision after the other, and remembers what it was given. */
export function decisions(...script: readonly Decide[]): { readonly decide: Decide; readonly events: DecideEvent[] } {
  const events: DecideEvent[] = [];
  const decide: Decide = (event) => {
    const next = script[events.length];
    events.push(event);
    if (!next) throw new Error(`Decide was asked ${events.length} times; the script has ${script.length} answers.`);
    return next(event);
  };
  return { decide, events };
}

export const identity: RunIdentity = { tenantId: 'acme', runId: 'run-1', agent: 'tester', generation: 1 };

export function identityOf({ tenantId, runId, agent, generation }: RunIdentity): RunIdentity {
  return { tenantId, runId, agent, generation };
}

export function started(run: RunIdentity = identity): { machineArn: string; name: string; input: string } {
  return { machineArn: arns.run, name: executionName(run.runId, run.generation), input: JSON.stringify(run) };
}

export function doneOutcome(stepId: string): StepOutcome {
  return { kind: 'done', stepId, attempts: 1, trust: 'trusted', output: { ok: true } };
}

/** The dispatch of a step, its arguments padded to a size in bytes as JSON. */
export function dispatchOf(stepId: string, argumentBytes = 40): Dispatch {
  const overhead = JSON.stringify({ text: '' }).length;
  return {
    functionArn: arns.skill,
    request: {
      ...identity,
      stepId,
      skill: 'Probe:v1',
      action: 'run',
      direction: 'F',
      occurrence: 1,
      input: { kind: 'inline', value: { text: 'x'.repeat(Math.max(0, argumentBytes - overhead)) } },
      argsHash: '0'.repeat(64),
      skillHash: '1'.repeat(64),
      trust: 'trusted',
      doubted: [],
      settleOnly: false,
      lookAgain: false,
    },
  };
}

export const burstState: BurstState = {
  startedAtMs: 1,
  stepsRun: 0,
  head: {
    tenantId: identity.tenantId,
    runId: identity.runId,
    agent: identity.agent,
    status: 'running',
    generation: 1,
    version: 1,
    writeToken: 'token',
    revision: 1,
    window: [{ revision: 1, statuses: 'ppp' }],
    stepsRetired: 0,
    burstsInGeneration: 1,
    lost: {},
    occurrences: {},
    deadlineMs: 2_000_000_000_000,
    createdAtMs: 1,
    updatedAtMs: 1,
  },
  headWrittenAtMs: 1,
  notBefore: {},
  failures: {},
};

/** Decisions by name, each as Decide would answer for the run it was asked about. */
export const answers = {
  execute:
    (...items: Dispatch[]): Decide =>
    (event) => ({
      ...identityOf(event),
      next: 'execute',
      items,
      state: burstState,
    }),
  pause:
    (ms: number): Decide =>
    (event) => ({
      ...identityOf(event),
      next: 'pause',
      until: new Date(Date.now() + ms).toISOString(),
      state: burstState,
    }),
  goOn: (): Decide => (event) => ({ ...identityOf(event), next: 'continue' }),
  long:
    (...items: Dispatch[]): Decide =>
    (event) => ({ ...identityOf(event), next: 'long', items }),
  wait:
    (ms: number): Decide =>
    (event) => ({
      ...identityOf(event),
      next: 'wait',
      until: new Date(Date.now() + ms).toISOString(),
    }),
  human: (): Decide => (event) => ({
    ...identityOf(event),
    next: 'human',
    notice: { ...identityOf(event), escalationId: 'esc-1', kind: 'approval', reason: 'may it?', openedAtMs: 1 },
  }),
  rollover: (): Decide => (event) => {
    const input = { ...identityOf(event), generation: event.generation + 1 };
    return {
      ...identityOf(event),
      next: 'rollover',
      execution: { name: executionName(input.runId, input.generation), input },
    };
  },
  done: (): Decide => (event) => ({ ...identityOf(event), next: 'done', status: 'completed' }),
  failed: (): Decide => (event) => ({ ...identityOf(event), next: 'failed', error: 'RunFailed', cause: 'no way left' }),
};
