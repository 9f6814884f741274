import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryEffectLedger, MemoryRunStore, MemorySpendAccounts } from '../core/adapters/memory/index.ts';
import { SpendBook } from '../core/adapters/spend-book.ts';
import { SystemIds } from '../core/adapters/system/index.ts';
import { escalationOf, headOf, requestOf } from '../test/conformance/records.ts';
import { emfLine, isEmf, jsonLines } from '../test/fixtures/log-lines.ts';
import { consumeRecords } from './consume-records.ts';
import { countedPorts } from './counted-ports.ts';
import { telemetry } from './telemetry.ts';

const context = { awsRequestId: 'request-1', functionName: 'demo', getRemainingTimeInMillis: () => 1_000 } as Context;

let written = '';
beforeEach(() => {
  written = '';
  const keep = (text: string | Uint8Array): boolean => {
    written += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What was written, apart from what is counted. */
const logged = () => jsonLines(written).filter((line) => !isEmf(line));
const counted = () =>
  jsonLines(written)
    .filter(isEmf)
    .map((line) => emfLine.parse(line));

const about = (number: number) => ({ tenantId: 'acme', runId: `run-${number}`, agent: 'trip-planner', stepId: 'book' });

describe('log lines of a function', () => {
  it('say which run, step and agent they are about, also when calls overlap', async () => {
    const { logger, traced } = telemetry('demo');
    const work = traced(async (_event: ReturnType<typeof about>) => {
      logger.info('began');
      await new Promise((later) => setTimeout(later, 5));
      logger.error('failed', new Error('boom'));
    });
    await Promise.all([1, 2, 3].map((number) => work(about(number), context)));
    for (const number of [1, 2, 3]) {
      const lines = logged().filter(({ runId }) => runId === `run-${number}`);
      expect(lines).toMatchObject([
        { service: 'demo', level: 'INFO', message: 'began', ...about(number) },
        { level: 'ERROR', error: { message: 'boom' }, ...about(number) },
      ]);
    }
    expect(counted()).toEqual([]);
  });

  it('of a batch say of which message they are, whatever it is; one that fails is named', async () => {
    const { logger, traced } = telemetry('demo');
    const work = traced(
      consumeRecords(logger, async ({ body }) => {
        logger.info('looked', { body: body.length });
        if (!body.startsWith('{')) throw new Error('this is no message');
      }),
    );
    const bodies = [
      JSON.stringify({ notice: about(1) }),
      JSON.stringify({ notification: about(2) }),
      JSON.stringify({ detail: { input: JSON.stringify(about(3)) } }),
      'no JSON',
    ];
    const records = bodies.map((body, number) => ({ body, messageId: `m-${number}`, eventSource: 'aws:sqs' }));
    const answer = await work({ Records: records } as SQSEvent, context);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-3' }]);
    const looked = logged().filter(({ message }) => message === 'looked');
    expect(looked.map(({ runId }) => runId)).toEqual(['run-1', 'run-2', 'run-3', undefined]);
    expect(logged().at(-1)).toMatchObject({ messageId: 'm-3', error: { message: 'this is no message' } });
  });
});

it('every function is named as its folder in its logs, and has what it does wrapped', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const source = readFileSync(join(import.meta.dirname, name, 'handler.ts'), 'utf8');
    expect(source, name).toContain(`telemetry('${name}')`);
    expect(source, name).toContain('export const handler = traced(');
  }
});

describe('what a function counts', () => {
  const ports = () => countedPorts({ runs: new MemoryRunStore(), ledger: new MemoryEffectLedger() });

  it('is what it has committed, once, on a line of the embedded metric format for each run, also when it throws', async () => {
    const { runs } = ports();
    const { traced } = telemetry('demo');
    const work = traced(async (_event: object) => {
      for (const number of [1, 2]) {
        const head = headOf(number);
        for (const writeToken of ['w0', 'w1']) await runs.createRun(requestOf(head), { ...head, writeToken });
        const ended = { ...head, status: number === 1 ? 'completed' : 'failed', version: 2 } as const;
        for (const writeToken of ['w2', 'w3']) await runs.writeHead({ ...ended, writeToken }, head.version);
      }
      throw new Error('afterwards');
    });
    await expect(work({}, context)).rejects.toThrow('afterwards');
    const [first, second] = [headOf(1), headOf(2)];
    expect(counted()).toMatchObject([
      { service: 'demo', agent: first.agent, runId: first.runId, RunsStarted: 1, RunsCompleted: 1 },
      { service: 'demo', agent: second.agent, runId: second.runId, RunsStarted: 1, RunsFailed: 1 },
    ]);
    for (const { _aws } of counted()) {
      expect(_aws.CloudWatchMetrics).toMatchObject([{ Namespace: 'Holdfast', Dimensions: [['service', 'agent']] }]);
    }
  });

  it('knows an inbox item that is opened, opened anew, and settled, and one that is only worked on', async () => {
    const { runs } = ports();
    const { traced } = telemetry('demo');
    const item = escalationOf(1);
    const settled = { atMs: 9, by: 'ada', reason: 'done' };
    await traced(async (_event: object) => {
      await runs.writeEscalation(item, undefined);
      await runs.writeEscalation({ ...item, version: 2, writeToken: 'w2', assignedTo: 'ada' }, 1);
      await runs.writeEscalation({ ...item, version: 3, writeToken: 'w3', status: 'settled', settled }, 2);
      await runs.readEscalation(item.tenantId, item.escalationId);
      await runs.writeEscalation({ ...item, version: 4, writeToken: 'w4' }, 3);
    })({}, context);
    expect(counted()).toMatchObject([{ EscalationsOpened: 2, EscalationsSettled: 1, agent: item.agent }]);
  });

  it('of models is what was settled, in tokens and millionths of a dollar', async () => {
    const { spend } = countedPorts({ spend: new SpendBook(new MemorySpendAccounts(), new SystemIds()) });
    const call = { tenantId: 'acme', runId: 'run-1', agent: 'a', model: 'm', day: '2026-11-28' };
    const worst = { tokens: 100, usdMicros: 1_000 };
    await telemetry('think').traced(async (_event: object) => {
      for (const key of ['k1', 'k2']) {
        await spend.reserve({ ...call, key, worst }, { run: {}, tenantDay: {} });
        await spend.settle({ ...call, key, worst }, { tokens: 10, usdMicros: 70 });
      }
    })(about(1), context);
    expect(counted()).toMatchObject([{ ModelTokens: 20, ModelUsdMicros: 140, agent: 'a', runId: 'run-1' }]);
  });

  it('is not written where the environment says so, as on a laptop', async () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    const { runs } = ports();
    await telemetry('demo').traced(async (_event: object) => runs.createRun(requestOf(headOf(1)), headOf(1)))(
      {},
      context,
    );
    expect(written).toBe('');
  });
});
