import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StepFunctionsError } from './errors.ts';
import type { Execution } from './execution.ts';
import { createInterpreter } from './interpreter.ts';
import type { Interpreter, InterpreterOptions } from './interpreter.ts';
import { isRecord } from './machine.ts';

export interface StepFunctions {
  /** For the `endpoint` of an SFNClient. */
  readonly endpoint: string;
  /** Executions that have not ended. */
  readonly running: () => number;
  /** Ends every execution and closes the server. */
  stop(): Promise<void>;
}

/** A request is at most 1 MB on AWS. */
const maxRequestBytes = 1024 * 1024;

/**
 * Serves the Step Functions API on 127.0.0.1, as far as the platform uses it, so that the unchanged
 * `@aws-sdk/client-sfn` works. Nothing outlives the process. Port 0 takes any free one. Throws when a machine uses
 * something that cannot be run locally, and when the port is taken.
 * The protocol is AWS JSON 1.0: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export async function startStepFunctions(
  options: InterpreterOptions & { readonly port: number },
): Promise<StepFunctions> {
  const interpreter = createInterpreter(options);
  const server = createServer((request, response) => {
    answer(interpreter, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    running: () => interpreter.running,
    stop: async () => {
      interpreter.abandon();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(interpreter: Interpreter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = target.replace('AWSStepFunctions.', '');
    if (!Object.hasOwn(operations, operation)) {
      throw new StepFunctionsError(
        'UnknownOperationException',
        `'${target}' is not served here; there are ${Object.keys(operations).join(', ')}.`,
      );
    }
    const perform = operations[operation as keyof typeof operations];
    send(response, 200, perform(interpreter, new Parameters(await readBody(request))));
  } catch (error) {
    const known = error instanceof StepFunctionsError;
    const message = error instanceof Error ? error.message : String(error);
    send(response, known ? 400 : 500, { __type: known ? error.code : 'InternalServerException', message });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > maxRequestBytes) {
      throw new StepFunctionsError('ValidationException', `The request has more than ${maxRequestBytes} bytes.`);
    }
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new StepFunctionsError('SerializationException', 'The body of the request is not JSON.');
  }
}

/** Members of a request. */
class Parameters {
  readonly #body: Readonly<Record<string, unknown>>;

  constructor(body: unknown) {
    if (!isRecord(body))
      throw new StepFunctionsError('SerializationException', 'The body of the request is not an object.');
    this.#body = body;
  }

  required(member: string): string {
    const value = this.optional(member);
    if (value === undefined) throw new StepFunctionsError('ValidationException', `Member '${member}' is missing.`);
    return value;
  }

  optional(member: string): string | undefined {
    const value = this.#body[member];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    throw new StepFunctionsError('ValidationException', `Member '${member}' has to be a string.`);
  }
}

const operations = {
  StartExecution: (interpreter: Interpreter, parameters: Parameters): unknown => {
    const started = interpreter.start({
      machineArn: parameters.required('stateMachineArn'),
      name: parameters.optional('name'),
      input: parameters.optional('input'),
    });
    return { executionArn: started.arn, startDate: epochSeconds(started.startMs) };
  },
  DescribeExecution: (interpreter: Interpreter, parameters: Parameters): unknown => {
    const execution = interpreter.describe(parameters.required('executionArn'));
    const { input, output, error, cause } = execution;
    return { ...summary(execution), input, output, error, cause };
  },
  ListExecutions: (interpreter: Interpreter, parameters: Parameters): unknown => {
    const status = parameters.optional('statusFilter');
    const executions = interpreter
      .list(parameters.required('stateMachineArn'))
      .filter((execution) => status === undefined || execution.status === status);
    return { executions: executions.map(summary) };
  },
  StopExecution: (interpreter: Interpreter, parameters: Parameters): unknown => {
    const arn = parameters.required('executionArn');
    const stopped = interpreter.stop(arn, parameters.optional('error'), parameters.optional('cause'));
    return { stopDate: epochSeconds(stopped.stopMs ?? stopped.startMs) };
  },
  SendTaskSuccess: (interpreter: Interpreter, parameters: Parameters): unknown => {
    interpreter.succeedTask(parameters.required('taskToken'), parameters.required('output'));
    return {};
  },
  SendTaskFailure: (interpreter: Interpreter, parameters: Parameters): unknown => {
    interpreter.failTask(parameters.required('taskToken'), parameters.optional('error'), parameters.optional('cause'));
    return {};
  },
};

function summary(execution: Execution): Record<string, unknown> {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: epochSeconds(execution.startMs),
    ...(execution.stopMs === undefined ? {} : { stopDate: epochSeconds(execution.stopMs) }),
  };
}

function epochSeconds(ms: number): number {
  return ms / 1000;
}
