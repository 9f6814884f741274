import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { MeterEntry } from '../../core/adapters/dynamodb/index.ts';
import { modelSkillId } from '../../core/model/model-step.ts';
import type { InProcessEngine } from '../embedded-engine.ts';
import { openInProcessEngine } from '../embedded-engine.ts';
import { PlannerAtOnce, thinker } from './planner-at-once.ts';

/** What a turn of a goal run costs: one plan of a model, the step that it plans, and a share of the summaries. */
export interface TurnRow {
  readonly turns: number;
  /** Medians of a model step and of a skill step together, without the time of the model, in milliseconds. */
  readonly overheadMs: number;
  /** Read from the table and the blob store. */
  readonly bytesRead: number;
  /** Written to the table and the blob store, without the index; without what a run writes once. */
  readonly bytesWritten: number;
  readonly readUnits: number;
  /** Index included; without what a run writes once. */
  readonly writeUnits: number;
  /** Largest state that went from one decision to the next. */
  readonly stateBytes: number;
  readonly promptBytes: number;
  readonly largestPromptBytes: number;
  /** Of all bytes of all prompts, those that a provider may cache. */
  readonly stableShare: number;
  /** Of all bytes of all prompts, those that a provider can have kept from the prompt before. */
  readonly repeatedShare: number;
}

/** Milliseconds from the end of the step before to the end of this one, without those of the model. */
export interface StepTimes {
  readonly step: 'model step' | 'skill step';
  readonly steps: number;
  readonly medianMs: number;
  readonly p90Ms: number;
}

export interface ThinkResult {
  readonly times: readonly StepTimes[];
  readonly turns: readonly TurnRow[];
}

class Counts {
  bytesRead = 0;
  bytesWritten = 0;
  readUnits = 0;
  writeUnits = 0;
  stateBytes = 0;
  readonly timesMs = { 'model step': [] as number[], 'skill step': [] as number[] };
  #lastHead: MeterEntry | undefined;
  #headWrites = 0;

  add(entry: MeterEntry): void {
    const { operation, label, sizeBytes, readUnits } = entry;
    this.readUnits += readUnits;
    if (operation !== 'PutItem') this.bytesRead += sizeBytes;
    else if (label === 'runs.writeHead') this.#addHead(entry);
    else if (!ownWrites.has(label)) this.#addWrite(entry);
  }

  /** The first one shows that the run has begun, the last one how it ended: both are the run's own. */
  #addHead(entry: MeterEntry): void {
    this.#headWrites += 1;
    if (this.#headWrites > 2 && this.#lastHead) this.#addWrite(this.#lastHead);
    this.#lastHead = entry;
  }

  #addWrite({ sizeBytes, writeUnits, indexWriteUnits }: MeterEntry): void {
    this.bytesWritten += sizeBytes;
    this.writeUnits += writeUnits + indexWriteUnits;
  }
}

/** Once in each run, whatever its length; over 10 turns they would hide what grows. */
const ownWrites = new Set(['runs.createRun', 'runs.write run request']);

/** Carries out one goal run for each of these numbers of turns, after one that warms up, in one process in `folder`. */
export async function measureThinking(folder: string, sizes: readonly number[]): Promise<ThinkResult> {
  let counts = new Counts();
  let lastEndMs: number | undefined;
  const model = new PlannerAtOnce();
  const engine = await openInProcessEngine({
    ...{ folder: join(folder, 'stack'), agent: thinker, model, onEvent: () => undefined },
    meter: (entry) => counts.add(entry),
    onDecision: (answer) => {
      counts.stateBytes = Math.max(counts.stateBytes, Buffer.byteLength(JSON.stringify(answer)));
    },
    onBlob: (sizeBytes) => {
      counts.bytesWritten += sizeBytes;
    },
    onBlobRead: (sizeBytes) => {
      counts.bytesRead += sizeBytes;
    },
    onStep: ({ skill }) => {
      const nowMs = performance.now();
      const modelMs = model.takeSpentMs();
      const step = skill === modelSkillId ? 'model step' : 'skill step';
      if (lastEndMs !== undefined) counts.timesMs[step].push(nowMs - lastEndMs - modelMs);
      lastEndMs = nowMs;
    },
  });
  const goalRun = async (turns: number): Promise<TurnRow> => {
    counts = new Counts();
    lastEndMs = undefined;
    await runGoal(engine, model, turns);
    return rowOf(turns, counts, model);
  };
  try {
    await goalRun(sizes[0] ?? 1);
    const turns: TurnRow[] = [];
    for (const size of sizes) turns.push(await goalRun(size));
    // Of the longest run, which is the last one.
    const times = (['model step', 'skill step'] as const).map((step) => timesOf(step, counts.timesMs[step]));
    return { times, turns };
  } finally {
    await engine.close();
  }
}

async function runGoal(engine: InProcessEngine, model: PlannerAtOnce, turns: number): Promise<void> {
  model.begin(turns);
  // Two steps in each turn, and the summaries.
  const budget = { steps: turns * 3 };
  await engine.run({ agent: thinker.name, goal: `Count from 0 to ${turns}, one step after the other.`, budget });
}

function rowOf(turns: number, counts: Counts, { prompts }: PlannerAtOnce): TurnRow {
  const promptBytes = prompts.reduce((sum, { bytes }) => sum + bytes, 0);
  const steps = (['model step', 'skill step'] as const).map((step) => timesOf(step, counts.timesMs[step]));
  return {
    turns,
    overheadMs: steps.reduce((sum, { medianMs }) => sum + medianMs, 0),
    bytesRead: counts.bytesRead / turns,
    bytesWritten: counts.bytesWritten / turns,
    readUnits: counts.readUnits / turns,
    writeUnits: counts.writeUnits / turns,
    stateBytes: counts.stateBytes,
    promptBytes: promptBytes / turns,
    largestPromptBytes: Math.max(...prompts.map(({ bytes }) => bytes)),
    stableShare: prompts.reduce((sum, { stableBytes }) => sum + stableBytes, 0) / promptBytes,
    repeatedShare: prompts.reduce((sum, { repeatedBytes }) => sum + repeatedBytes, 0) / promptBytes,
  };
}

function timesOf(step: StepTimes['step'], timesMs: readonly number[]): StepTimes {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { step, steps: sorted.length, medianMs: at(0.5), p90Ms: at(0.9) };
}
