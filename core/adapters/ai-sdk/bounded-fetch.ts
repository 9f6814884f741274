/** More than any answer of a model. What goes on and on is cut off here. */
export const maxBodyBytes = 10 * 1024 * 1024;

export class BodyTooLarge extends Error {
  constructor() {
    super(`The body of the answer is larger than ${maxBodyBytes} bytes.`);
    this.name = 'BodyTooLarge';
  }
}

/** A `fetch` for one call of a model, which tells afterwards whether anything was sent. */
export interface BoundedFetch {
  readonly fetch: typeof fetch;
  /** Requests that were handed to the network. */
  readonly requests: () => number;
  /** Whether an answer was cut off for its size. */
  readonly tooLarge: () => boolean;
}

/** Follows no redirect, so that a key never travels to another host, and reads no more than `maxBodyBytes`. */
export function boundedFetch(inner: typeof fetch): BoundedFetch {
  let requests = 0;
  let tooLarge = false;
  const refuse = (): BodyTooLarge => {
    tooLarge = true;
    return new BodyTooLarge();
  };
  return {
    requests: () => requests,
    tooLarge: () => tooLarge,
    fetch: async (input, init) => {
      requests += 1;
      const response = await inner(input, { ...init, redirect: 'manual' });
      if (Number(response.headers.get('content-length') ?? 0) > maxBodyBytes) {
        await response.body?.cancel();
        throw refuse();
      }
      if (!response.body) return response;
      let seenBytes = 0;
      const counted = response.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            seenBytes += chunk.byteLength;
            if (seenBytes > maxBodyBytes) controller.error(refuse());
            else controller.enqueue(chunk);
          },
        }),
      );
      return new Response(counted, response);
    },
  };
}
