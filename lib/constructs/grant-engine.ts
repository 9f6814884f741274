import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { AgentMachines } from './agent-machines.ts';
import type { BundledFunction } from './bundled-function.ts';

/** Lets a function start runs of the agents. */
export function grantStart(fn: BundledFunction, agents: readonly AgentMachines[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: arns(agents) }));
}

/** As `grantStart` and `grantResolution`, for a function that the machines themselves invoke: by name, since they come after it. */
export function grantChildren(fn: BundledFunction, runMachineArns: readonly string[]): void {
  const actions = ['states:StartExecution', 'states:SendTaskSuccess'];
  fn.addToRolePolicy(new PolicyStatement({ actions, resources: [...runMachineArns] }));
}

/** Lets Decide wake runs that have begun another one: by name, since their machines come after it. */
export function grantParents(fn: BundledFunction, runMachineArns: readonly string[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [...runMachineArns] }));
}

/** Lets a function wake runs that wait for a person. It needs their task tokens as well. */
export function grantResolution(fn: BundledFunction, agents: readonly AgentMachines[]): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: arns(agents) }));
}

const arns = (agents: readonly AgentMachines[]): string[] => agents.map((agent) => agent.run.stateMachineArn);
