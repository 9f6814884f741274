import { Worker } from 'node:worker_threads';
import { env } from '../../core/contract/env.ts';
import { siblingModule } from '../sibling-module.ts';

export interface SkillWorkerOptions {
  readonly projectDirectory: string;
}

export interface ToSkillWorker {
  readonly payload: unknown;
  /** The worker is killed then. */
  readonly deadlineMs: number;
}

export type FromSkillWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

export interface SkillHosts {
  /**
   * Runs the skill host with this payload. Like Lambda, one invocation has a worker to itself, and a worker that is
   * not done at its deadline is killed: rejects with `Sandbox.Timedout` then, and with `Lambda.Unknown` when the worker
   * died, also of too little memory.
   */
  invoke(payload: unknown, timeoutMs: number): Promise<unknown>;
  stop(): Promise<void>;
}

interface Invocation {
  readonly payload: unknown;
  readonly timeoutMs: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * What a skill may fill with its values: what a skill function has on AWS (lib/constructs/bundled-function.ts), so
 * that one that needs more fails alone, and does not take the platform and all its runs with it. Buffers are not
 * counted; Node has no limit for them. Of it, little for young objects: a step leaves little behind that lives longer
 * than itself, and by default each thread may take 48 MB for them.
 */
const skillMemory = { maxOldGenerationSizeMb: 500, maxYoungGenerationSizeMb: 12 } as const;
const skillMemoryMb = skillMemory.maxOldGenerationSizeMb + skillMemory.maxYoungGenerationSizeMb;

/** Starts a pool of worker threads, each of which holds all skills of the project. Invocations over `size` wait for a free one. */
export async function startSkillHosts(
  options: SkillWorkerOptions & { readonly size: number; readonly warm: number },
): Promise<SkillHosts> {
  const pool = new SkillHostPool(options);
  await pool.warmUp(options.warm);
  return pool;
}

class SkillHostPool implements SkillHosts {
  readonly #options: SkillWorkerOptions & { readonly size: number };
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #queue: Invocation[] = [];
  #starting = 0;
  #stopped = false;

  constructor(options: SkillWorkerOptions & { readonly size: number }) {
    this.#options = options;
  }

  async warmUp(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#start()));
  }

  invoke(payload: unknown, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ payload, timeoutMs, resolve, reject });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const invocation of this.#queue.splice(0))
      invocation.reject(namedError('Lambda.Unknown', 'the platform is stopping'));
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#queue.length > 0 && !this.#stopped) {
      const worker = this.#idle.pop();
      if (!worker) {
        // One at a time: a start takes a processor for a second, and those that work need it too.
        if (this.#starting === 0 && this.#all.size < this.#options.size) void this.#startForQueue();
        return;
      }
      const invocation = this.#queue.shift();
      if (invocation) this.#run(worker, invocation);
    }
  }

  async #startForQueue(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#queue.shift()?.reject(namedError('Lambda.Unknown', `no skill worker could be started: ${message}`));
      this.#next();
    }
  }

  async #start(): Promise<void> {
    this.#starting += 1;
    try {
      const { projectDirectory } = this.#options;
      const worker = new Worker(siblingModule(import.meta.url, 'worker'), {
        workerData: { projectDirectory },
        // A skill gets its secrets from its context, and nobody's credentials.
        env: { ...process.env, [env.personalAws]: undefined },
        resourceLimits: skillMemory,
        execArgv: ['--disable-warning=ExperimentalWarning'],
      });
      await untilReady(worker);
      if (this.#stopped) {
        await worker.terminate();
        return;
      }
      this.#all.add(worker);
      worker.once('exit', () => this.#forget(worker));
      // Without a listener an error of an idle worker would end the platform; its exit is what matters.
      worker.on('error', () => undefined);
      this.#idle.push(worker);
    } finally {
      this.#starting -= 1;
    }
    this.#next();
  }

  #run(worker: Worker, invocation: Invocation): void {
    const deadlineMs = Date.now() + invocation.timeoutMs;
    let failure: Error | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      worker.off('error', onError);
    };
    const onMessage = (message: FromSkillWorker): void => {
      // An answer of a worker that is being killed comes too late.
      if (failure) return;
      finish();
      this.#idle.push(worker);
      if (message.kind === 'answer') invocation.resolve(message.value);
      else if (message.kind === 'error') invocation.reject(namedError(message.name, message.message));
      this.#next();
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      const why =
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? `the skill worker was killed: it needed more than ${skillMemoryMb} MB of memory`
          : `the skill worker died: ${error.message}`;
      failure ??= namedError('Lambda.Unknown', why);
    };
    const onExit = (): void => {
      finish();
      invocation.reject(failure ?? namedError('Lambda.Unknown', 'the skill worker ended without an answer'));
      this.#next();
    };
    const timer = setTimeout(() => {
      failure = namedError('Sandbox.Timedout', `the skill worker was killed after ${invocation.timeoutMs} ms`);
      void worker.terminate();
    }, invocation.timeoutMs);
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.once('exit', onExit);
    worker.postMessage({ payload: invocation.payload, deadlineMs } satisfies ToSkillWorker);
  }

  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}

/** Resolves with the first message. Takes off only its own listeners: a worker without any would stop its port for good. */
function untilReady(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const onMessage = (): void => {
      finish();
      resolve();
    };
    const onError = (error: Error): void => {
      finish();
      reject(error);
    };
    const onExit = (code: number): void => {
      finish();
      reject(new Error(`a skill worker ended with code ${code} while starting`));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}

function namedError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
