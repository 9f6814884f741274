import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const amountCents = z.int().min(1).max(100_000_000);
const line = z.string().trim().min(1).max(500);

export default defineAgent({
  name: 'billing',
  description: 'Charges customers and pays money back: small sums by itself, larger ones with approval.',
  extends: ['base'],
  grants: [
    'Billing:v1/read',
    'Billing:v1/charge',
    { grant: 'Billing:v1/refund', when: { amountCents: { atMost: 50_000 } } },
    { grant: 'Billing:v1/refund', when: { amountCents: { atMost: 200_000 } }, approval: 'required' },
    'Email:v1/send',
  ],
  deadline: '7d',
  playbooks: {
    'refund-charge': definePlaybook({
      description: 'Pay a charge back, in whole or in part, because of a ticket, and write what to answer.',
      input: z.strictObject({
        chargeId: z.string().regex(/^CH[0-9]{6,12}$/, 'must look like CH000001'),
        amountCents,
        reason: line,
        ticket: z.string().min(1).max(8_000).describe('What the customer wrote'),
      }),
      untrusted: ['ticket'],
      steps: [
        {
          id: 'read-charge',
          skill: 'Billing:v1',
          action: 'read',
          input: { chargeId: '${input.chargeId}' },
          why: 'A charge that is not there cannot be paid back, and the answer says what it was for.',
        },
        {
          id: 'refund',
          skill: 'Billing:v1',
          action: 'refund',
          input: { chargeId: '${input.chargeId}', amountCents: '${input.amountCents}', reason: '${input.reason}' },
          dependsOn: ['read-charge'],
          why: 'It is what was asked for.',
        },
        {
          id: 'answer',
          skill: 'Text:v1',
          action: 'template',
          input: {
            template: 'Refund {refundId} for "{description}" is on its way: {reason}\n\nYou wrote:\n{ticket}',
            values: {
              refundId: '${steps.refund.output.refundId}',
              description: '${steps.read-charge.output.description}',
              reason: '${input.reason}',
              ticket: '${input.ticket}',
            },
          },
          why: 'The customer waits for an answer to the ticket.',
        },
      ],
      output: { refund: '${steps.refund.output}', answer: '${steps.answer.output.text}' },
    }),

    'charge-customer': definePlaybook({
      description: 'Charge a customer, and write the receipt.',
      input: z.strictObject({
        customerId: z.string().regex(/^US[0-9]{6,12}$/, 'must look like US000001'),
        customerName: line.describe('As the receipt calls the customer'),
        amountCents,
        currency: z.enum(['EUR', 'GBP', 'USD']),
        description: line,
      }),
      steps: [
        {
          id: 'charge',
          skill: 'Billing:v1',
          action: 'charge',
          input: {
            customerId: '${input.customerId}',
            amountCents: '${input.amountCents}',
            currency: '${input.currency}',
            description: '${input.description}',
          },
          why: 'It is what was asked for.',
        },
        {
          id: 'receipt',
          skill: 'Text:v1',
          action: 'template',
          input: {
            template: 'Dear {name},\nyour payment {chargeId} for "{description}" has arrived.',
            values: {
              name: '${input.customerName}',
              chargeId: '${steps.charge.output.chargeId}',
              description: '${input.description}',
            },
          },
          why: 'The customer gets a receipt.',
        },
      ],
      output: { charge: '${steps.charge.output}', receipt: '${steps.receipt.output.text}' },
    }),
  },
});
