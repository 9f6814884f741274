import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layoutOf, lineOf, stepSize, wavesOf } from './wave-layout.ts';
import type { Placeable } from './wave-layout.ts';

/** Plans without circles: a step waits for earlier ones only, and groups only grow. */
const plans = fc
  .array(fc.record({ before: fc.array(fc.nat(40), { maxLength: 3 }), grows: fc.boolean() }), { maxLength: 40 })
  .map((drawn): Placeable[] =>
    drawn.map(({ before }, at) => ({
      id: `s${at}`,
      after: [...new Set(before.filter((other) => other < at).map((other) => `s${other}`))],
      group: drawn.slice(0, at).filter(({ grows }) => grows).length,
    })),
  );

it('gives every step a place of its own', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const places = [...layoutOf(plan).places.values()];
      expect(places).toHaveLength(plan.length);
      const overlaps = places.filter((a, at) =>
        places.slice(at + 1).some((b) => Math.abs(a.x - b.x) < stepSize.width && Math.abs(a.y - b.y) < stepSize.height),
      );
      expect(overlaps).toEqual([]);
    }),
  );
});

it('puts every step behind what it waits for, and behind all steps of earlier groups', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const waveOf = new Map(wavesOf(plan).flatMap((wave, at) => wave.map((id) => [id, at] as const)));
      const wave = (id: string): number => waveOf.get(id) ?? Number.NaN;
      for (const { id, after, group } of plan) {
        for (const other of after) expect(wave(id)).toBeGreaterThan(wave(other));
        for (const other of plan) if (other.group < group) expect(wave(id)).toBeGreaterThan(wave(other.id));
      }
    }),
  );
});

it('leads no line of a band behind a step that has nothing to do with it', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      fc.pre(wavesOf(plan).length <= 12);
      const { places, lanes } = layoutOf(plan);
      for (const { id, after } of plan) {
        for (const other of after) {
          const [from, to] = [places.get(other), places.get(id)];
          if (!from || !to) throw new Error('a step has no place');
          const ends = [from.y, to.y].map((y) => y + stepSize.height / 2);
          const lane = lanes.get(lineOf(other, id));
          const [highest, lowest] = lane === undefined ? [Math.min(...ends), Math.max(...ends)] : [lane, lane];
          const hit = [...places.values()].filter(
            ({ x, y }) => x > from.x && x < to.x && lowest >= y && highest <= y + stepSize.height,
          );
          expect(hit).toEqual([]);
        }
      }
    }),
  );
});

it('places the steps of a circle too, which no gate lets through', () => {
  const circle = [
    { id: 'a', after: ['b', 'gone'], group: 1 },
    { id: 'b', after: ['a'], group: 1 },
  ];
  expect(layoutOf(circle).places.size).toBe(2);
});

it('goes on in a band below when a plan is long, and is done with thousands of steps at once', () => {
  const chain = Array.from({ length: 5_000 }, (_, at) => ({
    ...{ id: `s${at}`, group: 1 },
    after: at === 0 ? [] : [`s${at - 1}`],
  })).toReversed();
  const startedAt = performance.now();
  const { places } = layoutOf(chain);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(places.get('s11')?.y).toBe(places.get('s0')?.y);
  expect(places.get('s12')?.x).toBe(places.get('s0')?.x);
  expect(places.get('s12')?.y).toBeGreaterThan(places.get('s0')?.y ?? 0);
});
