import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenText, skeleton, visibleJson, visibleText } from './visible-text.ts';

const shown = (text: string): string => visibleText(text).shown;
/** Any code point, lone surrogates included, and more of what tricks the eye. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }).map((one) => String.fromCodePoint(one)),
      fc.string({ maxLength: 5 }),
      fc.constantFrom('\\', 'u{', '\\u{5c}', '}', 'а', 'a', '\u0301', '\u202e', '\ud83d', '\ude00', ' ', '_', '\u093c'),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe('every text', () => {
  it('is shown with printable characters only', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(shown(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u);
      }),
    );
  });

  it('can be had back from what is shown', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(hiddenText(shown(text))).toBe(text);
      }),
    );
  });

  it('has as many escapes as tricks, each at its place', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { shown: escaped, tricks } = visibleText(text);
        expect(escaped.match(/\\u\{[0-9a-f]+\}/g) ?? []).toHaveLength(tricks.length);
        for (const { index, character, codePoint } of tricks) {
          expect(text.startsWith(character, index)).toBe(true);
          expect(character.codePointAt(0)).toBe(codePoint);
        }
      }),
    );
  });

  it('of plain ASCII is shown as it is', () => {
    const ascii = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))),
    });
    fc.assert(
      fc.property(ascii, (text) => {
        fc.pre(!text.includes('\\u{'));
        expect(visibleText(text)).toEqual({ shown: text, tricks: [] });
      }),
    );
  });

  it('that shows something twice as shown differs only in its escapes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(hiddenText(shown(shown(text)))).toBe(shown(text));
      }),
    );
  });
});

it.each([
  ['German', 'Müßige Größe, „Straße“ – 20 % von 5 €… und §5'],
  ['French', 'L’élève naïf a payé 12 € à Noël'],
  ['German, decomposed', 'Mu\u0308ßig'],
  ['Vietnamese, decomposed', 'Tiếng Việt'.normalize('NFD')],
  ['Turkish', 'kapalı ışık İstanbul'],
  ['Russian', 'Я пошёл с отцом в хор, у оса и ухо'],
  ['Greek', 'Το νερό και ο ουρανός'],
  ['Armenian', 'Բարեւ ձեզ, ոսոհ'],
  ['Arabic', 'مرحبا بالعالم، السعر ٥ دنانير'],
  ['Arabic with vowels', 'اَلسَّلَامُ عَلَيْكُمْ'],
  ['Hebrew with points', 'שָׁלוֹם עוֹלָם'],
  ['Hindi', 'नमस्ते दुनिया, बड़ों को'],
  ['Thai', 'สวัสดีชาวโลก ที่นี่'],
  ['Chinese', '你好，世界（所有）。使用API接口：是'],
  ['Japanese', 'Tシャツを3枚ください。APIキー'],
  ['Korean', '안녕하세요 세계, API를'],
  ['emoji', 'Done 🎉🚀 😀'],
  ['signs', '3 × 5 ≤ 20 ± 1 → “ok”'],
])('ordinary %s stays readable', (_language, text) => {
  expect(visibleText(text)).toEqual({ shown: text, tricks: [] });
});

it.each([
  ['a right-to-left override', 'invoice\u202Efdp.exe', 'invoice\\u{202e}fdp.exe'],
  ['a zero-width space', 'pay\u200bpal', 'pay\\u{200b}pal'],
  ['a joiner', 'a\u200db\u200c', 'a\\u{200d}b\\u{200c}'],
  ['a soft hyphen', 'a\u00adb', 'a\\u{ad}b'],
  ['tags', 'hi\u{e0069}\u{e0067}', 'hi\\u{e0069}\\u{e0067}'],
  ['variation selectors', 'a\ufe0f\u{e0100}', 'a\\u{fe0f}\\u{e0100}'],
  ['fillers', '\u3164\u115f\u1160\uffa0', '\\u{3164}\\u{115f}\\u{1160}\\u{ffa0}'],
  ['invisible operators', '2\u20623\u2064\u2061', '2\\u{2062}3\\u{2064}\\u{2061}'],
  ['a vowel separator, a joiner of words, a mark of order', '\u180e\u2060\ufeff', '\\u{180e}\\u{2060}\\u{feff}'],
  ['line breaks', 'a\nb\r\t\u2028\u2029\u0085', 'a\\u{a}b\\u{d}\\u{9}\\u{2028}\\u{2029}\\u{85}'],
  ['spaces of other kinds', 'a\u00a0b\u3000c\u2009', 'a\\u{a0}b\\u{3000}c\\u{2009}'],
  ['a blank pattern', 'a\u2800b', 'a\\u{2800}b'],
  ['lone surrogates', 'a\ud800b\udc00', 'a\\u{d800}b\\u{dc00}'],
  ['private and unassigned characters', '\ue000\u0378', '\\u{e000}\\u{378}'],
  ['fullwidth letters', 'ａdmin', '\\u{ff41}dmin'],
  ['mathematical letters', '𝐚𝑑min', '\\u{1d41a}\\u{1d451}min'],
  ['a fullwidth sign in a Latin text', 'a：b', 'a\\u{ff1a}b'],
  ['Roman numerals and ligatures', 'Ⅳ ﬁ', '\\u{2163} \\u{fb01}'],
  ['a Kelvin sign, a Greek question mark', '\u212a\u037e', '\\u{212a}\\u{37e}'],
  ['a Cyrillic letter in a Latin word', 'pаypal', 'p\\u{430}ypal'],
  ['a Greek letter in a Latin word', 'gοοgle', 'g\\u{3bf}\\u{3bf}gle'],
  ['a letter of another script that looks like none', 'adминs', 'ad\\u{43c}\\u{438}\\u{43d}s'],
  ['a Latin letter in a Cyrillic word: the others', 'рaссказ', '\\u{440}a\\u{441}\\u{441}\\u{43a}\\u{430}\\u{437}'],
  ['a Cyrillic word that looks like a Latin one', 'рау', '\\u{440}\\u{430}\\u{443}'],
  ['such a word among Latin ones', 'Pay with раура1 now', 'Pay with \\u{440}\\u{430}\\u{443}\\u{440}\\u{430}1 now'],
  ['such a word beside Russian and Latin ones', 'нет сор ok', 'нет \\u{441}\\u{43e}\\u{440} ok'],
  ['letters of a Lisu or Cherokee word', 'ꓮᎠ ꓡꓲꓢꓴ', '\\u{a4ee}\\u{13a0} \\u{a4e1}\\u{a4f2}\\u{a4e2}\\u{a4f4}'],
  ['small capitals and letters of phonetics', 'ɡoogle ᴀb', '\\u{261}oogle \\u{1d00}b'],
  ['signs that look like a slash or a colon', 'https꞉∕∕a', 'https\\u{a789}\\u{2215}\\u{2215}a'],
  ['a look-alike of East Asia in a Latin word', 'fi丨e', 'fi\\u{4e28}e'],
  ['a mark on nothing', '\u0301a', '\\u{301}a'],
  ['a mark on a space or a sign', ' \u0301"\u0308', ' \\u{301}"\\u{308}'],
  ['a mark on something that is shown', '\u200b\u0301', '\\u{200b}\\u{301}'],
  ['a tower of marks', 'e\u0301\u0302\u0303\u0304', 'e\u0301\u0302\\u{303}\\u{304}'],
  ['what looks like an escape', 'a \\u{202e}', 'a \\u{5c}u{202e}'],
  ['what would make one', '\\\u200bu{41}', '\\\\u{200b}u{41}'],
])('%s is shown', (_what, text, expected) => {
  expect(shown(text)).toBe(expected);
  expect(hiddenText(expected)).toBe(text);
});

it('tricks are named, and it is said what they do', () => {
  expect(visibleText('a\u202eb').tricks).toEqual([
    {
      index: 1,
      character: '\u202e',
      codePoint: 0x202e,
      name: 'RIGHT-TO-LEFT OVERRIDE',
      why: 'changes the direction of the text',
    },
  ]);
  expect(visibleText('😀 pаy').tricks).toEqual([
    { index: 4, character: 'а', codePoint: 0x430, name: 'U+0430', why: "looks like 'a'" },
  ]);
});

it('in JSON, texts and names of members are shown, with their places', () => {
  const { shown: value, tricks } = visibleJson({ 'pаy/': ['ok', 'a\u200b'], n: 1, z: null, b: true, __proto__x: {} });
  expect(value).toEqual({ 'p\\u{430}y/': ['ok', 'a\\u{200b}'], n: 1, z: null, b: true, __proto__x: {} });
  expect(tricks.map(({ pointer, inName, name }) => ({ pointer, inName, name }))).toEqual([
    { pointer: '/p\\u{430}y~1', inName: true, name: 'U+0430' },
    { pointer: '/p\\u{430}y~1/1', inName: false, name: 'ZERO WIDTH SPACE' },
  ]);
});

it('in JSON, members that are read alike stay apart', () => {
  fc.assert(
    fc.property(fc.dictionary(anyText, anyText), (value) => {
      const { shown: visible } = visibleJson(value);
      expect(
        Object.keys(visible as object)
          .map(hiddenText)
          .toSorted(),
      ).toEqual(Object.keys(value).toSorted());
    }),
  );
});

describe('a skeleton', () => {
  it.each([
    ['аdmin', 'admin'],
    ['ａｄｍｉｎ', 'admin'],
    ['𝐚𝐝𝐦𝐢𝐧', 'admin'],
    ['ad\u200bmin\u202e', 'admin'],
    ['gοοgle', 'google'],
    ['Uѕers:v1', 'Users:v1'],
    ['ᎠᎡ', 'DR'],
    ['admin', 'admin'],
    ['нет', 'нeт'],
    ['你好', '你好'],
  ])('of %s is %s', (text, expected) => expect(skeleton(text)).toBe(expected));

  it('of a skeleton is itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(skeleton(skeleton(text))).toBe(skeleton(text));
      }),
    );
  });

  it('of ASCII is itself', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(/^[ -~]*$/.test(text));
        expect(skeleton(text)).toBe(text);
      }),
    );
  });
});

it.each(['ра ', 'рaу', '\u0301', '\\u{', 'a\u200b', '，'])(
  'a long text of %j is shown in time that grows with it',
  (part) => {
    const startedAtMs = performance.now();
    const { tricks } = visibleJson([part.repeat(200_000 / part.length)]);
    expect(tricks.length).toBeLessThanOrEqual(200_000);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  },
);
