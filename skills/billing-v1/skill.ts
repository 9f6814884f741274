import { defineAction, defineSkill } from 'holdfast';
import type { ActionContext } from 'holdfast';
import * as z from 'zod';

const currency = z.enum(['EUR', 'GBP', 'USD']);
const amountCents = z.int().min(1).max(100_000_000).describe('In whole cents of the currency');
const line = z.string().trim().min(1).max(500);
const chargeId = z
  .string()
  .regex(/^CH[0-9]{6,12}$/, 'must look like CH000001')
  .describe('Of charge');

const charge = z.object({
  chargeId: z.string(),
  customerId: z.string(),
  amountCents: z.int().positive(),
  currency,
  description: z.string(),
  status: z.enum(['paid', 'partlyRefunded', 'refunded']),
  refundedCents: z.int().nonnegative(),
});
type Charge = z.infer<typeof charge>;

const refund = z.object({
  refundId: z.string(),
  reference: z.string(),
  chargeId: z.string(),
  amountCents: z.int().positive(),
  currency,
  reason: z.string(),
});
type Refund = z.infer<typeof refund>;

export default defineSkill({
  id: 'Billing:v1',
  release: '1.1.0',
  description: 'Charges customers and pays money back.',
  settings: ['BACK_OFFICE_URL'],
  secrets: ['PAYMENT_API_KEY'],
  network: ['$BACK_OFFICE_URL'],
  dependency: 'payment-provider',
  actions: {
    read: defineAction({
      description: 'Read one charge by id, and how much of it was paid back.',
      input: z.strictObject({ chargeId }),
      output: charge,
      effect: { class: 'P' },
      timeoutSeconds: 10,
      // Somebody outside may have written what the charge is for.
      trust: 'untrusted',
      endorses: { amountCents: 'lookup', refundedCents: 'lookup', currency: 'enum', status: 'enum' },
      run: async ({ chargeId }, context) => (await call(context, `/charges/${chargeId}`)) as Charge,
    }),

    charge: defineAction({
      description: 'Charge a customer an amount in whole cents.',
      input: z.strictObject({
        customerId: z.string().min(1).max(100).describe('Who pays: the id of a user'),
        amountCents,
        currency,
        description: line.describe('What it is for; the customer sees it'),
      }),
      output: charge,
      effect: { class: 'K', keyTtl: '24h' },
      timeoutSeconds: 10,
      sensitive: ['customerId', 'amountCents', 'currency'],
      endorses: { chargeId: 'minted', status: 'enum' },
      run: async (wanted, context) =>
        (await call(context, '/charges', wanted, { 'idempotency-key': context.effectKey })) as Charge,
      check: (wanted, charged) =>
        charged.customerId === wanted.customerId &&
        charged.amountCents === wanted.amountCents &&
        charged.currency === wanted.currency
          ? []
          : [`${charged.customerId} was charged ${charged.amountCents} cents in ${charged.currency} instead`],
      compensate: {
        effect: { class: 'Q', settleTime: '1s' },
        run: async (_wanted, { chargeId }, context) => {
          const { amountCents: paidCents, refundedCents } = (await call(context, `/charges/${chargeId}`)) as Charge;
          const restCents = paidCents - refundedCents;
          if (restCents === 0) return;
          const reason = 'What it was charged for did not happen';
          await call(context, '/refunds', { reference: context.effectKey, chargeId, amountCents: restCents, reason });
        },
        lookup: (effectKey, _wanted, _charged, context) => lookUpRefund(effectKey, context),
      },
    }),

    refund: defineAction({
      description: 'Pay a charge back, in whole or in part, in whole cents.',
      input: z.strictObject({ chargeId, amountCents, reason: line.describe('The customer sees it') }),
      output: refund,
      effect: { class: 'Q', settleTime: '1s' },
      timeoutSeconds: 10,
      sensitive: ['chargeId', 'amountCents'],
      endorses: { currency: 'enum' },
      run: async (wanted, context) =>
        (await call(context, '/refunds', { reference: context.effectKey, ...wanted })) as Refund,
      check: (wanted, refunded) =>
        refunded.chargeId === wanted.chargeId && refunded.amountCents === wanted.amountCents
          ? []
          : [`${refunded.amountCents} cents of ${refunded.chargeId} were paid back instead`],
      lookup: (effectKey, _wanted, context) => lookUpRefund(effectKey, context),
    }),
  },
});

async function lookUpRefund(reference: string, context: ActionContext) {
  const path = `/refunds?reference=${encodeURIComponent(reference)}`;
  const { refunds } = (await call(context, path)) as { refunds: Refund[] };
  const [first, ...others] = refunds;
  if (!first) return { found: false as const };
  if (others.length > 0) {
    return { found: 'unknown' as const, why: `${refunds.length} refunds have the reference ${reference}` };
  }
  return { found: true as const, output: first };
}

/** Reads, or posts when there is a body. */
async function call(
  { fetch, settings, secret }: ActionContext,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(`${settings['BACK_OFFICE_URL']}${path}`, {
    headers: {
      authorization: `Bearer ${await secret('PAYMENT_API_KEY')}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return response.json();
}
