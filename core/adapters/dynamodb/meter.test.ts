import { describe, expect, it } from 'vitest';
import { IndexMeter, itemSizeBytes, readUnits, writeUnits } from './meter.ts';

describe('the size of an item', () => {
  it('counts names and values: text by its UTF-8 bytes, numbers by two digits a byte and one more', () => {
    expect(itemSizeBytes({ PK: 'ab', SK: '' })).toBe(2 + 2 + 2);
    expect(itemSizeBytes({ PK: 'é', SK: '', n: 12345 })).toBe(2 + 2 + 2 + 1 + 4);
    expect(itemSizeBytes({ PK: '', SK: '', n: -1 })).toBe(4 + 1 + 3);
    expect(itemSizeBytes({ PK: '', SK: '', n: 0, b: true })).toBe(4 + 1 + 1 + 1 + 1);
    expect(itemSizeBytes({ PK: '', SK: '', n: 1_790_000_000_000 })).toBe(4 + 1 + 3);
  });
});

describe('units', () => {
  it.each([
    [1, 1],
    [1_024, 1],
    [1_025, 2],
    [10_000, 10],
  ])('of a write of %d bytes are %d', (sizeBytes, units) => {
    expect(writeUnits(sizeBytes)).toBe(units);
  });

  it('of a read are one for each 4 KiB, and half of it when eventually consistent', () => {
    expect([readUnits(0, true), readUnits(4_096, true), readUnits(4_097, true)]).toEqual([1, 1, 2]);
    expect(readUnits(4_097, false)).toBe(1);
  });
});

describe('the units of the index', () => {
  const head = {
    PK: 'T#acme#R#1',
    SK: 'RUN',
    GSI1PK: 'T#acme#0',
    GSI1SK: '1',
    status: 'running',
    agent: 'a',
    spend: 1,
  };

  it('are none for an item that is not in it', () => {
    expect(new IndexMeter().unitsOf({ PK: 'a', SK: 'b', status: 'x' })).toBe(0);
  });

  it('are one for a new entry and for another status, and none when nothing of the entry changes', () => {
    const meter = new IndexMeter();
    expect(meter.unitsOf(head)).toBe(1);
    expect(meter.unitsOf({ ...head, spend: 2 })).toBe(0);
    expect(meter.unitsOf({ ...head, status: 'completed' })).toBe(1);
  });

  it('are two for an entry that moves, and one for an entry that goes', () => {
    const meter = new IndexMeter();
    meter.unitsOf(head);
    expect(meter.unitsOf({ ...head, GSI1PK: 'T#acme#1' })).toBe(2);
    expect(meter.unitsOf({ PK: head.PK, SK: head.SK })).toBe(1);
  });
});
