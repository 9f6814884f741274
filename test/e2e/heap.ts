interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

interface WorkerAttached {
  readonly sessionId: string;
  readonly workerInfo: { readonly workerId: string; readonly url: string };
}

/** One thread of an inspected process. */
export interface ThreadHeap {
  /** `main`, or the file that the thread runs and its number. */
  readonly thread: string;
  /** What is reachable: measured after a garbage collection. */
  readonly usedMb: number;
}

const mb = 1024 * 1024;

/**
 * What every thread of a process holds on to, by the Chrome DevTools protocol.
 *
 * @param inspectorUrl as printed by a Node process that was started with --inspect
 */
export async function threadHeaps(inspectorUrl: string): Promise<ThreadHeap[]> {
  const session = await Session.open(inspectorUrl);
  try {
    await session.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    const workers = await Promise.all(
      [...session.workers].map(async ([sessionId, thread]) => ({
        thread,
        usedMb: await usedMb((method) => session.sendTo(sessionId, method)),
      })),
    );
    return [{ thread: 'main', usedMb: await usedMb((method) => session.send(method)) }, ...workers];
  } finally {
    session.close();
  }
}

async function usedMb(send: (method: string) => Promise<Readonly<Record<string, unknown>>>): Promise<number> {
  // The second one takes what the finalizers of the first have let go.
  await send('HeapProfiler.collectGarbage');
  await send('HeapProfiler.collectGarbage');
  const { usedSize } = await send('Runtime.getHeapUsage');
  return Number(usedSize) / mb;
}

class Session {
  /** Threads by their session. */
  readonly workers = new Map<string, string>();
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('the inspected process is gone'));
    });
  }

  static async open(url: string): Promise<Session> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`${url} does not answer`)));
    });
    return new Session(socket);
  }

  send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Readonly<Record<string, unknown>>> {
    const { id, answer } = this.#expect();
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }

  async sendTo(sessionId: string, method: string): Promise<Readonly<Record<string, unknown>>> {
    const { id, answer } = this.#expect();
    await this.send('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method }) });
    return answer;
  }

  close(): void {
    this.#socket.close();
  }

  #expect(): { id: number; answer: Promise<Readonly<Record<string, unknown>>> } {
    this.#lastId += 1;
    const expected = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#pending.set(this.#lastId, expected);
    return { id: this.#lastId, answer: expected.promise };
  }

  #receive({ id, method, params, result, error }: Message): void {
    if (method === 'NodeWorker.attachedToWorker') {
      const { sessionId, workerInfo } = params as unknown as WorkerAttached;
      this.workers.set(sessionId, `${workerInfo.url.split('/').slice(-2).join('/')} ${workerInfo.workerId}`);
    } else if (method === 'NodeWorker.receivedMessageFromWorker') {
      this.#receive(JSON.parse(String(params?.['message'])) as Message);
    } else if (id !== undefined) {
      const expected = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) expected?.reject(new Error(error.message));
      else expected?.resolve(result ?? {});
    }
  }
}
