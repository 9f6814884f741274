import { regularForm } from './irregular-words.ts';

/** Words that stand in any goal and tell nothing about which skill it needs. */
const emptyWords = new Set(
  (
    'a an the this that these those my your his her its our their mine yours hers ours theirs i me we us you he she it ' +
    'they him them myself himself herself itself themselves who whom whose what which when where why how ' +
    'is are was were be been being am do does did done doing has have had having will would shall should can could may ' +
    'might must let lets get gets got getting give gives gave make makes made making need needs needed want wants wanted ' +
    'like please thanks thank hello hi dear mr mrs ms dr sir madam try ' +
    'to of in on at by for from with without into onto out up off about as than then so if or and but not no nor only ' +
    'all any each every some one there here just also too very much many more most over under between while after ' +
    'before again against during per via through until till since because although yet still already ever never always ' +
    'both either neither other another such same own few several enough quite rather really maybe perhaps ' +
    'somebody someone something anybody anyone anything everybody everyone everything nobody nothing thing things ' +
    'go goes going went come comes came coming know knows able sure ok okay whether s t d ll re ve m don doesn didn isn'
  ).split(' '),
);

/** One word of a text, in its order. */
export interface Word {
  readonly stem: string;
  /** As it stands in the text, in lower case. */
  readonly written: string;
  /** False for a word that tells nothing by itself; it may still be part of a phrase such as "set up". */
  readonly counts: boolean;
  /** Begins with a capital inside a sentence: a name of somebody or something. */
  readonly isName: boolean;
}

/** Every word of a text, stemmed, in order. Names in camelCase are taken apart, so `assignRole` reads as "assign role". */
export function wordsOf(text: string): Word[] {
  const parts = text
    .normalize('NFKC')
    .replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/n['’]t\b/g, ' not')
    .replace(/\b(where|who|what|how|it|that)['’]s\b/gi, '$1 is')
    .split(/[^\p{L}\p{Nd}]+/u)
    .filter((part) => part !== '');
  return parts.map((part, index) => {
    const written = part.toLowerCase();
    const isName = index > 0 && /^\p{Lu}/u.test(part);
    return { stem: stem(written), written, counts: !emptyWords.has(written), isName };
  });
}

/** The stems of the words of a text that count, in order. */
export function termsOf(text: string): string[] {
  return wordsOf(text)
    .filter(({ counts }) => counts)
    .map((word) => word.stem);
}

const endings = ['ational', 'ation', 'ition', 'ative', 'ment', 'ance', 'ence', 'ion', 'ing', 'ate', 'al', 'er', 'or'];

/**
 * Cuts the common English endings off, so that book, books, booked and booking meet, and leads irregular forms and
 * British spellings back. It may leave what is no word (`reserv`); both sides of a comparison go through it.
 */
export function stem(form: string): string {
  const word = regularForm(form);
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  const base = withoutEnding(withoutInflection(word.replace(/([a-z]{3})our(?=$|s$|ed$|ing$)/, '$1or')));
  return american(single(base));
}

/** Without what marks the plural and the past. */
function withoutInflection(word: string): string {
  let base = word;
  if (base.endsWith('ies') && base.length > 4) base = `${base.slice(0, -3)}y`;
  else if (/(?:ss|x|z|ch|sh)es$/.test(base)) base = base.slice(0, -2);
  else if (/[^suia]s$/.test(base)) base = base.slice(0, -1);
  if (base.endsWith('ied') && base.length > 4) return `${base.slice(0, -3)}y`;
  return /[aeiouy].*ed$/.test(base) && base.length > 4 ? base.slice(0, -2) : base;
}

/** Without what makes a noun of a verb, or a person of a deed. */
function withoutEnding(word: string): string {
  let base = word.replace(/(f|pl)ication$/, '$1y');
  if (base.endsWith('very') && base.length > 6) base = base.slice(0, -1);
  const ending = endings.find((one) => base.endsWith(one) && /[aeiouy]/.test(base.slice(0, -one.length)));
  if (ending !== undefined && base.length - ending.length >= 3) {
    const cut = base.slice(0, -ending.length);
    if (ending === 'ing' || cut.length >= 4 || ending === 'ment') base = cut;
  }
  if (base.length > 5 && base.endsWith('at')) return base.slice(0, -2);
  return base.length > 3 && /[ey]$/.test(base) ? base.slice(0, -1) : base;
}

/** `organis` and `organiz`. */
function american(base: string): string {
  return base.length > 5 && /[^s]is$/.test(base) ? `${base.slice(0, -1)}z` : base;
}

/** `cancell` and `cancel`, `plann` and `plan`. */
function single(base: string): string {
  return /([b-df-hj-np-rtv-z])\1$/.test(base) && base.length > 3 ? base.slice(0, -1) : base;
}
