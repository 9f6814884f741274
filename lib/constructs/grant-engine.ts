import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AgentMachines } from './agent-machines.ts';
import type { BundledFunction } from './bundled-function.ts';

/** Lets a function start runs of the agents. */
export function grantStart(fn: BundledFunction, agents: readonly AgentMachines[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: arns(agents) }));
}

/** Lets a function wake runs that wait for a person. It needs their task tokens as well. */
export function grantResolution(fn: BundledFunction, agents: readonly AgentMachines[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: arns(agents) }));
}

const arns = (agents: readonly AgentMachines[]): string[] => agents.map((agent) => agent.run.stateMachineArn);
