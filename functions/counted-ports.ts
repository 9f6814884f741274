import type { Metric } from '../core/contract/metrics.ts';
import type { LedgerStatus } from '../core/model/effect.ts';
import type { RunStatus } from '../core/model/run.ts';
import type { EffectLedger, RunStore, SpendStore } from '../core/ports/index.ts';
import { count } from './run-scope.ts';

interface Stores {
  readonly runs?: RunStore;
  readonly ledger?: EffectLedger;
  readonly spend?: SpendStore;
}

const ofRun: Partial<Record<RunStatus, Metric>> = { completed: 'runCompleted', failed: 'runFailed' };
const ofStep: Partial<Record<LedgerStatus, Metric>> = {
  ...{ DONE: 'stepCompleted', FAILED: 'stepFailed', IN_DOUBT: 'stepInDoubt' },
};
const mostRemembered = 1_000;

/** The same ports, whose writes are counted when they are committed: by then they are facts, and each is committed once. */
export function countedPorts<P extends Stores>(ports: P): P {
  return {
    ...ports,
    ...(ports.runs ? { runs: countedRuns(ports.runs) } : {}),
    ...(ports.ledger ? { ledger: countedLedger(ports.ledger) } : {}),
    ...(ports.spend ? { spend: countedSpend(ports.spend) } : {}),
  };
}

function countedRuns(runs: RunStore): RunStore {
  /** Versions of inbox items that were seen settled: one that is written after those is opened anew. */
  const settled = new Set<string>();
  const saw = (item: Awaited<ReturnType<RunStore['readEscalation']>>): void => {
    if (item?.status !== 'settled') return;
    if (settled.size >= mostRemembered) settled.clear();
    settled.add(`${item.escalationId}@${item.version}`);
  };
  return withMethods(runs, {
    async createRun(request, head) {
      const result = await runs.createRun(request, head);
      const { tenantId, runId, agent } = head;
      if (result.written) count('runStarted', 1, { tenantId, runId, agent });
      return result;
    },
    async writeHead(next, seenVersion) {
      const result = await runs.writeHead(next, seenVersion);
      const { tenantId, runId, agent } = next;
      const ended = ofRun[next.status];
      if (result.written && ended) count(ended, 1, { tenantId, runId, agent });
      return result;
    },
    async readEscalation(tenantId, escalationId) {
      const found = await runs.readEscalation(tenantId, escalationId);
      saw(found);
      return found;
    },
    async writeEscalation(next, seenVersion) {
      const result = await runs.writeEscalation(next, seenVersion);
      if (!result.written) {
        saw(result.current);
        return result;
      }
      const { tenantId, runId, agent, status } = next;
      const isNew = seenVersion === undefined || settled.has(`${next.escalationId}@${seenVersion}`);
      if (status === 'settled') count('escalationSettled', 1, { tenantId, runId, agent });
      else if (isNew) count('escalationOpened', 1, { tenantId, runId, agent });
      return result;
    },
  });
}

function countedLedger(ledger: EffectLedger): EffectLedger {
  return withMethods(ledger, {
    async write(next, seenWriteToken) {
      const result = await ledger.write(next, seenWriteToken);
      const { tenantId, runId, stepId, status } = next;
      const became = ofStep[status];
      if (result.written && became) count(became, 1, { tenantId, runId, stepId });
      return result;
    },
  });
}

function countedSpend(spend: SpendStore): SpendStore {
  return withMethods(spend, {
    async settle(reservation, charge) {
      await spend.settle(reservation, charge);
      const { tenantId, runId, agent } = reservation;
      if (charge.tokens > 0) count('modelTokens', charge.tokens, { tenantId, runId, agent });
      if (charge.usdMicros > 0) count('modelUsdMicros', charge.usdMicros, { tenantId, runId, agent });
    },
  });
}

/** The same object with some methods in the place of its own. The others are called on it: they have private members. */
function withMethods<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, name) {
      const instead: unknown = Object.hasOwn(methods, name) ? Reflect.get(methods, name) : undefined;
      const value: unknown = instead ?? Reflect.get(target, name, target);
      return typeof value === 'function' && instead === undefined ? value.bind(target) : value;
    },
  });
}
