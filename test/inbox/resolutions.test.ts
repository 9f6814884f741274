import { describe, expect, it } from 'vitest';
import { escalationKinds } from '../../core/model/escalation.ts';
import type { EscalationKind } from '../../core/model/escalation.ts';
import type { Resolution } from '../../core/model/resolution.ts';
import { allowedFor, resolutions, rulings } from '../../core/model/resolution.ts';
import { grace, waitingFor } from './waiting-run.ts';

/** What is sent with each resolution. */
const bodies: Readonly<Record<Resolution, object>> = {
  approve: {},
  reject: {},
  edit: { input: { text: 'write' } },
  retry: {},
  attest: { happened: true, output: { said: 'by hand' } },
  provide: { output: { said: 'by hand' } },
  skip: {},
  replan: { instructions: 'Do it by post.' },
  compensate: {},
  abort: {},
};

/** How a run ends, what the desk was sent, and what was undone. `asked`: a person is asked again, and approves. */
interface Ending {
  readonly status: string;
  readonly sent: readonly string[];
  readonly undone?: readonly string[];
  readonly asked?: true;
}

const byHand: Ending = { status: 'completed', sent: ['room'] };
const back: Ending = { status: 'failed', sent: ['room'], undone: ['ref-room'] };
const over: Ending = { status: 'canceled', sent: ['room'] };
const done: Ending = { status: 'completed', sent: ['room', 'ring'] };
const written: Ending = { status: 'completed', sent: ['room', 'write'] };
const afterFailure = {
  ...{ edit: written, retry: done, provide: byHand, skip: byHand, compensate: back, abort: over },
} as const;
const fromTheStart = {
  ...{ retry: done, compensate: { status: 'failed', sent: [] }, abort: { status: 'canceled', sent: [] } },
} as const;

/** Of what the kind allows: how the run ends, or why this very run cannot go on so. */
const endings: Readonly<Record<EscalationKind, Partial<Readonly<Record<Resolution, Ending | string>>>>> = {
  approval: {
    ...{ approve: done, reject: { status: 'declined', sent: ['room'] }, edit: { ...written, asked: true } },
    ...{
      provide: byHand,
      skip: byHand,
      replan: 'the plan of the run was given with it',
      compensate: back,
      abort: over,
    },
  },
  inDoubt: { attest: byHand, provide: byHand, retry: 'sending it again might do it twice' },
  failure: { ...afterFailure, attest: byHand, replan: 'the plan of the run was given with it' },
  denied: { ...afterFailure, replan: 'the plan of the run was given with it' },
  budget: fromTheStart,
  deadRun: fromTheStart,
};

const cells = escalationKinds.flatMap((kind) => resolutions.map((resolution) => [kind, resolution] as const));

it('says of every kind and resolution what happens', () => {
  for (const kind of escalationKinds)
    expect(Object.keys(endings[kind]).toSorted()).toEqual(allowedFor(kind).toSorted());
});

const go = cells.filter(([kind, resolution]) => typeof endings[kind][resolution] === 'object');

it.each(go)('an item of kind %s ends by the resolution %s as it says', async (kind, resolution) => {
  const ending = endings[kind][resolution];
  if (typeof ending !== 'object') throw new Error('no ending');
  const body = { resolution, reason: 'as agreed', ...bodies[resolution] };
  const run = await waitingFor(kind);
  const before = await run.item();
  expect(before).toMatchObject({ kind, status: 'open' });
  expect(before.case?.resolutions).toContainEqual({ resolution, ...rulings[kind][resolution] });
  await run.resolve(body);
  const [settled] = (await run.listed('settled')).filter(({ escalationId }) => escalationId === before.escalationId);
  expect(settled).toMatchObject({ settled: { by: 'ada', reason: expect.stringContaining('as agreed') } });
  if (ending.asked) {
    const again = await run.item();
    expect(again.approval).toMatchObject({ arguments: { text: 'write' } });
    expect(again.approval?.binding).not.toBe(before.approval?.binding);
    await run.resolve({ resolution: 'approve' });
  }
  const { status, sent, undone = [] } = ending;
  const { desk } = run;
  expect({ status: (await run.show()).status, sent: desk.sent, undone: desk.undone }).toEqual({ status, sent, undone });
  expect(await run.listed('open')).toEqual([]);
  await run.refused('already-settled', `/v1/escalations/${before.escalationId}/resolve`, { body, token: grace });
});

describe('an item that is resolved as it cannot be', () => {
  const stay = cells.filter(([kind, resolution]) => typeof endings[kind][resolution] !== 'object');

  it.each(stay)('of kind %s by %s says why, and what is allowed; nothing changes', async (kind, resolution) => {
    const ruling = rulings[kind][resolution];
    const run = await waitingFor(kind);
    const before = await run.item();
    const body = { resolution, reason: 'as agreed', ...bodies[resolution] };
    const { detail } = await run.refused('resolution-not-allowed', await run.resolvePath(), { body });
    expect(detail).toContain(ruling.may ? endings[kind][resolution] : ruling.why);
    if (!ruling.may) for (const allowed of allowedFor(kind)) expect(detail).toContain(`'${allowed}'`);
    const told = before.case?.resolutions.find((one) => one.resolution === resolution);
    expect(told).toMatchObject({ may: false, why: expect.any(String) });
    if (told?.may === false) expect(detail).toContain(told.why);
    expect(await run.item()).toEqual(before);
    expect((await run.show()).status).toBe('escalated');
  });
});
