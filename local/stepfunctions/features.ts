import { isRecord } from './machine.ts';

/**
 * What a state machine may use: what AWS and the local interpreter do alike. Everything else is refused, because the
 * interpreter ignores or misreads it without a word (JSONata, Assign, `$$.State`, heartbeats, ...).
 */
export const supportedFeatures = {
  machineFields: ['Comment', 'StartAt', 'States', 'TimeoutSeconds'],
  stateFields: {
    Task: ['Resource', 'Parameters', 'ResultPath', 'OutputPath', 'TimeoutSeconds', 'Retry', 'Catch', 'Next', 'End'],
    Map: ['ItemsPath', 'MaxConcurrency', 'ItemProcessor', 'ResultPath', 'Next', 'End'],
    Choice: ['Choices', 'Default'],
    Wait: ['Seconds', 'TimestampPath', 'Next', 'End'],
    Pass: ['Parameters', 'OutputPath', 'Next', 'End'],
    Succeed: [],
    Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
  } as Readonly<Record<string, readonly string[]>>,
  retryFields: ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'],
  catchFields: ['ErrorEquals', 'ResultPath', 'Next'],
  choiceFields: ['Variable', 'StringEquals', 'IsPresent', 'IsString', 'And', 'Next'],
  processorFields: ['ProcessorConfig', 'StartAt', 'States'],
  resources: [
    'arn:aws:states:::lambda:invoke',
    'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    'arn:aws:states:::aws-sdk:sfn:startSyncExecution',
    'arn:aws:states:::aws-sdk:sfn:startExecution',
  ],
  intrinsics: ['States.StringToJson'],
  contextPaths: ['$$.Task.Token'],
} as const;

