import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { CompanionApp } from '../companion/connection.ts';
import { Problem, readBody } from '../companion/problem.ts';
import type { Charge } from './book-of-record.ts';
import { doOnce } from './desk.ts';
import type { Desk } from './desk.ts';

const currencies = ['EUR', 'GBP', 'USD'] as const;
const amountCents = z.int().min(1).max(100_000_000);
const text = z.string().trim().min(1).max(500);
const newCharge = z.strictObject({
  customerId: z.string().min(1).max(100),
  amountCents,
  currency: z.enum(currencies),
  description: text,
});
const newRefund = z.strictObject({
  reference: z.string().min(1).max(100),
  chargeId: z.string().min(1).max(100),
  amountCents,
  reason: text,
});

/**
 * The payment provider. Charges are deduplicated by Idempotency-Key for 24 hours; two posts of a refund are two refunds,
 * but they can be looked up by reference. Each request needs a bearer token.
 *
 * @param apiKey the only token that is let in; any when undefined
 */
export function addPaymentRoutes(app: CompanionApp, desk: Desk, apiKey: string | undefined): void {
  const { record, clock } = desk;
  const chargeOf = (chargeId: string): Charge => {
    const charge = record.charge(chargeId);
    if (!charge) throw new Problem(404, 'unknown-charge', `There is no charge '${chargeId}'.`);
    return charge;
  };

  for (const path of ['/charges/*', '/refunds/*'] as const) {
    app.use(path, async (c, next) => {
      const token = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
      if (token === undefined || (apiKey !== undefined && !isSame(token, apiKey))) {
        throw new Problem(401, 'unauthenticated', 'Payments need the header Authorization: Bearer <key>.');
      }
      await next();
    });
  }

  app.post('/charges', (c) =>
    record.faults.serve(c, 'charges', async () => {
      const request = await readBody(c, newCharge);
      const draftOf = () =>
        ({
          deed: 'charged',
          reference: null,
          answer: (chargeId: string) => ({ chargeId, ...request, status: 'paid', refundedCents: 0 }),
        }) as const;
      return doOnce(c, desk, 'charges', request, draftOf);
    }),
  );

  app.get('/charges/:chargeId', (c) =>
    record.faults.serve(c, 'charges', () => {
      const charge = chargeOf(c.req.param('chargeId'));
      const refundedCents = record.refundedCents(charge.chargeId);
      const rest = charge.amountCents - refundedCents;
      const status = refundedCents === 0 ? 'paid' : rest > 0 ? 'partlyRefunded' : 'refunded';
      return c.json({ ...charge, status, refundedCents });
    }),
  );

  app.post('/refunds', (c) =>
    record.faults.serve(c, 'refunds', async () => {
      const request = await readBody(c, newRefund);
      const { chargeId, currency, amountCents: paidCents } = chargeOf(request.chargeId);
      const refundedCents = record.refundedCents(chargeId);
      if (refundedCents + request.amountCents > paidCents) {
        const detail = `Of charge ${chargeId}, ${refundedCents} of ${paidCents} cents are refunded; ${request.amountCents} more are too many.`;
        throw new Problem(422, 'more-than-charged', detail);
      }
      const { answer } = record.add({
        service: 'refunds',
        deed: 'refunded',
        key: null,
        reference: request.reference,
        atMs: clock(),
        request: { method: 'POST', path: c.req.path, body: request },
        answer: (refundId) => ({ refundId, ...request, currency }),
      });
      return c.json(answer, 201);
    }),
  );

  app.get('/refunds', (c) =>
    record.faults.serve(c, 'refunds', () => {
      const reference = c.req.query('reference');
      if (!reference) throw new Problem(400, 'invalid-request', 'The query needs a reference, as in ?reference=abc.');
      return c.json({ refunds: record.byReference('refunds', reference).map(({ answer }) => answer) });
    }),
  );
}

/** Takes the same time whatever the difference. */
function isSame(given: string, wanted: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
