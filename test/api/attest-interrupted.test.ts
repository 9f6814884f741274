import { afterEach, describe, expect, it, vi } from 'vitest';
import { escalationView, runAccepted } from '../../core/contract/api.ts';
import { didNot, doubtful, happened } from './doubtful-run.ts';
import { faults } from './project.ts';
import { tokenWith } from './world.ts';

afterEach(() => {
  vi.restoreAllMocks();
  faults.clear();
});

describe('of two operators at once', () => {
  it.each([
    ['of different minds', didNot],
    ['who say the same', happened],
  ])('%s exactly one stands, and the other is told so', async (_, other) => {
    const { ask, resolve, drive, item, show, listed } = await doubtful();
    const tokens = [await tokenWith({ sub: 'ann' }), await tokenWith({ sub: 'bob' })];
    const answers = await Promise.all(
      [happened, other].map((body, index) => ask(resolve, { body, token: tokens[index] })),
    );
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['202', '409']);
    const winner =
      answers[0]?.status === 202 ? 'ann: happened' : `bob: ${other.happened ? 'happened' : 'didNotHappen'}`;
    const { evidence, status } = await item();
    expect(evidence.filter(({ kind }) => kind === 'human')).toMatchObject([
      { detail: expect.stringContaining(winner) },
    ]);
    expect(status).toBe(winner.endsWith('didNotHappen') ? 'FAILED' : 'DONE');
    await drive();
    expect((await show()).status).toBe(status === 'DONE' ? 'completed' : 'escalated');
    expect((await listed('settled')).map(({ settled }) => settled?.by)).toEqual([winner.slice(0, 3)]);
  });

  it.each([
    ['another verdict', didNot],
    ['the same', happened],
  ])(
    'the one whose write comes second is refused when it says %s, and completes what the first has begun',
    async (_, said) => {
      const { ports, status, everything, drive, show, inbox, get } = await doubtful();
      const bob = await tokenWith({ sub: 'bob' });
      // Ada's process dies right after the ledger.
      vi.spyOn(ports.runs, 'writeHead').mockRejectedValueOnce(new Error('the process died'));
      expect(await status(happened)).toBe(500);
      const { item } = await everything();
      expect(item.status).toBe('DONE');
      expect(await status(said, bob)).toBe(409);
      expect((await everything()).item).toEqual(item);
      expect(await get(escalationView, inbox)).toMatchObject({
        settled: { by: 'ada', reason: 'attested by ada: it is in the outbox' },
      });
      await drive();
      expect((await show()).status).toBe('completed');
    },
  );
});

/** The process dies at a write: of the escalation, at the one that settles it. */
function dieAt(port: object, method: 'write' | 'writeHead' | 'writeEscalation'): void {
  const target = port as Record<typeof method, (...args: readonly unknown[]) => Promise<unknown>>;
  const write = target[method].bind(port);
  let dead = false;
  vi.spyOn(target, method).mockImplementation(async (...args) => {
    const isIt = method !== 'writeEscalation' || (args[0] as { status: string }).status === 'settled';
    if (!isIt || dead) return write(...args);
    dead = true;
    throw new Error('the process died');
  });
}

