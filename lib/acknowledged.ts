import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** X-Ray knows no resources: its actions are granted on `*` or not at all. */
export function acknowledgeTracing(role: IConstruct): void {
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'X-Ray and log deliveries accept no resource but *.');
}

/** Accepts that a role reaches all of what each of these ARN patterns covers. */
export function acknowledgePatterns(role: IConstruct, resources: readonly string[], reason: string): void {
  for (const resource of resources) {
    acknowledge(role, `AwsSolutions-IAM5[Resource::${flat(Stack.of(role).resolve(resource))}]`, reason);
  }
}

/** Accepts a finding of cdk-nag on one construct and what is below it. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Writes an intrinsic function the way cdk-nag names its findings. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) throw new Error(`A resource is a ${typeof value}, not a text.`);
  const [[name, argument] = []] = Object.entries(value);
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  if (name === 'Fn::ImportValue') return flat(argument);
  if (name === 'Ref') return `<${flat(argument)}>`;
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(flat).join(separator);
  }
  throw new Error(`A resource uses ${String(name)}, which cannot be written as the name of a finding.`);
}
