/** One timed run of one engine. Samples of the same round and number of steps were taken right after each other. */
export interface Sample {
  readonly engine: string;
  readonly steps: number;
  readonly round: number;
  readonly ms: number;
}

/** One line of the result (DESIGN section 14). Times are medians over the runs. */
export interface Row {
  readonly engine: string;
  readonly steps: number;
  readonly runs: number;
  readonly msPerStep: number;
  readonly stepsPerSecond: number;
  /** Median of the ratios to the floor of the same round; null when no floor was measured. */
  readonly ratioToFloor: number | null;
  /** The same to the floor with the engine's own client of the store instead of the stock one. */
  readonly ratioToOwnClient: number | null;
  /** Highest resident set of the engine's process from its start until its last run of this many steps, in MiB. */
  readonly peakRssMb: number;
  readonly msPerStepRange: readonly [number, number];
}

/**
 * @param floors the engines that the ratios are to
 * @param peakRssMb of an engine after all its runs of that many steps
 */
export function rowsOf(
  samples: readonly Sample[],
  floors: { readonly floor: string; readonly ownClient: string },
  peakRssMb: (engine: string, steps: number) => number,
): Row[] {
  const groups = Map.groupBy(samples, (sample) => `${sample.steps} ${sample.engine}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { engine, steps } = first;
    const each = group.map((sample) => sample.ms / steps);
    const msPerStep = median(each);
    return {
      engine,
      steps,
      runs: group.length,
      msPerStep: rounded(msPerStep, 3),
      stepsPerSecond: rounded(1000 / msPerStep, 1),
      ratioToFloor: ratioTo(floors.floor, group, samples),
      ratioToOwnClient: ratioTo(floors.ownClient, group, samples),
      peakRssMb: rounded(peakRssMb(engine, steps), 1),
      msPerStepRange: [rounded(Math.min(...each), 3), rounded(Math.max(...each), 3)] as const,
    };
  });
}

/** Median of the ratios of these samples to those of that engine in the same rounds. */
function ratioTo(engine: string, group: readonly Sample[], samples: readonly Sample[]): number | null {
  const ratios = group.flatMap(({ steps, round, ms }) => {
    const base = samples.find((other) => other.engine === engine && other.steps === steps && other.round === round);
    return base ? [ms / base.ms] : [];
  });
  return ratios.length > 0 ? rounded(median(ratios), 2) : null;
}

/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('a median of no values was asked for');
  return (lower + upper) / 2;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
