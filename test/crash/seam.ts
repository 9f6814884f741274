/**
 * Every way in which a process of the platform touches the world. A call that is not in this list is reported, so
 * that no I/O can be added past the harness.
 */
export const ioPoints = [
  'runs.createRun',
  'runs.readRequest',
  'runs.readHead',
  'runs.writeHead',
  'runs.listRuns',
  'runs.scanOverdue',
  'runs.scanUnfinished',
  'runs.readPlan',
  'runs.createPlan',
  'runs.createNote',
  'runs.listNotes',
  'runs.readIdempotency',
  'runs.writeIdempotency',
  'runs.readEscalation',
  'runs.writeEscalation',
  'runs.scanDueEscalations',
  'runs.oldestOpenEscalationMs',
  'runs.keepEscalationAct',
  'runs.readEscalationActs',
  'runs.listEscalations',
  'ledger.read',
  'ledger.readMany',
  'ledger.write',
  'ledger.readApproval',
  'ledger.writeApproval',
  'blobs.put',
  'blobs.get',
  'engine.start',
  'engine.succeedTask',
  'http.fetch',
  'secrets.read',
  'documents.get',
  'documents.put',
  'documents.remove',
  'documents.list',
  'mailer.send',
  'model.ask',
  'spend.read',
  'spend.write',
  'spend.readDays',
  'breakers.read',
  'breakers.readMany',
  'breakers.write',
  'notifications.send',
  'clock.now',
  'clock.sleep',
  'ids.ulid',
  'ids.token',
  'ids.fraction',
  'machine.invokeFunction',
  'machine.sendMessage',
  'queue.receive',
  'queue.delete',
] as const;

const registered = new Set<string>(ioPoints);

export interface CrashAt {
  /** Which call of the process, counted from 0. */
  readonly call: number;
  /** Before: it never happens. After: it happens, and nobody learns of it. */
  readonly when: 'before' | 'after';
}

/**
 * The seam of one process: counts its I/O calls and ends the process at one of them. A dead process does nothing
 * any more: its calls never return, so no catch or finally of it runs, as after kill -9.
 */
export class Seam {
  readonly calls: string[] = [];
  readonly unregistered = new Set<string>();
  readonly crashed: Promise<void>;
  readonly #crashAt: CrashAt | undefined;
  readonly #die: () => void;
  #dead = false;

  constructor(crashAt?: CrashAt) {
    this.#crashAt = crashAt;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.crashed = promise;
    this.#die = resolve;
  }

  get dead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
    this.#die();
  }

  /** The object with every method passing through the seam as `<name>.<method>`. */
  wrap<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function' || typeof property !== 'string') return member;
        return (...args: unknown[]) =>
          this.#pass(`${name}.${property}`, () => Reflect.apply(member, target, args) as unknown);
      },
    });
  }

  #pass(point: string, call: () => unknown): unknown {
    if (!registered.has(point)) this.unregistered.add(point);
    if (this.#dead) return silence(point, call);
    const number = this.calls.length;
    this.calls.push(point);
    const due = this.#crashAt?.call === number ? this.#crashAt.when : undefined;
    if (due === 'before') {
      this.kill();
      return silence(point, call);
    }
    const result = call();
    if (isAsyncIterable(result)) {
      if (due) this.kill();
      return result;
    }
    if (!(result instanceof Promise)) {
      if (due) this.kill();
      return result;
    }
    return this.#outlive(result, due === 'after');
  }

  /** The answer of a call, unless the process is dead by the time it comes. */
  #outlive(result: Promise<unknown>, die: boolean): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    result.then(
      (value) => {
        if (die) this.kill();
        if (!this.#dead) resolve(value);
      },
      (error: unknown) => {
        if (die) this.kill();
        if (!this.#dead) reject(error);
      },
    );
    return promise;
  }
}

/** Calls that answer at once (the clock, ids) cannot be withheld: what they give is worth nothing to a dead process. */
function silence(point: string, call: () => unknown): unknown {
  const answersAtOnce = point === 'clock.now' || point.startsWith('ids.');
  return answersAtOnce ? call() : new Promise(() => undefined);
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
