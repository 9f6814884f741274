import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Approval } from '../../core/model/approval.ts';
import type { LedgerItem, LedgerRef } from '../../core/model/effect.ts';
import type { LedgerCommand } from '../../core/model/protocol.ts';
import { transition } from '../../core/model/protocol.ts';
import type { EffectLedger } from '../../core/ports/index.ts';
import { ledgerRefusals } from './ledger-refusals.ts';
import type { Row } from './ledger-rows.ts';
import { ledgerRows } from './ledger-rows.ts';
import { momentOf } from './ledger-stories.ts';

const racers = 50;

/** What every effect ledger promises. Each adapter's test calls it with a ledger of its own. */
export function effectLedgerConformance(
  setup: () => Promise<{ readonly ledger: EffectLedger; readonly stop: () => Promise<void> }>,
): void {
  let ledger: EffectLedger;
  let stop: () => Promise<void>;
  let tokens = 0;
  let steps = 0;

  const freshRef = (): LedgerRef => ({
    tenantId: 'acme',
    skill: 'HotelBooking:v1',
    runId: 'run-01j9zzzzzzzzzzzzzzzzzzzzzz',
    stepId: `step-${++steps}`,
    direction: 'F',
  });
  const token = (): string => `token-${++tokens}`;
  const moved = (item: LedgerItem | undefined, command: LedgerCommand, atMs: number): LedgerItem => {
    const move = transition(item, command, momentOf(atMs), token());
    if (!move.ok) throw new Error(`${command.kind} was refused: ${move.refusal}`);
    return move.next;
  };
  /** Carries out a story on the ledger and returns the item as it then stands. */
  const lived = async (
    ref: LedgerRef,
    story: readonly (readonly [number, LedgerCommand])[],
  ): Promise<LedgerItem | undefined> => {
    let item: LedgerItem | undefined;
    for (const [atMs, command] of story) {
      const next = moved(item, command, atMs);
      expect(await ledger.write(next, item?.writeToken)).toEqual({ written: true });
      item = await ledger.read(ref);
      expect(item).toEqual(asStored(next));
    }
    return item;
  };

  beforeAll(async () => {
    ({ ledger, stop } = await setup());
  });
  afterAll(() => stop());

  describe.each(ledgerRows(freshRef()).map(({ name }, position) => [name, position] as const))('%s', (_, position) => {
    const row = (ref: LedgerRef): Row => {
      const found = ledgerRows(ref)[position];
      if (!found) throw new Error(`there is no row ${position}`);
      return found;
    };

    it.each(['F', 'C'] as const)('is stored as the protocol says (direction %s)', async (direction) => {
      const ref = { ...freshRef(), direction };
      const { story, command, atMs, becomes } = row(ref);
      const seen = await lived(ref, story);
      const next = moved(seen, command('me'), atMs);
      expect(next).toMatchObject(becomes);
      expect(await ledger.write(next, seen?.writeToken)).toEqual({ written: true });
      expect(await ledger.read(ref)).toEqual(asStored(next));
    });

    it(`has one winner among ${racers} racers, and every loser is shown the winner's item`, async () => {
      const ref = freshRef();
      const { story, command, atMs } = row(ref);
      const seen = await lived(ref, story);
      const tries = Array.from({ length: racers }, (__, racer) => moved(seen, command(`racer-${racer}`), atMs));
      const answers = await Promise.all(tries.map((next) => ledger.write(next, seen?.writeToken)));
      const winners = tries.filter((__, racer) => answers[racer]?.written);
      expect(winners).toHaveLength(1);
      const stored = await ledger.read(ref);
      expect(stored).toEqual(asStored(winners[0]));
      for (const answer of answers) if (!answer.written) expect(answer.current).toEqual(stored);
    });

    it('is recognised as done when it is sent a second time', async () => {
      const ref = freshRef();
      const { story, command, atMs } = row(ref);
      const seen = await lived(ref, story);
      const next = moved(seen, command('me'), atMs);
      await ledger.write(next, seen?.writeToken);
      expect(await ledger.write(next, seen?.writeToken)).toEqual({ written: true });
      expect(await ledger.read(ref)).toEqual(asStored(next));
    });
  });

  it.each(ledgerRefusals(freshRef()).map(({ name }, position) => [name, position] as const))(
    'refuses %s',
    async (_, position) => {
      const ref = freshRef();
      const row = ledgerRefusals(ref)[position];
      if (!row) throw new Error(`there is no row ${position}`);
      await lived(ref, row.story);
      const stored = await ledger.read(ref);
      expect(transition(stored, row.command, momentOf(row.atMs), token())).toEqual({ ok: false, refusal: row.refusal });
    },
  );

  it('has nothing where nothing was written', async () => {
    expect(await ledger.read(freshRef())).toBeUndefined();
  });

  it('refuses a write that has seen nothing where there is an item, and one that has seen an item where there is none', async () => {
    const ref = freshRef();
    const next = moved(undefined, firstRow(ref).command('me'), 0);
    expect(await ledger.write(next, 'never-written')).toEqual({ written: false, current: undefined });
    await ledger.write(next, undefined);
    const other = moved(undefined, firstRow(ref).command('other'), 0);
    expect(await ledger.write(other, undefined)).toEqual({ written: false, current: asStored(next) });
  });

  it('keeps steps apart by tenant, skill, run, step and direction', async () => {
    const ref = freshRef();
    const refs: LedgerRef[] = [
      ref,
      { ...ref, tenantId: 'other' },
      { ...ref, skill: 'HotelBooking:v2' },
      { ...ref, runId: 'run-01j9zzzzzzzzzzzzzzzzzzzzz0' },
      { ...ref, stepId: `${ref.stepId}-x` },
      { ...ref, direction: 'C' },
    ];
    const written = refs.map((each) => moved(undefined, firstRow(each).command('me'), 0));
    for (const next of written) expect(await ledger.write(next, undefined)).toEqual({ written: true });
    for (const [position, each] of refs.entries()) expect(await ledger.read(each)).toEqual(asStored(written[position]));
  });

  it('reads many items at once, each once, and leaves out the absent ones', async () => {
    const refs = Array.from({ length: 230 }, freshRef);
    const present = refs.filter((_, position) => position % 7 !== 0);
    for (const ref of present) await ledger.write(moved(undefined, firstRow(ref).command('me'), 0), undefined);
    const found = await ledger.readMany([...refs, ...refs.slice(0, 20)]);
    expect(found.map((item) => item.stepId).toSorted()).toEqual(present.map((ref) => ref.stepId).toSorted());
    expect(await ledger.readMany([])).toEqual([]);
  });

  it('gives results back exactly, whatever they hold', async () => {
    const ref = freshRef();
    const begun = await lived(ref, [[0, beginRow(ref).command('me')]]);
    const value = {
      empty: '',
      none: null,
      list: [[], {}, [null, true, 1.5]],
      numbers: [0, -1, 1e-300, 1.7976931348623157e308, 2 ** 63, -(2 ** 60), 0.1],
      text: 'ünïcödé 🏨 "quoted" \u0000 \u2028',
      'key with . and # and spaces': 1,
      deep: Array.from({ length: 60 }).reduce<object>((inner) => ({ inner }), {}),
    };
    const next = moved(
      begun,
      {
        kind: 'done',
        fence: 1,
        trust: 'trusted',
        result: { kind: 'inline', value: JSON.parse(JSON.stringify(value)) },
      },
      10,
    );
    await ledger.write(next, begun?.writeToken);
    const stored = await ledger.read(ref);
    expect(stored).toMatchObject({ status: 'DONE', result: { kind: 'inline', value } });
  });

  it('keeps one approval for each step and binding, and the first verdict stands', async () => {
    const ref = freshRef();
    const said: Approval = {
      ...{ ...ref, binding: 'b1', verdict: 'approved', occurrence: 1, escalationId: 'esc-1' },
      ...{ by: 'ada', reason: 'looked at it', atMs: 1, writeToken: 't1' },
    };
    expect(await ledger.readApproval(ref, 'b1')).toBeUndefined();
    expect(await ledger.writeApproval(said, undefined)).toEqual({ written: true });
    expect(await ledger.writeApproval(said, undefined)).toEqual({ written: true });
    const late: Approval = { ...said, verdict: 'rejected', by: 'eve', writeToken: 't2' };
    expect(await ledger.writeApproval(late, undefined)).toEqual({ written: false, current: said });
    expect(await ledger.writeApproval(late, 'another')).toEqual({ written: false, current: said });
    expect(await ledger.readApproval(ref, 'b1')).toEqual(said);
    for (const [other, binding] of [
      [ref, 'b2'],
      [{ ...ref, stepId: 'other' }, 'b1'],
      [{ ...ref, tenantId: 'beta' }, 'b1'],
      [{ ...ref, direction: 'C' as const }, 'b1'],
    ] as const) {
      expect(await ledger.readApproval(other, binding)).toBeUndefined();
    }
    // It is no part of the ledger item beside it.
    expect(await ledger.read(ref)).toBeUndefined();
  });

  it('does not change what it stored when the writer goes on changing its copy', async () => {
    const ref = freshRef();
    const next = { ...moved(undefined, firstRow(ref).command('me'), 0), evidence: [] as LedgerItem['evidence'] };
    await ledger.write(next, undefined);
    next.evidence.push({ atMs: 1, fence: 1, kind: 'human', detail: 'added afterwards' });
    expect((await ledger.read(ref))?.evidence).toEqual([]);
  });
}

function firstRow(ref: LedgerRef): { command: (owner: string) => LedgerCommand } {
  return rowNamed(ref, 'claim');
}

function beginRow(ref: LedgerRef): { command: (owner: string) => LedgerCommand } {
  return rowNamed(ref, 'claim and intent in one');
}

function rowNamed(ref: LedgerRef, name: string): { command: (owner: string) => LedgerCommand } {
  const row = ledgerRows(ref).find((each) => each.name === name);
  if (!row) throw new Error(`there is no row '${name}'`);
  return row;
}

/** As it comes back: members that are undefined are not there. */
function asStored(item: LedgerItem | undefined): unknown {
  return item === undefined ? undefined : JSON.parse(JSON.stringify(item));
}
