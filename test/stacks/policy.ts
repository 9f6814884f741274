import type { Resource, Template } from './synthesised.ts';
import { ofType } from './synthesised.ts';
import { valueOf } from './values.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: (typeof operators)[number];
  readonly key: string;
  readonly patterns: readonly string[];
}

/** One request as IAM sees it. Context keys have one or more values. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

const operators = ['StringEquals', 'ForAllValues:StringLike', 'ForAllValues:StringNotLike'] as const;

/**
 * Reads a statement of an identity policy with its intrinsic functions replaced.
 * Throws on every element and operator that `isAllowed` could not judge.
 */
export function statementOf(raw: unknown): Statement {
  if (typeof raw !== 'object' || raw === null) throw new Error(`Not a statement: ${JSON.stringify(raw)}`);
  const {
    Sid: _,
    Effect: effect,
    Action: action,
    Resource: resource,
    Condition: condition = {},
    ...rest
  } = raw as Record<string, unknown>;
  if (Object.keys(rest).length > 0)
    throw new Error(`Statement elements not understood: ${Object.keys(rest).join(', ')}`);
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`Effect not understood: ${JSON.stringify(effect)}`);
  const conditions = Object.entries(condition as Record<string, Record<string, unknown>>).flatMap(([name, tests]) =>
    Object.entries(tests).map(([key, value]) => {
      const operator = operators.find((known) => known === name);
      if (!operator) throw new Error(`Condition operator not understood: ${name}`);
      return { operator, key, patterns: texts(value) };
    }),
  );
  return { effect, actions: texts(action), resources: texts(resource), conditions };
}

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, for one identity policy:
 * allowed when a statement allows it and none denies it.
 */
export function isAllowed(statements: readonly Statement[], request: Request): boolean {
  const matching = statements.filter((statement) => matches(statement, request));
  return matching.length > 0 && matching.every((statement) => statement.effect === 'Allow');
}

function matches(statement: Statement, { action, resource, context = {} }: Request): boolean {
  return (
    // Action names are compared without case, resources with.
    statement.actions.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    statement.resources.some((pattern) => like(pattern, resource)) &&
    statement.conditions.every((condition) => holds(condition, context[condition.key] ?? []))
  );
}

function holds({ operator, patterns }: Condition, values: readonly string[]): boolean {
  if (operator === 'StringEquals') return values.length === 1 && values.every((value) => patterns.includes(value));
  // True without any value, as in IAM.
  const isLike = (value: string): boolean => patterns.some((pattern) => like(pattern, value));
  return values.every((value) => isLike(value) === (operator === 'ForAllValues:StringLike'));
}

/** `*` is any text, `?` any character. */
export function like(pattern: string, text: string): boolean {
  const source = [...pattern].map((part) => {
    if (part === '*') return '[^]*';
    return part === '?' ? '[^]' : part.replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`);
  });
  return new RegExp(`^${source.join('')}$`).test(text);
}

function texts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'string') throw new Error(`Not a text: ${JSON.stringify(item)}`);
    return item;
  });
}

/** Everything that is allowed to the role with a logical id, from every policy of its template. */
export function statementsOfRole(roleId: string, template: Template, others: readonly Template[]): Statement[] {
  const role = template.Resources[roleId];
  if (role?.Type !== 'AWS::IAM::Role') throw new Error(`The template has no role '${roleId}'.`);
  for (const property of ['Policies', 'ManagedPolicyArns']) {
    if (role.Properties[property] !== undefined) throw new Error(`Not understood: ${property} of ${roleId}`);
  }
  return [...ofType(template, 'AWS::IAM::Policy'), ...ofType(template, 'AWS::IAM::ManagedPolicy')]
    .filter(([, policy]) => JSON.stringify(policy.Properties['Roles'] ?? []).includes(`"${roleId}"`))
    .flatMap(([, policy]) => statementsOfPolicy(policy, template, others));
}

function statementsOfPolicy(policy: Resource, template: Template, others: readonly Template[]): Statement[] {
  const document = valueOf(policy.Properties['PolicyDocument'], template, others) as { Statement: unknown[] };
  return document.Statement.map(statementOf);
}

/** Logical id of the role of a function or a state machine. */
export function roleOf(resource: Resource): string {
  const role = (resource.Properties['Role'] ?? resource.Properties['RoleArn']) as { 'Fn::GetAtt'?: [string, string] };
  const [id] = role['Fn::GetAtt'] ?? [];
  if (id === undefined) throw new Error(`A role is not one of the same template: ${JSON.stringify(role)}`);
  return id;
}
