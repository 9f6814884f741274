/** Engines under measurement, in a child process of their own, so that their memory and their garbage are their own. */
export interface Lane {
  /** Runs `steps` durable steps one after another, as one new run, and says how long that took. */
  runSteps(engine: string, steps: number): Promise<{ readonly ms: number }>;
  /** What a reader of an engine's numbers must know about its set-up, as read back after the warm-up. */
  setup(engine: string): string;
  close(): Promise<void>;
  /** Address of the embedded DynamoDB, from the lane that started one. */
  readonly dynamoEndpoint?: string;
}

export interface LaneOptions {
  /** A fresh folder for whatever the lane keeps. */
  readonly folder: string;
  /** The embedded DynamoDB of the stack that is already running, or undefined when there is none. */
  readonly dynamoEndpoint: string | undefined;
}

/** What the module of a lane exports. */
export interface LaneModule {
  open(options: LaneOptions): Promise<Lane>;
}

/** Runs `body` and says how many milliseconds it took. */
export async function timed(body: () => Promise<void> | void): Promise<{ readonly ms: number }> {
  const startedAtMs = performance.now();
  await body();
  return { ms: performance.now() - startedAtMs };
}
