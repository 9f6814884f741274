import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EscalationKind } from '../../core/model/escalation.ts';
import { Desk } from './desk-project.ts';
import { startedRun, waitingFor } from './waiting-run.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

type WaitingRun = Awaited<ReturnType<typeof startedRun>>;

/** The call that answers dies once the head is written: before the item is, or before the execution that waits is let go. */
async function answeredByTheDead(run: WaitingRun, body: object, at: 'item' | 'execution'): Promise<void> {
  const path = await run.resolvePath();
  const died = new Error('the process died');
  if (at === 'execution') vi.spyOn(run.engine, 'succeedTask').mockRejectedValue(died);
  else {
    const write = run.runs.writeEscalation.bind(run.runs);
    vi.spyOn(run.runs, 'writeEscalation').mockImplementation(async (next, seen) => {
      if (next.status === 'settled') throw died;
      return write(next, seen);
    });
  }
  const { status } = await run.ask(path, { body: { reason: 'as agreed', ...body } });
  expect(status).toBeGreaterThanOrEqual(500);
  vi.restoreAllMocks();
}

/** As the sweep does once the run ought to have moved. */
async function foundBySweep(run: WaitingRun): Promise<void> {
  const head = await run.runs.readHead({ tenantId: 'acme', runId: run.runId });
  if (!head) throw new Error('the run is gone');
  await run.engine.start(head);
  await run.drive();
  // The one that is let go finds out that it is fenced.
  await run.drive();
}

const standings = (run: WaitingRun) => [...run.engine.executions.values()].map(({ standing }) => standing);

describe('an answer whose call died before it closed its item, and was never repeated', () => {
  it.each<[EscalationKind, object, string]>([
    ['approval', { resolution: 'approve' }, 'approved by ada: as agreed'],
    ['inDoubt', { resolution: 'attest', happened: true, output: { said: 'x' } }, 'attested by ada: as agreed'],
    ['failure', { resolution: 'retry' }, 'by ada'],
    ['denied', { resolution: 'skip' }, 'by ada'],
    ['budget', { resolution: 'retry' }, 'by ada'],
    ['deadRun', { resolution: 'retry' }, 'by ada'],
  ])('is in force all the same, and the run closes the item with it: %s', async (kind, body, reason) => {
    const run = await waitingFor(kind);
    await answeredByTheDead(run, body, 'item');
    await foundBySweep(run);
    expect((await run.show()).status).toBe('completed');
    expect(await run.listed('open')).toEqual([]);
    expect((await run.listed('settled')).map(({ settled }) => settled)).toMatchObject([
      { by: 'ada', reason: expect.stringContaining(reason) },
    ]);
    expect(standings(run)).toEqual(['closed', 'closed']);
  });

  it('is not waited for until the run is over', async () => {
    const desk = new Desk();
    desk.faults.set('ring', ['bug', 'bug']);
    const run = await startedRun({ desk });
    await run.drive();
    const { escalationId } = await run.item();
    await answeredByTheDead(run, { resolution: 'retry' }, 'item');
    await foundBySweep(run);
    expect((await run.show()).status).toBe('escalated');
    expect((await run.listed('settled')).map((item) => item.escalationId)).toEqual([escalationId]);
    expect(await run.listed('open')).toHaveLength(1);
  });

  it('lets go the execution that waits for it', async () => {
    const run = await waitingFor('failure');
    await answeredByTheDead(run, { resolution: 'retry' }, 'execution');
    expect(standings(run)).toEqual(['waiting']);
    await foundBySweep(run);
    expect((await run.show()).status).toBe('completed');
    expect(standings(run)).toEqual(['closed', 'closed']);
  });
});

it('an approval that was not given stays open when the run is resumed, and is closed when the run is over', async () => {
  const run = await waitingFor('approval');
  const { escalationId } = await run.item();
  await run.ask(`/v1/runs/${run.runId}/resume`, { body: {} });
  await run.drive();
  expect((await run.item()).escalationId).toBe(escalationId);
  // Whoever cancels dies before the item is closed.
  const died = new Error('the process died');
  vi.spyOn(run.runs, 'writeEscalation').mockRejectedValue(died);
  await run.ask(`/v1/runs/${run.runId}/cancel`, { body: { reason: 'no more' } });
  vi.restoreAllMocks();
  expect(await run.listed('open')).toHaveLength(1);
  await foundBySweep(run);
  expect((await run.show()).status).toBe('canceled');
  expect((await run.listed('settled')).map(({ settled }) => settled)).toMatchObject([
    { by: 'holdfast', reason: 'the run is canceled' },
  ]);
});
