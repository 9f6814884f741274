import type { ActionContext, Mail } from 'holdfast';
import { expect, it } from 'vitest';
import email from './skill.ts';

const { send } = email.actions;
const mail = { to: ['ada@example.com'], subject: 'Hello', text: 'A text.' };

it('a mail is handed over as it is', async () => {
  const sent: Mail[] = [];
  const context = {
    sendMail: (one: Mail) => {
      sent.push(one);
      return Promise.resolve({ messageId: 'id' });
    },
  } as unknown as ActionContext;
  expect(await send.run({ ...mail, cc: ['alan@example.com'] }, context)).toEqual({ messageId: 'id' });
  await send.run(mail, context);
  expect(sent).toEqual([{ ...mail, cc: ['alan@example.com'] }, mail]);
});

it.each([
  { to: [] },
  { to: ['Ada <ada@example.com>'] },
  { to: ['ada@example.com, eve@example.com'] },
  { to: ['ada@example.com\r\nBcc: eve@example.com'] },
  { to: ['ada@example.com\n'] },
  { cc: ['nobody'] },
  { cc: ['ünï@example.com'] },
  { subject: '' },
  { subject: 'Hello\r\nBcc: eve@example.com' },
  { subject: 'Hello\u2028there' },
  { text: '' },
  { bcc: ['eve@example.com'] },
  { from: 'ceo@example.com' },
])('a mail with %j is refused before it is planned', (change) => {
  expect(send.input.safeParse(mail).success).toBe(true);
  expect(send.input.safeParse({ ...mail, ...change }).success).toBe(false);
});
