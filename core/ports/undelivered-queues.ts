/** A message that its queue has given up. */
export interface Undelivered {
  readonly body: string;
  /** Why it was given up, where whoever did so has said it. */
  readonly said: string | undefined;
  /** Under which the queue knows this delivery. */
  readonly receipt: string;
}

/** The last queues: where messages end that nobody could take in. */
export interface UndeliveredQueues {
  /** Of the queues that have such a last one. */
  readonly names: readonly string[];
  /** At most ten messages that nobody else is looking at; empty when there are none. Nobody else sees them for a minute. */
  take(name: string): Promise<readonly Undelivered[]>;
  /** Sends a message to the queue that it comes from, and only then removes it: who dies in between has it twice. */
  sendBack(name: string, message: Undelivered): Promise<void>;
  /** Leaves a message where it is, for everybody to see. */
  leave(name: string, message: Undelivered): Promise<void>;
}
