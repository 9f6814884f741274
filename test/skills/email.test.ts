import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkMail, isMailAddress } from '../../core/model/mail-bounds.ts';
import email from '../../skills/email-v1/skill.ts';

const { input } = email.actions.send;
const mailTo = (address: string) => ({ to: [address], subject: 'Hello', text: 'A text.' });

it.each(['a@b.co', 'first.last+tag@sub.example.com', "o'hara_1@example.org", 'x@1-2.example'])(
  'an address that the skill takes, %s, is one that the platform takes',
  (address) => {
    const { data } = input.safeParse(mailTo(address));
    expect(data).toBeDefined();
    if (data) expect(() => checkMail({ to: data.to, subject: data.subject, text: data.text })).not.toThrow();
  },
);

it('no address that the skill takes is refused by the platform, and none holds more than one address or a line break', () => {
  const anything = fc.oneof(
    fc.emailAddress(),
    fc.tuple(fc.string({ unit: 'binary' }), fc.emailAddress()).map((parts) => parts.join('')),
    fc
      .tuple(
        fc.emailAddress(),
        fc.string({ unit: fc.constantFrom(',', ' ', '\r', '\n', ';', '<', '>', '"', 'a', '@') }),
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anything, (address) => {
      if (input.safeParse(mailTo(address)).success) expect(isMailAddress(address), address).toBe(true);
      if (isMailAddress(address)) expect(address).toMatch(/^[^@\s,;<>"]+@[^@\s,;<>"]+$/);
    }),
    { numRuns: 2_000 },
  );
});
