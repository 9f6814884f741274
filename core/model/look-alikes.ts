/**
 * Characters that are read as ASCII, written as pairs: the character, then what it is read as. The well-known ones of
 * https://www.unicode.org/reports/tr39/ (confusables), by script. What NFKC turns into ASCII is not listed.
 */
const pairs = {
  Cyrillic: 'аaАAВBсcСCԁdеeЕEԌGһhНHіiІIјjЈJКKӏlӀIМMоoОOрpРPԛqԚQЅSѕsТTуyУYүyҮYѵvѴVԝwԜWхxХXЗ3Ьbб6',
  Greek: 'αaΑAΒBϲcϹCΕEΗHιiΙIϳjͿJΚKΜMνvΝNοoσoΟOρpΡPΤTυuΥYγyχxΧXΖZ',
  Armenian: 'օoՕOսuՍUոnհhցgզqյjՏSԼLլl',
  Cherokee: 'ᎠDᎡRᎢTᎥiᎪAᎫJᎬEᎳWᎷMᎻHᎽYᎰHᏀGᏃZᏎ4ᏏbᏒRᏔWᏕSᏙVᏚSᏞLᏟCᏢPᏦKᏧdᏴBᎱhᏮ6',
  Coptic: 'ⲟoⲞOⲢPⲣpⲤCⲥcⲦTⲎHⲔKⲘMⲚNⲂBⲨYⲬX',
  Lisu: 'ꓐBꓑPꓓDꓔTꓖGꓗKꓙJꓚCꓜZꓝFꓟMꓠNꓡLꓢSꓣRꓦVꓧHꓪWꓫXꓬYꓮAꓰEꓲIꓳOꓴU',
  /** Of the scripts that are written without spaces around Latin words. */
  EastAsian: '〇o丨lㅣlㅇo',
  Latin: 'ıiɑaɡgɩiɪiʏyᴀaᴄcᴏoᴜuᴠvᴡwᴢzꜱsǀlƖl',
  Symbol: '⁄/∕/⧸/∶:꞉:ǃ!∖\\⧵\\⧹\\⠀ ',
} as const;

/** Scripts whose letters can spell a word that looks like one in ASCII. */
export const imitatingScripts = ['Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Lisu'] as const;

/** What a character is read as, for each that looks like an ASCII character and is none. */
export const asciiLooks: ReadonlyMap<string, string> = new Map(Object.values(pairs).flatMap(pairsOf));

/** Look-alikes that no language needs in its ordinary words, so that they are shown whatever stands around them. */
export const strayLooks: ReadonlySet<string> = new Set(
  [...pairsOf(pairs.Symbol), ...pairsOf(pairs.Latin)].map(([character]) => character).filter((one) => one !== 'ı'),
);

function pairsOf(text: string): [string, string][] {
  const characters = [...text];
  return characters.flatMap((character, index): [string, string][] => {
    const read = characters[index + 1];
    return index % 2 === 0 && read !== undefined ? [[character, read]] : [];
  });
}

/** Names of characters that are known for tricks (Unicode Character Database). */
export const trickNames: ReadonlyMap<number, string> = new Map([
  [0x00, 'NULL'],
  [0x07, 'BELL'],
  [0x08, 'BACKSPACE'],
  [0x09, 'TAB'],
  [0x0a, 'LINE FEED'],
  [0x0d, 'CARRIAGE RETURN'],
  [0x1b, 'ESCAPE'],
  [0x5c, 'REVERSE SOLIDUS'],
  [0x7f, 'DELETE'],
  [0xa0, 'NO-BREAK SPACE'],
  [0xad, 'SOFT HYPHEN'],
  [0x34f, 'COMBINING GRAPHEME JOINER'],
  [0x61c, 'ARABIC LETTER MARK'],
  [0x115f, 'HANGUL CHOSEONG FILLER'],
  [0x1160, 'HANGUL JUNGSEONG FILLER'],
  [0x180e, 'MONGOLIAN VOWEL SEPARATOR'],
  [0x200b, 'ZERO WIDTH SPACE'],
  [0x200c, 'ZERO WIDTH NON-JOINER'],
  [0x200d, 'ZERO WIDTH JOINER'],
  [0x200e, 'LEFT-TO-RIGHT MARK'],
  [0x200f, 'RIGHT-TO-LEFT MARK'],
  [0x2028, 'LINE SEPARATOR'],
  [0x2029, 'PARAGRAPH SEPARATOR'],
  [0x202a, 'LEFT-TO-RIGHT EMBEDDING'],
  [0x202b, 'RIGHT-TO-LEFT EMBEDDING'],
  [0x202c, 'POP DIRECTIONAL FORMATTING'],
  [0x202d, 'LEFT-TO-RIGHT OVERRIDE'],
  [0x202e, 'RIGHT-TO-LEFT OVERRIDE'],
  [0x2060, 'WORD JOINER'],
  [0x2061, 'FUNCTION APPLICATION'],
  [0x2062, 'INVISIBLE TIMES'],
  [0x2063, 'INVISIBLE SEPARATOR'],
  [0x2064, 'INVISIBLE PLUS'],
  [0x2066, 'LEFT-TO-RIGHT ISOLATE'],
  [0x2067, 'RIGHT-TO-LEFT ISOLATE'],
  [0x2068, 'FIRST STRONG ISOLATE'],
  [0x2069, 'POP DIRECTIONAL ISOLATE'],
  [0x2800, 'BRAILLE PATTERN BLANK'],
  [0x3000, 'IDEOGRAPHIC SPACE'],
  [0x3164, 'HANGUL FILLER'],
  [0xfeff, 'ZERO WIDTH NO-BREAK SPACE'],
  [0xffa0, 'HALFWIDTH HANGUL FILLER'],
]);
