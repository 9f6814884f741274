import { randomUUID } from 'node:crypto';
import { ExecutionTimeoutError, StateMachine } from 'aws-local-stepfunctions';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { StepFunctionsError } from './errors.ts';
import { executionArn, parsedInput, validateName } from './execution.ts';
import type { Execution, ExecutionEvent, JsonValue } from './execution.ts';
import { taskStates, unsupportedFeatures } from './features.ts';
import type { TaskState } from './features.ts';
import { Lifetime } from './lifetime.ts';
import type { Machine } from './machine.ts';
import { performTask } from './tasks.ts';
import type { TaskResources } from './tasks.ts';
import { TaskTokens } from './task-tokens.ts';

export interface InterpreterOptions {
  readonly machines: readonly Machine[];
  readonly resources: TaskResources;
  /** Learns of every execution that ended by itself or was stopped; not of those that `abandon` lets go. */
  readonly onExecutionEnded?: (execution: Execution) => void;
  /** Sees every event of every execution, for measurements. Nothing is kept when it is left out. */
  readonly onEvent?: (event: ExecutionEvent) => void;
  /** Milliseconds by name of a Wait state, instead of what the file says. */
  readonly waitsMs?: Readonly<Record<string, number>>;
  /** Milliseconds by name of a state, between its tries, instead of what the file says. */
  readonly retriesMs?: Readonly<Record<string, number>>;
}

export interface StartRequest {
  readonly machineArn: string;
  /** A random one when left out. */
  readonly name?: string | undefined;
  /** JSON text. */
  readonly input?: string | undefined;
}

/** Closed executions of which a small record is kept: for DescribeExecution, and so that their names are not used again. */
const keptClosed = 1_000;

/**
 * The Step Functions of a laptop, without the wire: Standard executions of state machines, their Express executions
 * within, and task tokens, in this process and in memory. Refuses a machine that uses anything which the interpreter
 * beneath does not do as AWS does (`supportedFeatures`). Errors are StepFunctionsError with the codes of the AWS API.
 */
export class Interpreter {
  readonly #machines = new Map<string, LoadedMachine>();
  readonly #options: InterpreterOptions;
  readonly #tokens = new TaskTokens();
  readonly #open = new Map<string, OpenExecution>();
  readonly #closed = new Map<string, Execution>();
  #abandoned = false;

  constructor(options: InterpreterOptions) {
    this.#options = options;
    for (const machine of options.machines) this.#machines.set(machine.arn, load(machine));
  }

  /** Executions that have not ended; those within others are not counted. */
  get running(): number {
    return this.#open.size;
  }

