import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compensationOrder } from './compensation-order.ts';
import type { OrderedStep } from './compensation-order.ts';

/** Steps that depend on earlier ones only; `undone` of them have something to undo. */
const anyPlan = fc
  .array(fc.record({ picks: fc.array(fc.nat(60), { maxLength: 5 }), undone: fc.boolean() }), { maxLength: 40 })
  .map((rows) => ({
    steps: rows.map(({ picks }, index): OrderedStep => ({
      key: `s${index}`,
      after: index === 0 ? ['gone'] : [...new Set(picks.map((pick) => `s${pick % index}`))],
    })),
    undone: new Set(rows.flatMap(({ undone }, index) => (undone ? [`s${index}`] : []))),
  }));

/** Everything that needs a step, however indirectly. */
function needing(steps: readonly OrderedStep[], key: string): Set<string> {
  const all = new Set<string>([key]);
  for (let grown = true; grown;) {
    const more = steps.filter((step) => !all.has(step.key) && step.after.some((one) => all.has(one)));
    for (const step of more) all.add(step.key);
    grown = more.length > 0;
  }
  all.delete(key);
  return all;
}

/** Runs compensations in waves, each when all that it waits for is over. Throws when some can never run. */
function wavesOf(order: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const wave = new Map<string, number>();
  for (let number = 0; wave.size < order.size; number += 1) {
    const ready = [...order].filter(([key, after]) => !wave.has(key) && after.every((one) => wave.has(one)));
    assert(ready.length > 0, 'some compensations wait for each other');
    for (const [key] of ready) wave.set(key, number);
  }
  return wave;
}

function checkOrder(steps: readonly OrderedStep[], undone: ReadonlySet<string>): void {
  const order = compensationOrder(steps, undone);
  assert.deepStrictEqual(new Set(order.keys()), undone);
  const wave = wavesOf(order);
  for (const key of undone) {
    for (const dependent of needing(steps, key)) {
      if (!undone.has(dependent)) continue;
      assert((wave.get(dependent) ?? 0) < (wave.get(key) ?? 0), `${key} is undone before ${dependent}, which needs it`);
    }
  }
}

describe('the order of compensations', () => {
  it('undoes nothing before everything that depends on it, however indirectly, in any plan', () => {
    fc.assert(
      fc.property(anyPlan, ({ steps, undone }) => checkOrder(steps, undone)),
      { numRuns: 1_000 },
    );
  });

  it('says nothing of what has nothing to do with each other, so that it is undone at once', () => {
    const steps = ['a', 'b', 'c'].map((key) => ({ key, after: [] }));
    expect(compensationOrder(steps, new Set(['a', 'c']))).toEqual(
      new Map([
        ['a', []],
        ['c', []],
      ]),
    );
  });

  it('looks through steps that have nothing to undo', () => {
    const steps = [
      { key: 'flight', after: [] },
      { key: 'look', after: ['flight'] },
      { key: 'hotel', after: ['look'] },
    ];
    expect(compensationOrder(steps, new Set(['flight', 'hotel'])).get('flight')).toEqual(['hotel']);
  });

  it('becomes a single file where all of it would be too much to write down', () => {
    const first = Array.from({ length: 100 }, (_, index) => ({ key: `a${index}`, after: [] }));
    const hub = { key: 'hub', after: first.map(({ key }) => key) };
    const last = Array.from({ length: 100 }, (_, index) => ({ key: `b${index}`, after: ['hub'] }));
    const steps = [...first, hub, ...last];
    const undone = new Set([...first, ...last].map(({ key }) => key));
    checkOrder(steps, undone);
    const order = compensationOrder(steps, undone);
    expect([...order.values()].every((after) => after.length <= 1)).toBe(true);
  });
});