/** Longest wait and timeout in seconds: timers of Node.js overflow at 24.8 days. */
const maxTimeoutSeconds = 20 * 86_400;
const commonStateFields = ['Type', 'Comment'];
const plainPath = /^\$(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** A Task state, wherever it stands in a machine. */
export interface TaskState {
  readonly name: string;
  readonly resource: string;
  readonly timeoutSeconds: number;
}

/** What a definition uses beyond `supportedFeatures`, one sentence each; none when it can be run. */
export function unsupportedFeatures(definition: Readonly<Record<string, unknown>>): string[] {
  const problems = unknownFields('the machine', definition, supportedFeatures.machineFields);
  const names = new Set<string>();
  for (const { name, state } of statesOf(definition)) {
    // Local handlers are found by the name alone, also inside a Map.
    if (names.has(name)) problems.push(`two states are named '${name}'; names must be unique in a machine`);
    names.add(name);
    problems.push(...stateProblems(name, state).map((problem) => `state '${name}': ${problem}`));
  }
  return problems;
}

/** Every Task state of a definition, those inside Map states too. */
export function taskStates(definition: Readonly<Record<string, unknown>>): TaskState[] {
  return statesOf(definition).flatMap(({ name, state }) =>
    state['Type'] === 'Task'
      ? [{ name, resource: String(state['Resource']), timeoutSeconds: Number(state['TimeoutSeconds']) }]
      : [],
  );
}

/** Every state of a definition with its name, those inside Map states too. */
export function statesOf(
  definition: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly state: Readonly<Record<string, unknown>> }[] {
  const states = definition['States'];
  if (!isRecord(states)) return [];
  return Object.entries(states).flatMap(([name, state]) => {
    if (!isRecord(state)) return [];
    const processor = state['ItemProcessor'];
    return [{ name, state }, ...(isRecord(processor) ? statesOf(processor) : [])];
  });
}

function stateProblems(name: string, state: Readonly<Record<string, unknown>>): string[] {
  const type = String(state['Type']);
  if (!Object.hasOwn(supportedFeatures.stateFields, type)) {
    return [`type '${type}' is not supported; use one of ${Object.keys(supportedFeatures.stateFields).join(', ')}`];
  }
  const problems = unknownFields(`a ${type} state`, state, [
    ...commonStateFields,
    ...(supportedFeatures.stateFields[type] ?? []),
  ]);
  for (const member of ['ItemsPath', 'TimestampPath', 'OutputPath', 'ErrorPath', 'CausePath', 'ResultPath']) {
    const path = state[member];
    if (typeof path === 'string') problems.push(...pathProblems(path));
  }
  // The interpreter would make a member called `$` of it.
  if (state['ResultPath'] === '$') problems.push("leave out ResultPath instead of writing '$'");
  problems.push(...templateProblems(state['Parameters']));
  if (type === 'Task') problems.push(...taskProblems(state));
  if (type === 'Choice') {
    if (state['Default'] === undefined) problems.push('a Choice needs a Default');
    problems.push(...records(state['Choices']).flatMap(choiceProblems));
  }
  if (type === 'Wait' && 'Seconds' in state) problems.push(...secondsProblems('Seconds', state['Seconds']));
  if (type === 'Map') problems.push(...mapProblems(name, state));
  for (const retrier of records(state['Retry'])) {
    problems.push(...unknownFields('a Retry', retrier, supportedFeatures.retryFields));
  }
  for (const catcher of records(state['Catch'])) {
    problems.push(...unknownFields('a Catch', catcher, supportedFeatures.catchFields));
  }
  return problems;
}

function taskProblems(state: Readonly<Record<string, unknown>>): string[] {
  const resource = String(state['Resource']);
  const resources: readonly string[] = supportedFeatures.resources;
  const problems = resources.includes(resource)
    ? []
    : [
        `there is no local handler for ${resource}, so the interpreter would call AWS; use one of ${resources.join(', ')}`,
      ];
  // The default is 60 s in the interpreter, and more than three years on AWS.
  problems.push(...secondsProblems('TimeoutSeconds', state['TimeoutSeconds']));
  const usesToken = JSON.stringify(state['Parameters'] ?? null).includes('"$$.Task.Token"');
  if (resource.endsWith('.waitForTaskToken') !== usesToken) {
    problems.push('$$.Task.Token has to be in the Parameters of a .waitForTaskToken task, and nowhere else');
  }
  return problems;
}

function mapProblems(name: string, state: Readonly<Record<string, unknown>>): string[] {
  const processor = state['ItemProcessor'];
  if (!isRecord(processor)) return [`Map '${name}' needs an ItemProcessor`];
  const problems = unknownFields('an ItemProcessor', processor, supportedFeatures.processorFields);
  const config = processor['ProcessorConfig'];
  if (!isRecord(config) || config['Mode'] !== 'INLINE') problems.push("ProcessorConfig has to be { Mode: 'INLINE' }");
  return problems;
}

function choiceProblems(rule: Readonly<Record<string, unknown>>): string[] {
  const problems = unknownFields('a choice', rule, supportedFeatures.choiceFields);
  if (typeof rule['Variable'] === 'string') problems.push(...pathProblems(rule['Variable']));
  // The interpreter reads `false` as a rule that never matches.
  for (const test of ['IsPresent', 'IsString']) {
    if (test in rule && rule[test] !== true) problems.push(`${test} may only be true`);
  }
  return [...problems, ...records(rule['And']).flatMap(choiceProblems)];
}

/** Values of a payload template: constants, paths and intrinsic functions. */
function templateProblems(template: unknown): string[] {
  if (Array.isArray(template)) return template.flatMap(templateProblems);
  if (!isRecord(template)) return [];
  return Object.entries(template).flatMap(([key, value]) => {
    if (!key.endsWith('.$')) return templateProblems(value);
    const text = String(value);
    const call = /^(States\.[A-Za-z0-9]+)\((.*)\)$/.exec(text);
    if (!call) return pathProblems(text);
    const [, intrinsic = '', argument = ''] = call;
    const intrinsics: readonly string[] = supportedFeatures.intrinsics;
    return [
      ...(intrinsics.includes(intrinsic) ? [] : [`${intrinsic} is not supported; use ${intrinsics.join(', ')}`]),
      ...pathProblems(argument),
    ];
  });
}

function pathProblems(path: string): string[] {
  if (path.startsWith('$$')) {
    const paths: readonly string[] = supportedFeatures.contextPaths;
    return paths.includes(path) ? [] : [`${path} is not in the local context object; it has ${paths.join(', ')}`];
  }
  return plainPath.test(path) ? [] : [`path '${path}' is not supported; write a plain one such as $.a.b`];
}

function secondsProblems(member: string, seconds: unknown): string[] {
  const valid = typeof seconds === 'number' && seconds >= 1 && seconds <= maxTimeoutSeconds;
  return valid
    ? []
    : [`${member} is ${String(seconds)}; it has to be a constant from 1 to ${maxTimeoutSeconds} (20 days)`];
}

function unknownFields(what: string, value: Readonly<Record<string, unknown>>, allowed: readonly string[]): string[] {
  return Object.keys(value)
    .filter((field) => !allowed.includes(field))
    .map((field) => `${field} of ${what} is not supported; use ${allowed.join(', ')}`);
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