describe('an attest whose process died', () => {
  const deaths = [
    ['before the ledger was written', 'ledger', 'write'],
    ['after the ledger', 'runs', 'writeHead'],
    ['after the head', 'runs', 'writeEscalation'],
  ] as const;

  it.each(deaths.flatMap((death) => [happened, didNot].map((request) => [...death, request] as const)))(
    '%s (%s.%s) is completed by its repetition: %j',
    async (_, port, method, request) => {
      const { ports, status, attest, drive, show, listed, item, runId } = await doubtful();
      dieAt(ports[port], method);
      expect(await status(request)).toBe(500);
      expect(await attest(request)).toMatchObject({ runId });
      await drive();
      expect((await show()).status).toBe(request.happened ? 'completed' : 'escalated');
      expect((await listed('open')).map(({ kind }) => kind)).toEqual(request.happened ? [] : ['failure']);
      expect((await item()).evidence.filter(({ kind }) => kind === 'human')).toHaveLength(1);
    },
  );

  it.each([['succeedTask'], ['start']] as const)('before engine.%s goes on once it is repeated', async (method) => {
    const { engine, status, drive, show, runId } = await doubtful();
    vi.spyOn(engine, method).mockRejectedValueOnce(new Error('the process died'));
    expect(await status(happened)).toBeGreaterThanOrEqual(500);
    // The escalation is settled by now, so the repetition is told that; the run goes on all the same.
    expect(await status(happened)).toBe(409);
    await drive();
    expect((await show()).status).toBe('completed');
    expect(engine.names(runId).map((name) => engine.executions.get(name)?.standing)).toEqual(['closed', 'closed']);
  });

  it.each([
    ['the ledger', 'writeHead'],
    ['the head', 'writeEscalation'],
  ] as const)('after %s is also completed by a resume', async (_, method) => {
    const { ports, status, get, path, drive, show, listed } = await doubtful();
    dieAt(ports.runs, method);
    expect(await status(happened)).toBe(500);
    await get(runAccepted, `${path}/resume`, { body: {} });
    await drive();
    expect((await show()).status).toBe('completed');
    expect(await listed('open')).toEqual([]);
  });

  it('is refused when the same person then says the contrary, and the first verdict stands', async () => {
    const { ports, status, drive, show, item } = await doubtful();
    vi.spyOn(ports.runs, 'writeHead').mockRejectedValueOnce(new Error('the process died'));
    expect(await status(didNot)).toBe(500);
    expect(await status(happened)).toBe(409);
    expect((await item()).status).toBe('FAILED');
    await drive();
    expect((await show()).status).toBe('escalated');
  });

  it('is refused when it is repeated with another output, and the first output stands', async () => {
    const { ports, status, drive, show, item } = await doubtful();
    vi.spyOn(ports.runs, 'writeHead').mockRejectedValueOnce(new Error('the process died'));
    expect(await status(happened)).toBe(500);
    expect(await status({ ...happened, output: { sent: false } })).toBe(409);
    expect(await item()).toMatchObject({ result: { value: { sent: true } } });
    await drive();
    expect((await show()).status).toBe('completed');
  });
});

describe('a canceled run with a step in doubt', () => {
  it.each([happened, didNot])('ends as canceled once it is attested: %j', async (request) => {
    const { get, path, drive, show, attest, listed, engine, runId } = await doubtful();
    await get(runAccepted, `${path}/cancel`, { body: { reason: 'enough' } });
    await drive();
    expect((await show()).status).toBe('escalated');
    await attest(request);
    await drive();
    expect(await show()).toMatchObject({ status: 'canceled', cancelRequested: { reason: 'enough' } });
    expect(await listed('open')).toEqual([]);
    expect(engine.names(runId).map((name) => engine.executions.get(name)?.standing)).not.toContain('waiting');
  });

  it('ends also when it is attested before it has reported its doubt again', async () => {
    const { get, path, drive, show, attest, listed } = await doubtful();
    await get(runAccepted, `${path}/cancel`, { body: {} });
    await attest(happened);
    await drive();
    expect((await show()).status).toBe('canceled');
    expect(await listed('open')).toEqual([]);
  });

  it('is harmed neither by a second cancel nor by one after the end', async () => {
    const { get, path, drive, show, attest, listed, item } = await doubtful();
    const cancel = (reason: string) => get(runAccepted, `${path}/cancel`, { body: { reason } });
    await cancel('first');
    await drive();
    const before = await item();
    expect(await cancel('second')).toMatchObject({ status: 'escalated' });
    await drive();
    expect(await item()).toEqual(before);
    expect(await listed('open')).toMatchObject([{ kind: 'inDoubt' }]);
    await attest(didNot);
    await drive();
    expect(await cancel('third')).toMatchObject({ status: 'canceled' });
    expect(await show()).toMatchObject({ status: 'canceled', cancelRequested: { reason: 'first' } });
  });
});
