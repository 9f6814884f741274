import { Abandoned, StepFunctionsError, TaskError, taskErrorOf } from './errors.ts';
import type { Execution, JsonValue } from './execution.ts';
import { maxStateBytes } from './execution.ts';
import type { TaskState } from './features.ts';
import type { Lifetime } from './lifetime.ts';
import { isRecord } from './machine.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What the Task states of a machine reach out to. */
export interface TaskResources {
  /**
   * Invokes a function by its ARN and gives its answer. Rejects with an error whose `name` is what the state machine
   * sees, e.g. `Lambda.TooManyRequestsException` (it did not run), `Sandbox.Timedout`, `Lambda.Unknown`, or the name
   * of the error that the function threw.
   */
  invokeFunction(functionArn: string, payload: unknown): Promise<unknown>;
  /** Puts a message on a queue. */
  sendMessage(queueUrl: string, body: string): Promise<void>;
}

/** What a task belongs to. */
export interface TaskScope {
  readonly lifetime: Lifetime;
  readonly resources: TaskResources;
  /** Tokens given out to the Parameters of a task that has not begun yet. */
  readonly minted: Set<string>;
  readonly tokens: TaskTokens;
  start(request: { machineArn: string; name: string; input: string }): Execution;
  runWithin(
    machineArn: string,
    input: unknown,
  ): Promise<{ arn: string; ending: Pick<Execution, 'status' | 'output' | 'error' | 'cause'> }>;
}

/** Performs a Task as its Resource says, with the Parameters already applied. Refuses when the execution was stopped. */
export function performTask(task: TaskState, parameters: unknown, scope: TaskScope): Promise<JsonValue> {
  return scope.lifetime.within(() => byResource(task, parameters, scope)) as Promise<JsonValue>;
}

function byResource(task: TaskState, parameters: unknown, scope: TaskScope): Promise<unknown> {
  if (!isRecord(parameters)) return Promise.reject(new TaskError('States.Runtime', `${task.name} has no Parameters.`));
  switch (task.resource) {
    case 'arn:aws:states:::lambda:invoke':
      return invoke(parameters, scope);
    case 'arn:aws:states:::sqs:sendMessage.waitForTaskToken':
      return sendAndWait(task, parameters, scope);
    case 'arn:aws:states:::aws-sdk:sfn:startSyncExecution':
      return startSyncExecution(parameters, scope);
    case 'arn:aws:states:::aws-sdk:sfn:startExecution':
      return startExecution(parameters, scope);
    default:
      return Promise.reject(new TaskError('States.Runtime', `There is no local handler for ${task.resource}.`));
  }
}

async function invoke(parameters: Record<string, unknown>, scope: TaskScope): Promise<unknown> {
  checkSize('The payload', JSON.stringify(parameters['Payload'] ?? null));
  let answer: unknown;
  try {
    answer = await scope.resources.invokeFunction(String(parameters['FunctionName']), parameters['Payload']);
  } catch (error) {
    throw taskErrorOf(error, 'Lambda.Unknown');
  }
  const text = JSON.stringify(answer ?? null);
  checkSize('The answer', text);
  // Through JSON, as over the wire: nothing of the function's own objects gets into the state.
  return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: JSON.parse(text) as unknown };
}

async function sendAndWait(task: TaskState, parameters: Record<string, unknown>, scope: TaskScope): Promise<unknown> {
  const body = parameters['MessageBody'];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  // Parameters are read just before the task begins, without a break: whatever was minted last is in this message.
  const token = [...scope.minted].find((minted) => text.includes(minted));
  if (token === undefined) throw new TaskError('States.Runtime', `${task.name} does not send its task token.`);
  scope.minted.clear();
  const { answer, release } = scope.tokens.wait(token, task.timeoutSeconds);
  const forget = scope.lifetime.onEnd(release);
  try {
    const [result] = await Promise.all([answer, send(scope, String(parameters['QueueUrl']), text)]);
    return result;
  } finally {
    release();
    forget();
  }
}

async function send(scope: TaskScope, queueUrl: string, body: string): Promise<void> {
  try {
    await scope.resources.sendMessage(queueUrl, body);
  } catch (error) {
    throw taskErrorOf(error, 'SQS.SdkClientException');
  }
}

async function startSyncExecution(parameters: Record<string, unknown>, scope: TaskScope): Promise<unknown> {
  const startMs = Date.now();
  const machineArn = String(parameters['StateMachineArn']);
  const input = inputText(parameters['Input']);
  try {
    const { arn, ending } = await scope.runWithin(machineArn, JSON.parse(input));
    if (scope.lifetime.over) throw new Abandoned();
    if (ending.output !== undefined) checkSize('The output of the Express execution', JSON.stringify(ending.output));
    return {
      ExecutionArn: arn,
      StateMachineArn: machineArn,
      StartDate: new Date(startMs).toISOString(),
      StopDate: new Date().toISOString(),
      Status: ending.status,
      Input: input,
      ...(ending.output === undefined ? {} : { Output: ending.output }),
      ...(ending.error === undefined ? {} : { Error: ending.error, Cause: ending.cause ?? '' }),
    };
  } catch (error) {
    throw integrationError(error);
  }
}

async function startExecution(parameters: Record<string, unknown>, scope: TaskScope): Promise<unknown> {
  try {
    const started = scope.start({
      machineArn: String(parameters['StateMachineArn']),
      input: inputText(parameters['Input']),
      name: String(parameters['Name']),
    });
    return { ExecutionArn: started.arn, StartDate: new Date(started.startMs).toISOString() };
  } catch (error) {
    throw integrationError(error);
  }
}

/** The integration takes the input as JSON text or as the value itself. */
function inputText(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? {});
}

/** Errors of the API carry another name when the SDK integration reports them. */
function integrationError(error: unknown): Error {
  return error instanceof StepFunctionsError
    ? new TaskError(`Sfn.${error.code}Exception`, error.message)
    : taskErrorOf(error, 'Sfn.SfnException');
}

function checkSize(what: string, text: string): void {
  // A character has at most three bytes, so most texts need no count.
  if (text.length * 3 <= maxStateBytes) return;
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= maxStateBytes) return;
  throw new TaskError(
    'States.DataLimitExceeded',
    `${what} has ${sizeBytes} bytes; ${maxStateBytes} are allowed in a state.`,
  );
}
