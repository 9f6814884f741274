import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const address = z
  .email()
  .max(254)
  .regex(/^[\x21-\x7e]+$/, 'must be plain ASCII');

export default defineSkill({
  id: 'Email:v1',
  release: '1.0.0',
  description: 'Sends mail in plain text, as the sender of the platform.',
  uses: ['mail'],
  dependency: 'mail',
  actions: {
    send: defineAction({
      description: 'Send a mail in plain text. Once: it cannot be told whether a lost one arrived.',
      input: z.strictObject({
        to: z.array(address).min(1).max(20),
        cc: z.array(address).min(1).max(20).optional(),
        subject: z
          .string()
          .min(1)
          .max(200)
          .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line'),
        text: z.string().min(1).max(50_000),
      }),
      output: z.object({ messageId: z.string() }),
      effect: { class: 'N' },
      timeoutSeconds: 30,
      sensitive: ['to', 'cc'],
      run: ({ to, cc, subject, text }, { sendMail }) =>
        sendMail({ to, ...(cc === undefined ? {} : { cc }), subject, text }),
    }),
  },
});
