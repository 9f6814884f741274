import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import type { StepRequest } from '../core/contract/machine.ts';
import { agentSkillId } from '../core/model/agent-step.ts';
import { modelSkillId } from '../core/model/model-step.ts';
import { skillFolder } from '../core/model/names.ts';
import type { Registry } from '../core/model/skill.ts';
import { local } from './environment.ts';
import type { SkillHosts } from './skill-hosts/skill-hosts.ts';
import { loadMachine } from './stepfunctions/index.ts';
import type { Execution, Machine, TaskResources } from './stepfunctions/index.ts';

/** What a function is told about its invocation here. Only skill workers have a deadline. */
export const lambdaContext = { getRemainingTimeInMillis: () => 60_000 } as Context;

/** A skill function may start and finish around its longest action. */
const skillMarginSeconds = 10;

/** The pair of machines of each agent, from the same two files that are deployed. */
export function machinesOf(agents: readonly string[], escalationsQueueUrl: string): Machine[] {
  return agents.flatMap((agent): Machine[] => {
    const runMachineArn = `${local.runMachineArnPrefix}${agent}`;
    const burstMachineArn = `${local.burstMachineArnPrefix}${agent}`;
    const run = loadMachine(new URL('../statemachines/agent-run.asl.json', import.meta.url), {
      BurstMachineArn: burstMachineArn,
      RunMachineArn: runMachineArn,
      EscalationsQueueUrl: escalationsQueueUrl,
    });
    const burst = loadMachine(new URL('../statemachines/agent-burst.asl.json', import.meta.url), {
      DecideFunctionArn: local.decideFunctionArn,
    });
    return [
      { arn: runMachineArn, type: 'STANDARD', definition: run },
      { arn: burstMachineArn, type: 'EXPRESS', definition: burst },
    ];
  });
}

/** Steps of these have no side effect at a provider, so they need not be killed at their deadline, and need no worker. */
const platformSkillOf = (functionArn: string): string | undefined =>
  [modelSkillId, agentSkillId].find((id) =>
    functionArn.startsWith(`${local.skillFunctionArnPrefix}${skillFolder(id)}:`),
  );

/** More decisions at once would only share this thread, and calls of the API would wait for all of them. */
const decisionsAtOnce = 8;

export interface LocalResources extends TaskResources {
  useSkillHosts(hosts: SkillHosts): void;
  /** Stands in for the EventBridge rules on executions that ended, and on those that failed, timed out or were aborted. */
  reportEnded(execution: Execution, queues: EndQueues): void;
}

/** Addresses of the queues that are told of ended executions; `ended` where somebody wants to know of all. */
export interface EndQueues {
  readonly deadLetters: string;
  readonly ended: string | undefined;
}

/** Functions that run in this process. */
export interface OwnFunctions {
  readonly decide: (payload: unknown) => Promise<unknown>;
  readonly think: (payload: unknown, context: Context) => Promise<unknown>;
  readonly delegate: (payload: unknown, context: Context) => Promise<unknown>;
}

/** What the Task states of the machines reach: Decide, models and other agents in this process, skills in workers, queues at the emulator. */
export function taskResources(
  registry: Registry,
  { decide, think, delegate }: OwnFunctions,
  sqsEndpoint: string,
): LocalResources {
  const sqs = new SQSClient({
    endpoint: sqsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const decideInTurn = inTurns(decide, decisionsAtOnce);
  let skillHosts: SkillHosts | undefined;
  const sendMessage = async (queueUrl: string, body: string): Promise<void> => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
  return {
    async invokeFunction(functionArn, payload) {
      if (functionArn === local.decideFunctionArn) return decideInTurn(payload);
      const platformSkill = platformSkillOf(functionArn);
      if (platformSkill !== undefined) {
        const deadlineMs = Date.now() + skillTimeoutMs(registry, payload);
        const carryOut = platformSkill === modelSkillId ? think : delegate;
        return carryOut(payload, { getRemainingTimeInMillis: () => deadlineMs - Date.now() } as Context);
      }
      if (!functionArn.startsWith(local.skillFunctionArnPrefix) || !skillHosts) {
        throw Object.assign(new Error(`There is no function ${functionArn} here.`), {
          name: 'Lambda.ResourceNotFoundException',
        });
      }
      return skillHosts.invoke(payload, skillTimeoutMs(registry, payload));
    },
    sendMessage,
    useSkillHosts(hosts) {
      skillHosts = hosts;
    },
    reportEnded(execution, { deadLetters, ended }) {
      if (execution.status === 'RUNNING') return;
      const { name, status, input, error = null, cause = null } = execution;
      const event = JSON.stringify({ source: 'aws.states', detail: { name, status, input, error, cause } });
      const queues = [...(status === 'SUCCEEDED' ? [] : [deadLetters]), ...(ended === undefined ? [] : [ended])];
      for (const queue of queues) {
        sendMessage(queue, event).catch((failure: Error) =>
          process.stderr.write(`an execution has ended, and a queue was not told: ${failure.message}\n`),
        );
      }
    },
  };
}

/** At most `atOnce` calls are under way; the others wait in the order in which they came. */
function inTurns<Argument, Result>(
  call: (argument: Argument) => Promise<Result>,
  atOnce: number,
): (argument: Argument) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (argument) => {
    if (underWay < atOnce) underWay += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call(argument);
    } finally {
      // Whoever is next takes the place over.
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
}

function skillTimeoutMs(registry: Registry, payload: unknown): number {
  // The skill host parses it, and refuses what is not a step.
  const { skill = '', action = '' } = (payload ?? {}) as Partial<StepRequest>;
  const seconds = registry.skills.get(skill)?.actions[action]?.timeoutSeconds ?? 0;
  return (seconds + skillMarginSeconds) * 1000;
}
