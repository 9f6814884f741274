import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { BundledFunction } from './bundled-function.ts';

/**
 * Lets a function start runs of agents, by the ARNs of their run machines. A function that the machines themselves invoke
 * names them, since they come after it.
 */
export function grantStart(fn: BundledFunction, runMachineArns: readonly string[]): void {
  grant(fn, 'states:StartExecution', runMachineArns);
}

/** Lets a function wake runs that wait for a person. It needs their task tokens as well. */
export function grantResolution(fn: BundledFunction, runMachineArns: readonly string[]): void {
  grant(fn, 'states:SendTaskSuccess', runMachineArns);
}

function grant(fn: BundledFunction, action: string, runMachineArns: readonly string[]): void {
  if (runMachineArns.length === 0) return;
  fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [...runMachineArns] }));
}
