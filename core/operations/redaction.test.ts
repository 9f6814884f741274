import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redaction } from './redaction.ts';

const secret = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 60 }).filter((text) => text.isWellFormed());

/** A redaction that knows these secrets as S0, S1 and so on. */
function knowing(...secrets: readonly string[]): Redaction {
  const redaction = new Redaction();
  for (const [index, value] of secrets.entries()) redaction.remember(`S${index}`, value);
  return redaction;
}

describe('what leaves an action', () => {
  it('holds no secret, in whatever form libraries repeat it', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const bytes = Buffer.from(value);
        const forms = [
          value,
          JSON.stringify(value).slice(1, -1),
          encodeURIComponent(value),
          bytes.toString('base64'),
          bytes.toString('base64url'),
          bytes.toString('hex'),
          bytes.toString('hex').toUpperCase(),
        ];
        for (const form of forms) {
          const clean = knowing(value).text(`${before}${form}${after}`);
          expect(clean).toContain('[secret S0]');
        }
      }),
    );
  });

  it('holds no secret that was encoded together with others, as in Basic authentication', () => {
    fc.assert(
      fc.property(secret, fc.string(), (value, user) => {
        const header = `Basic ${Buffer.from(`${user}:${value}`).toString('base64')}`;
        expect(knowing(value).text(header)).toContain('[secret S0]');
      }),
    );
  });

  it('keeps no rest of a secret that begins like another one', () => {
    const redaction = knowing('hunter22', 'hunter22-and-more', 'x-hunter22');
    expect(redaction.text('hunter22-and-more x-hunter22 hunter22')).toBe('[secret S1] [secret S2] [secret S0]');
  });

  it('is what it was when no secret is in it, members and all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as never;
        expect(knowing('a-secret-that-nobody-writes').value(plain)).toEqual(plain);
      }),
    );
  });

  it('is clean in names of members as well', () => {
    expect(knowing('hunter22').value({ a: [{ 'x-hunter22': ['hunter22'] }] })).toEqual({
      a: [{ 'x-[secret S0]': ['[secret S0]'] }],
    });
  });
});
