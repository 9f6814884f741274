/** What is laid out: ids are unique, and `after` names others. */
export interface Placeable {
  readonly id: string;
  readonly after: readonly string[];
  /** Those of a later group stand behind all of the earlier ones. */
  readonly group: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export const stepSize = { width: 216, height: 62 } as const;
const gap = { x: 56, y: 18, band: 56 } as const;
/** Longer plans go on in a new band below, as text does. */
const wavesInBand = 12;
const sweeps = 4;
/** Between a line that goes past steps and these, in pixels. */
const laneAway = 16;
const lanesApart = 5;
const laneStep = 5;

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /**
   * Of lines that would run behind steps which have nothing to do with them, by `lineOf`: the height at which they go past
   * these.
   */
  readonly lanes: ReadonlyMap<string, number>;
}

export function lineOf(from: string, to: string): string {
  return `${from}>${to}`;
}

/** Where a step stands: its band, its column there, and the columns of that band from top to bottom. */
interface Standing extends Place {
  readonly column: number;
  readonly band: readonly Span[];
}

interface Span {
  readonly top: number;
  readonly bottom: number;
}

/**
 * Places steps in columns: each one behind all that it waits for, and beside those with which it can run. In time that grows with
 * the number of steps and their dependencies, so that a plan of thousands of steps is there at once.
 */
export function layoutOf(steps: readonly Placeable[]): Layout {
  const waves = inOrder(wavesOf(steps), steps);
  const places = new Map<string, Standing>();
  const pitch = stepSize.height + gap.y;
  let top = 0;
  for (let first = 0; first < waves.length; first += wavesInBand) {
    const waveOfColumn = waves.slice(first, first + wavesInBand);
    const most = Math.max(...waveOfColumn.map((wave) => wave.length));
    // Short columns stand in the middle of long ones.
    const band = waveOfColumn.map(({ length }): Span => {
      const begin = top + ((most - length) * pitch) / 2;
      return { top: begin, bottom: begin + length * pitch - gap.y };
    });
    for (const [column, wave] of waveOfColumn.entries()) {
      const x = column * (stepSize.width + gap.x);
      const begin = band[column]?.top ?? top;
      for (const [row, id] of wave.entries()) places.set(id, { x, y: begin + row * pitch, column, band });
    }
    top += most * pitch + gap.band;
  }
  return { places, lanes: lanesOf(steps, places) };
}

function lanesOf(steps: readonly Placeable[], places: ReadonlyMap<string, Standing>): ReadonlyMap<string, number> {
  const lanes = new Map<string, number>();
  const targets = new Set<string>();
  for (const { id, after } of steps) {
    const to = places.get(id);
    for (const other of after) {
      const from = places.get(other);
      const between = from && to && from.band === to.band ? from.band.slice(from.column + 1, to.column) : [];
      if (!from || !to || between.length === 0) continue;
      const top = Math.min(...between.map((span) => span.top));
      const bottom = Math.max(...between.map((span) => span.bottom));
      const [begin, end] = [from.y + stepSize.height / 2, to.y + stepSize.height / 2];
      if (Math.max(begin, end) < top || Math.min(begin, end) > bottom) continue;
      targets.add(id);
      // Lines to one step run together, and those to others apart from them, as far as there is room.
      const apart = laneAway + ((targets.size - 1) % lanesApart) * laneStep;
      lanes.set(lineOf(other, id), (begin + end) / 2 < (top + bottom) / 2 ? top - apart : bottom + apart);
    }
  }
  return lanes;
}

/** How high what is laid out is, in pixels. */
export function heightOf(places: ReadonlyMap<string, Place>): number {
  return [...places.values()].reduce((most, { y }) => Math.max(most, y), 0) + stepSize.height;
}

/** Ids by the wave in which each could run at the earliest. */
export function wavesOf(steps: readonly Placeable[]): string[][] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const waveById = new Map<string, number>();
  let begin = 0;
  for (const group of [...new Set(steps.map((step) => step.group))].toSorted((a, b) => a - b)) {
    const own = steps.filter((step) => step.group === group);
    for (const step of own) settle(step, byId, waveById, begin);
    begin = 1 + own.reduce((last, { id }) => Math.max(last, waveById.get(id) ?? 0), begin - 1);
  }
  const waves: string[][] = [];
  for (const { id } of steps) (waves[waveById.get(id) ?? 0] ??= []).push(id);
  return Array.from(waves, (wave) => wave ?? []).filter((wave) => wave.length > 0);
}

/** Without recursion: a chain may be thousands of steps long. */
function settle(
  first: Placeable,
  byId: ReadonlyMap<string, Placeable>,
  waveById: Map<string, number>,
  begin: number,
): void {
  const open = [first];
  const begun = new Set<string>();
  for (let step = open.at(-1); step !== undefined; step = open.at(-1)) {
    const waiting = step.after.flatMap((id) => (waveById.has(id) || begun.has(id) ? [] : (byId.get(id) ?? [])));
    begun.add(step.id);
    if (waiting.length > 0) {
      open.push(...waiting);
      continue;
    }
    open.pop();
    if (waveById.has(step.id)) continue;
    const before = step.after.map((id) => waveById.get(id) ?? -1);
    waveById.set(step.id, Math.max(begin, 1 + Math.max(-1, ...before)));
  }
}

/** Each wave so that its steps stand near to what they wait for, and to what waits for them: fewer lines cross. */
function inOrder(waves: string[][], steps: readonly Placeable[]): string[][] {
  const before = new Map(steps.map(({ id, after }) => [id, after]));
  const behind = new Map<string, string[]>();
  for (const { id, after } of steps) for (const other of after) behind.set(other, [...(behind.get(other) ?? []), id]);
  let ordered = waves;
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const forth = sweep % 2 === 0;
    const rows = new Map(ordered.flatMap((wave) => wave.map((id, row) => [id, row - wave.length / 2] as const)));
    const neighbours = forth ? before : behind;
    const sorted = (forth ? ordered : ordered.toReversed()).map((wave) => {
      const wish = new Map(wave.map((id) => [id, middleOf(neighbours.get(id) ?? [], rows) ?? rows.get(id) ?? 0]));
      const next = wave.toSorted((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      for (const [row, id] of next.entries()) rows.set(id, row - next.length / 2);
      return next;
    });
    ordered = forth ? sorted : sorted.toReversed();
  }
  return ordered;
}

function middleOf(ids: readonly string[], rows: ReadonlyMap<string, number>): number | undefined {
  const known = ids.flatMap((id) => rows.get(id) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, row) => sum + row, 0) / known.length;
}
