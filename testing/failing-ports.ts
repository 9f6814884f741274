import { ActionError, StoreUnavailable } from '../core/model/failure.ts';
import type { Ports } from '../core/ports/index.ts';
import type { FaultPlan } from './fault-plan.ts';
import { invocations } from './invocation.ts';

interface Failing {
  readonly plan: FaultPlan;
  /** Ends the process, with every function in it. */
  readonly crash: (point: string) => void;
  /** Told of a store that does not answer. */
  readonly storeFailed: (point: string) => void;
}

/**
 * The ports as functions of the platform see them: stores that fail, processes that die at a call, and no answer to a worker
 * that is dead. Who calls outside of a function, such as the test itself, passes through.
 */
export function failingPorts(ports: Ports, failing: Failing): Ports {
  const wrap = <Port extends object>(name: string, port: Port): Port => wrapped(name, port, failing);
  return {
    ...ports,
    runs: wrap('runs', ports.runs),
    ledger: wrap('ledger', ports.ledger),
    blobs: wrap('blobs', ports.blobs),
    engine: wrap('engine', ports.engine),
    http: wrap('http', ports.http),
    secrets: wrap('secrets', ports.secrets),
    documents: { of: (tenantId, skillId) => wrap('documents', ports.documents.of(tenantId, skillId)) },
    mailer: wrap('mailer', ports.mailer),
    spend: wrap('spend', ports.spend),
    breakers: wrap('breakers', ports.breakers),
  };
}

function wrapped<Port extends object>(name: string, port: Port, failing: Failing): Port {
  return new Proxy(port, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function' || typeof property !== 'string') return member;
      return (...args: unknown[]) =>
        pass(name, property, () => Reflect.apply(member, target, args) as unknown, failing);
    },
  });
}

function pass(store: string, method: string, call: () => unknown, { plan, crash, storeFailed }: Failing): unknown {
  const invocation = invocations.getStore();
  if (!invocation) return call();
  if (invocation.dead) return silence();
  const point = `${store}.${method}`;
  const dies = plan.crashNow();
  if (dies === 'before') {
    crash(point);
    return silence();
  }
  if (plan.storeFails(store, method)) {
    storeFailed(point);
    return Promise.reject(outage(store, point));
  }
  const answer = call();
  if (!(answer instanceof Promise)) return answer;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const answered = (give: () => void): void => {
    if (dies === 'after') crash(point);
    if (!invocation.dead) give();
  };
  answer.then(
    (value: unknown) => answered(() => resolve(value)),
    (error: unknown) => answered(() => reject(error)),
  );
  return promise;
}

/** To a dead worker nothing answers, so no catch or finally of it runs. */
function silence(): Promise<never> {
  return new Promise(() => undefined);
}

/** Skills see their own store through errors of their own kind. */
function outage(store: string, point: string): Error {
  const cause = new Error('the test has taken the store away');
  const error = new StoreUnavailable(point, cause);
  return store === 'documents'
    ? new ActionError(error.message, { class: 'storeUnavailable', sendOutcome: 'unknown', cause: error })
    : error;
}
