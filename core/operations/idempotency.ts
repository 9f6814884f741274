import { Problem } from '../contract/problems.ts';
import { jsonHash, sha256 } from '../model/json.ts';
import type { IdempotencyRecord, Ports } from '../ports/index.ts';

/** A call that has not finished by then has died; whoever repeats it takes it over. */
const inFlightMs = 5_000;
/** How long a call waits for another one under the same key before it answers 409; a cold start takes a second. */
const patienceMs = 2_000;
/** Twice as long each time, and jittered: many callers of one key must not slow down the one that works. */
const firstPollMs = 40;
const longestPollMs = 320;

type KeyPorts = Pick<Ports, 'runs' | 'clock' | 'ids'>;

/** How a call under a key is carried out. */
export interface KeyedWork<Order, Answer> {
  /** Throws when the request is wrong: then the key stays free for a corrected one. */
  readonly check: () => Order;
  /** May be called more than once with the same id, also at the same time, and must then lead to the same end. */
  readonly perform: (runId: string, order: Order) => Promise<Answer>;
  /** The answer to a call that was finished before; undefined when nothing is left of it. */
  readonly recall: (runId: string) => Promise<Answer | undefined>;
}

/**
 * Makes a call idempotent under a key of its tenant. The record of the key fixes the run's id at first sight, so a call
 * that died after any of its writes is completed, not done again, by whoever repeats it.
 * Throws the problems `idempotency-key-reused` and `idempotency-in-flight`.
 */
export async function underKey<Order, Answer>(
  call: { readonly tenantId: string; readonly key: string; readonly body: unknown },
  work: KeyedWork<Order, Answer>,
  ports: KeyPorts,
): Promise<Answer> {
  const { runs, clock, ids } = ports;
  const keyHash = sha256(`${call.tenantId}|${call.key}`);
  const bodyHash = jsonHash(call.body);
  const givenUpAtMs = clock.now() + patienceMs;

  let pollMs = firstPollMs;
  let seen = await runs.readIdempotency(call.tenantId, keyHash);
  for (;;) {
    if (seen && seen.bodyHash !== bodyHash) throw reused(call.key);
    if (seen?.inFlightUntilMs === 0) {
      const answer = await work.recall(seen.runId);
      if (answer !== undefined) return answer;
    } else if (seen && seen.inFlightUntilMs > clock.now()) {
      if (clock.now() >= givenUpAtMs) throw inFlight(call.key, seen.inFlightUntilMs - clock.now());
      await clock.sleep(Math.ceil(pollMs * (0.5 + ids.fraction())));
      pollMs = Math.min(pollMs * 2, longestPollMs);
      seen = await runs.readIdempotency(call.tenantId, keyHash);
      continue;
    }
    const order = work.check();
    const mine: IdempotencyRecord = {
      tenantId: call.tenantId,
      keyHash,
      bodyHash,
      runId: seen?.runId ?? `run-${ids.ulid()}`,
      writeToken: ids.token(),
      inFlightUntilMs: clock.now() + inFlightMs,
    };
    const claimed = await runs.writeIdempotency(mine, seen?.writeToken);
    if (!claimed.written) {
      seen = claimed.current;
      continue;
    }
    const answer = await work.perform(mine.runId, order);
    // Whoever took the call over in the meantime finishes the record; the run is the same.
    await runs.writeIdempotency({ ...mine, inFlightUntilMs: 0, writeToken: ids.token() }, mine.writeToken);
    return answer;
  }
}

function reused(key: string): Problem {
  return new Problem(
    'idempotency-key-reused',
    `The Idempotency-Key '${key}' was used before with another body. Use the same body to repeat that call, or a new key for a new run.`,
  );
}

function inFlight(key: string, leftMs: number): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1000));
  return new Problem(
    'idempotency-in-flight',
    `A call with the Idempotency-Key '${key}' is being carried out. Repeat it in ${retryAfterSeconds} s: you will get its run.`,
    { retryAfterSeconds },
  );
}
