import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { LaneOptions } from './lane.ts';
import type { FromLane, ToLane } from './lane-child.ts';

/** A lane in its child process, as seen from the benchmark. */
export class RemoteLane {
  readonly #name: string;
  readonly dynamoEndpoint: string | undefined;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess, dynamoEndpoint: string | undefined) {
    this.#name = name;
    this.#child = child;
    this.dynamoEndpoint = dynamoEndpoint;
  }

  /**
   * Starts the child and waits until the lane is open.
   *
   * @throws Error when the child ends instead; what it had to say is on stderr
   */
  static async open(name: string, moduleUrl: string, options: LaneOptions): Promise<RemoteLane> {
    mkdirSync(options.folder, { recursive: true });
    const child = fork(new URL('./lane-child.ts', import.meta.url), [moduleUrl, JSON.stringify(options)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // What a shell has set for tracing must not slow one lane down.
      env: { ...process.env, LANGSMITH_TRACING: 'false', LANGCHAIN_TRACING_V2: 'false' },
      // Lanes may log; only the benchmark writes to stdout.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    const opened = await replyOf(name, child, 'opened');
    return new RemoteLane(name, child, opened.dynamoEndpoint);
  }

  async runSteps(engine: string, steps: number): Promise<number> {
    return (await this.#ask({ kind: 'run', engine, steps }, 'ran')).ms;
  }

  async setup(engine: string): Promise<string> {
    return (await this.#ask({ kind: 'setup', engine }, 'setup')).text;
  }

  /** Highest resident set of the child so far, in MiB. */
  async peakRssMb(): Promise<number> {
    return (await this.#ask({ kind: 'peak' }, 'peak')).rssMb;
  }

  async close(): Promise<void> {
    await this.#ask({ kind: 'close' }, 'closed');
  }

  /** Ends the child at once, whatever it is doing. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #ask<K extends FromLane['kind']>(order: ToLane, expected: K): Promise<Extract<FromLane, { kind: K }>> {
    const reply = replyOf(this.#name, this.#child, expected);
    this.#child.send(order);
    return reply;
  }
}

function replyOf<K extends FromLane['kind']>(
  name: string,
  child: ChildProcess,
  expected: K,
): Promise<Extract<FromLane, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FromLane): void => {
      child.off('exit', onExit);
      if (message.kind === expected) resolve(message as Extract<FromLane, { kind: K }>);
      else reject(new Error(`lane '${name}' answered '${message.kind}' instead of '${expected}'`));
    };
    const onExit = (code: number | null, signal: string | null): void => {
      child.off('message', onMessage);
      reject(new Error(`lane '${name}' ended (${signal ?? `code ${code}`}) before it answered '${expected}'`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
