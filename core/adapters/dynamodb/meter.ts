import { tableShape } from '../../contract/keys.ts';
import type { Item } from './item.ts';

/** One call to the table and what AWS would charge for it. */
export interface MeterEntry {
  readonly operation: 'PutItem' | 'GetItem' | 'BatchGetItem' | 'Query' | 'Scan';
  /** What the call was for, e.g. `ledger.write DONE`. */
  readonly label: string;
  readonly sizeBytes: number;
  readonly writeUnits: number;
  /** Units of the indexes alone; emulators do not count them. */
  readonly indexWriteUnits: number;
  readonly readUnits: number;
  /** Capacity units that the store itself reported; its word on AWS, a lower bound on emulators. */
  readonly reportedUnits: number | undefined;
  /** False for a write whose condition did not hold, or whose answer never came. */
  readonly applied: boolean;
}

export type Meter = (entry: MeterEntry) => void;

/**
 * Size of a flat item in bytes, names included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSizeBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSizeBytes(value), 0);
}

function valueSizeBytes(value: Item[string]): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'boolean') return 1;
  const digits = String(Math.abs(value))
    .replace(/e.*$|\./g, '')
    .replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

/** Units of a write of that size: one for each KiB begun. */
export function writeUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / 1024));
}

/** Units of a read of that size: one for each 4 KiB begun, half of it when eventually consistent. */
export function readUnits(sizeBytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(sizeBytes / 4096)) * (consistent ? 1 : 0.5);
}

/** One index of the table. */
type IndexShape = Pick<
  (typeof tableShape)['index' | 'dueIndex' | 'openIndex'],
  'partitionKey' | 'sortKey' | 'projectedAttributes'
>;

/** Counts what each write costs in the indexes, by remembering what they hold for each item. */
export class IndexMeter {
  readonly #indexes = [tableShape.index, tableShape.dueIndex, tableShape.openIndex].map((shape: IndexShape) => ({
    shape,
    entries: new Map<string, Item>(),
  }));

  /** Units that the indexes need to follow this write: 0 for one of which nothing is projected, 2 where its entry moves. */
  unitsOf(item: Item): number {
    const address = `${item.PK}|${item.SK}`;
    return this.#indexes.reduce((units, { shape, entries }) => {
      const before = entries.get(address);
      const after = projectionOf(item, shape);
      if (after) entries.set(address, after);
      else entries.delete(address);
      return units + unitsBetween(before, after, shape);
    }, 0);
  }
}

function unitsBetween(before: Item | undefined, after: Item | undefined, shape: IndexShape): number {
  if (!before || !after) {
    const only = before ?? after;
    return only ? writeUnits(itemSizeBytes(only)) : 0;
  }
  const { partitionKey, sortKey } = shape;
  if (before[partitionKey] !== after[partitionKey] || before[sortKey] !== after[sortKey]) {
    return writeUnits(itemSizeBytes(before)) + writeUnits(itemSizeBytes(after));
  }
  const unchanged = Object.entries(after).every(([name, value]) => before[name] === value);
  return unchanged ? 0 : Math.max(writeUnits(itemSizeBytes(before)), writeUnits(itemSizeBytes(after)));
}

function projectionOf(item: Item, { partitionKey, sortKey, projectedAttributes }: IndexShape): Item | undefined {
  if (item[partitionKey] === undefined) return undefined;
  const names = [partitionKey, sortKey, ...projectedAttributes];
  const projected = names.flatMap((name) => {
    const value = item[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PK: item.PK, SK: item.SK, ...Object.fromEntries(projected) };
}