  /** Starts an execution, idempotently as on AWS: the same name and input while it runs is the same execution. */
  start(request: StartRequest): Execution {
    if (this.#abandoned) throw new StepFunctionsError('ServiceUnavailable', 'This interpreter was stopped.');
    const machine = this.#machine(request.machineArn);
    if (machine.type !== 'STANDARD') {
      throw new StepFunctionsError(
        'StateMachineTypeNotSupported',
        `${machine.arn} is an Express state machine; here those run within a Standard one, by startSyncExecution.`,
      );
    }
    const { name = randomUUID(), input = '{}' } = request;
    validateName(name);
    const parsed = parsedInput(input);
    const arn = executionArn(machine.arn, 'execution', name);
    const open = this.#open.get(arn)?.record;
    if (open?.input === input) return open;
    if (open || this.#closed.has(arn)) {
      throw new StepFunctionsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const record: Execution = { arn, name, machineArn: machine.arn, status: 'RUNNING', startMs: Date.now(), input };
    const execution: OpenExecution = { record, lifetime: new Lifetime(), ended: Promise.withResolvers() };
    this.#open.set(arn, execution);
    void this.#follow(machine, execution, parsed);
    return record;
  }

  /** Throws ExecutionDoesNotExist, also for one that ended before the last 1,000 did. */
  describe(arn: string): Execution {
    const execution = this.#open.get(arn)?.record ?? this.#closed.get(arn);
    if (!execution) throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** Running and remembered executions of a machine, newest first. */
  list(machineArn: string): Execution[] {
    const { arn } = this.#machine(machineArn);
    return [...this.#closed.values(), ...[...this.#open.values()].map(({ record }) => record)]
      .filter((execution) => execution.machineArn === arn)
      .toSorted((a, b) => b.startMs - a.startMs);
  }

  /** Resolves when the execution ends, in whatever way. */
  ended(arn: string): Promise<Execution> {
    return this.#open.get(arn)?.ended.promise ?? Promise.resolve(this.describe(arn));
  }

  /** Ends an execution as ABORTED; nothing of it starts anything any more. One that is closed stays as it is. */
  stop(arn: string, error?: string, cause?: string): Execution {
    const execution = this.#open.get(arn);
    if (!execution) return this.describe(arn);
    const closed = this.#close(execution, {
      status: 'ABORTED',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    execution.lifetime.end();
    this.#options.onExecutionEnded?.(closed);
    return closed;
  }

  /** Completes a waiting task with JSON text. Throws InvalidOutput, InvalidToken, TaskTimedOut. */
  succeedTask(token: string, output: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(output);
    } catch {
      throw new StepFunctionsError('InvalidOutput', 'The output is not JSON.');
    }
    this.#tokens.succeed(token, parsed);
  }

  /** Fails a waiting task. Throws InvalidToken, TaskTimedOut. */
  failTask(token: string, error = 'States.TaskFailed', cause = ''): void {
    this.#tokens.fail(token, error, cause);
  }

  /** Ends every execution, and starts none any more: what a killed process leaves behind, which is nothing. */
  abandon(): void {
    this.#abandoned = true;
    for (const execution of this.#open.values()) {
      this.#close(execution, { status: 'ABORTED' });
      execution.lifetime.end();
    }
  }

  #machine(arn: string): LoadedMachine {
    const machine = this.#machines.get(arn);
    if (machine) return machine;
    const known = [...this.#machines.keys()].join(', ');
    throw new StepFunctionsError(
      'StateMachineDoesNotExist',
      `State Machine Does Not Exist: '${arn}'. There are: ${known}`,
    );
  }

  async #follow(machine: LoadedMachine, execution: OpenExecution, input: unknown): Promise<void> {
    const { lifetime, record } = execution;
    const ending = await this.#run(machine, record.arn, input, lifetime);
    if (lifetime.over) return;
    const closed = this.#close(execution, ending);
    this.#options.onExecutionEnded?.(closed);
  }

  #close({ record, ended }: OpenExecution, ending: Ending): Execution {
    const closed: Execution = { ...record, ...ending, stopMs: Date.now() };
    this.#open.delete(record.arn);
    this.#closed.set(record.arn, closed);
    const oldest = this.#closed.size > keptClosed ? this.#closed.keys().next() : undefined;
    if (oldest?.done === false) this.#closed.delete(oldest.value);
    ended.resolve(closed);
    return closed;
  }

  async #runWithin(machineArn: string, input: unknown, lifetime: Lifetime): Promise<{ arn: string; ending: Ending }> {
    const machine = this.#machine(machineArn);
    if (machine.type !== 'EXPRESS') {
      throw new StepFunctionsError('StateMachineTypeNotSupported', `${machineArn} is not an Express state machine.`);
    }
    const arn = executionArn(machineArn, 'express', randomUUID());
    return { arn, ending: await this.#run(machine, arn, input, lifetime) };
  }

  async #run(machine: LoadedMachine, arn: string, input: unknown, lifetime: Lifetime): Promise<Ending> {
    const { waitsMs, retriesMs, resources } = this.#options;
    const minted = new Set<string>();
    const scope = {
      lifetime,
      resources,
      minted,
      tokens: this.#tokens,
      start: (request: StartRequest) => this.start(request),
      runWithin: (machineArn: string, value: unknown) => this.#runWithin(machineArn, value, lifetime),
    };
    const mint = (): string => {
      const token = this.#tokens.mint();
      minted.add(token);
      return token;
    };
    const run = machine.runnable.run(input as JsonValue, {
      noThrowOnAbort: true,
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          machine.tasks.map((task) => [task.name, (processed) => performTask(task, processed, scope)]),
        ),
        ...(waitsMs ? { waitTimeOverrides: waitsMs } : {}),
        ...(retriesMs ? { retryIntervalOverrides: retriesMs } : {}),
      },
      context: {
        Task: {
          get Token() {
            return mint();
          },
        },
      },
    });
    const keep = lifetime.onEnd(run.abort);
    const drained = this.#drain(machine.arn, arn, run.eventLogs);
    try {
      return { status: 'SUCCEEDED', output: JSON.stringify(await run.result) };
    } catch (error) {
      if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT', error: 'States.Timeout', cause: '' };
      const failure = error instanceof Error ? (error.cause ?? error) : error;
      return failure instanceof Error
        ? { status: 'FAILED', error: failure.name, cause: failure.message }
        : { status: 'FAILED', error: 'States.Runtime', cause: String(failure) };
    } finally {
      keep();
      // Whoever measures has seen everything when the execution ends.
      if (this.#options.onEvent) await drained;
    }
  }

  /** The interpreter beneath keeps every event until somebody takes it. */
  async #drain(machineArn: string, arn: string, events: AsyncIterable<ExecutionEvent['event']>): Promise<void> {
    for await (const event of events) this.#options.onEvent?.({ machineArn, executionArn: arn, event });
  }
}

/** The in-process engine, without a server. */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  return new Interpreter(options);
}

interface LoadedMachine extends Machine {
  readonly runnable: StateMachine;
  readonly tasks: readonly TaskState[];
}

interface OpenExecution {
  readonly record: Execution;
  readonly lifetime: Lifetime;
  readonly ended: PromiseWithResolvers<Execution>;
}

type Ending = Pick<Execution, 'status' | 'output' | 'error' | 'cause'>;

function load(machine: Machine): LoadedMachine {
  const problems = unsupportedFeatures(machine.definition);
  if (problems.length > 0) {
    throw new Error(`${machine.arn} cannot be run locally:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
  const runnable = new StateMachine(machine.definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  return { ...machine, runnable, tasks: taskStates(machine.definition) };
}
