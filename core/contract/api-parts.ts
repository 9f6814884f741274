import * as z from 'zod';

/** ISO 8601 in UTC. */
export const moment = z.iso.datetime();

/** One page of a list. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    /** Give it as `cursor` to get the next page; null on the last one. A page may be short. */
    nextCursor: z.string().nullable(),
  });
