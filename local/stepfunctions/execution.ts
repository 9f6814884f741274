import type { StateMachine } from 'aws-local-stepfunctions';
import { StepFunctionsError } from './errors.ts';

/** One execution of a state machine. Input and output are JSON text. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startMs: number;
  readonly stopMs?: number;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What the interpreter beneath takes and gives. */
export type JsonValue = Parameters<StateMachine['run']>[0];

type EventOf<T> = T extends AsyncGenerator<infer Event> ? Event : never;

/** An event as the interpreter reports it, of an execution or of one within it. */
export interface ExecutionEvent {
  readonly machineArn: string;
  readonly executionArn: string;
  readonly event: EventOf<ReturnType<StateMachine['run']>['eventLogs']>;
}

/** Bytes of a task's payload or result, of a state, and of an execution's input on AWS. */
export const maxStateBytes = 256 * 1024;

export function executionArn(machineArn: string, kind: 'execution' | 'express', name: string): string {
  return `${machineArn.replace(':stateMachine:', `:${kind}:`)}:${name}`;
}

/** Throws InvalidName for what AWS would not take as the name of an execution. */
export function validateName(name: string): void {
  if (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u.test(name)) return;
  throw new StepFunctionsError(
    'InvalidName',
    `Invalid Name: '${name}'. A name has 1 to 80 characters; spaces, control characters and <>{}[]?*"#%\\^|~\`$&,;:/ are not allowed.`,
  );
}

/** The value of an execution's input. Throws InvalidExecutionInput. */
export function parsedInput(input: string): unknown {
  const sizeBytes = Buffer.byteLength(input);
  if (sizeBytes > maxStateBytes) {
    throw new StepFunctionsError(
      'InvalidExecutionInput',
      `The input has ${sizeBytes} bytes; ${maxStateBytes} are allowed.`,
    );
  }
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new StepFunctionsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${String(error)}`);
  }
}
