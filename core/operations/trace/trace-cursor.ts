import * as z from 'zod';
import { InvalidCursor } from '../../contract/cursor.ts';
import type { ToldEvent } from './assemble-trace.ts';

/**
 * What a follower of a run was told. The place of an event among the others is not enough of a cursor: while a run goes on,
 * steps of several revisions may be under way, and each of them has news of its own.
 */
export interface ToldSoFar {
  /** Of earlier revisions everything was told. */
  readonly base: number;
  /** Events told of each source, by revision and then by source. */
  readonly told: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Of the run as a whole. */
  readonly wishes: number;
  readonly ended: boolean;
}

export const nothingTold: ToldSoFar = { base: 0, told: new Map(), wishes: 0, ended: false };

const count = z.int().nonnegative();
/** Of a revision: its number, the events of its plan, of its steps in their order, and of its notes. */
const revisionText = z.tuple([
  count,
  count,
  z.string().regex(/^[0-9a-z.]*$/),
  z.record(z.string().regex(/^\d+$/), count),
]);
const cursorText = z.strictObject({
  base: count,
  wishes: count,
  ended: z.boolean(),
  told: z.array(revisionText).max(100),
});

/** Opaque, and as short as what is under way is little. */
export function encodeTold({ base, told, wishes, ended }: ToldSoFar): string {
  const revisions = [...told].map(([revision, sources]): z.input<typeof revisionText> => {
    const last = Math.max(-1, ...[...sources.keys()].flatMap((source) => placeIn(source, 'step') ?? []));
    const steps = Array.from({ length: last + 1 }, (_, place) => (sources.get(`step ${place}`) ?? 0).toString(36));
    const notes = [...sources].flatMap(([source, number]) => {
      const version = placeIn(source, 'note');
      return version === undefined ? [] : [[String(version), number] as const];
    });
    return [revision, sources.get('plan') ?? 0, steps.join('.'), Object.fromEntries(notes)];
  });
  return Buffer.from(JSON.stringify({ base, wishes, ended, told: revisions })).toString('base64url');
}

/** Throws InvalidCursor. */
export function decodeTold(cursor: string): ToldSoFar {
  const parsed = cursorText.safeParse(parsedJson(cursor));
  if (!parsed.success) throw new InvalidCursor(cursor);
  const { base, wishes, ended, told } = parsed.data;
  const revisions = told.map(([revision, plan, steps, notes]) => {
    const ofSteps = steps === '' ? [] : steps.split('.');
    const sources: [string, number][] = [
      ['plan', plan],
      ...ofSteps.map((number, place): [string, number] => [`step ${place}`, Number.parseInt(number, 36) || 0]),
      ...Object.entries(notes).map(([version, number]): [string, number] => [`note ${version}`, number]),
    ];
    return [revision, new Map(sources)] as const;
  });
  return { base, wishes, ended, told: new Map(revisions) };
}

/** Whether an event of that revision is news. */
export function isNews({ source, ordinal }: ToldEvent, revision: number, { told, wishes, ended }: ToldSoFar): boolean {
  if (source === 'end') return !ended;
  if (source === 'wishes') return ordinal >= wishes;
  return ordinal >= (told.get(revision)?.get(source) ?? 0);
}

/** What was told once these events of that revision are told as well. */
export function toldWith(before: ToldSoFar, revision: number, events: readonly ToldEvent[]): ToldSoFar {
  const sources = new Map(before.told.get(revision));
  let { wishes, ended } = before;
  for (const { source, ordinal } of events) {
    if (source === 'end') ended = true;
    else if (source === 'wishes') wishes = Math.max(wishes, ordinal + 1);
    else sources.set(source, Math.max(sources.get(source) ?? 0, ordinal + 1));
  }
  return { ...before, wishes, ended, told: new Map([...before.told, [revision, sources]]) };
}

/** The same once nothing more can come of the revisions before `base`. */
export function closedBefore({ told, ...rest }: ToldSoFar, base: number): ToldSoFar {
  return { ...rest, base, told: new Map([...told].filter(([revision]) => revision >= base)) };
}

function placeIn(source: string, kind: string): number | undefined {
  const [word, place] = source.split(' ');
  return word === kind && place !== undefined ? Number(place) : undefined;
}

function parsedJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursor(cursor);
  }
}
