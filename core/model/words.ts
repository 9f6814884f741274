/** Words that stand in any goal and tell nothing about which skill it needs. */
const emptyWords = new Set(
  (
    'a an the this that these those my your his her its our their i me we us you he she it they them who whom whose ' +
    'what which when where why how is are was were be been being am do does did done has have had having will would ' +
    'shall should can could may might must let get gets got give gives make makes need needs want wants like please ' +
    'to of in on at by for from with without into onto out up off about as than then so if or and but not no nor only ' +
    'all any each every some one there here just also too very much many more most over under between while after ' +
    'before again against during per via s t d ll re ve m'
  ).split(' '),
);

/**
 * The words of a text that count, stemmed, in order. Names in camelCase are taken apart, so `assignRole` reads as
 * "assign role".
 */
export function termsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{Nd}]+/u)
    .filter((word) => word !== '' && !emptyWords.has(word))
    .map(stem);
}

const endings = ['ational', 'ation', 'ition', 'ative', 'ment', 'ance', 'ence', 'ion', 'ing', 'ate', 'al', 'er', 'or'];

/**
 * Cuts the common English endings off, so that book, books, booked and booking meet. It needs no dictionary and may
 * leave what is no word (`reserv`); both sides of a comparison go through it.
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let base = word;
  if (base.endsWith('ies')) base = `${base.slice(0, -3)}y`;
  else if (/(?:ss|x|z|ch|sh)es$/.test(base)) base = base.slice(0, -2);
  else if (/[^suia]s$/.test(base)) base = base.slice(0, -1);
  if (/[aeiouy].*ed$/.test(base) && base.length > 4) base = single(base.slice(0, -2));
  const ending = endings.find((one) => base.endsWith(one) && /[aeiouy]/.test(base.slice(0, -one.length)));
  if (ending !== undefined && base.length - ending.length >= 3) {
    const cut = base.slice(0, -ending.length);
    if (ending === 'ing' || cut.length >= 4 || ending === 'ment') base = single(cut);
  }
  if (base.length > 5 && base.endsWith('at')) return base.slice(0, -2);
  if (base.length > 3 && /[ey]$/.test(base)) base = base.slice(0, -1);
  return base;
}

/** `cancell` and `cancel`, `plann` and `plan`. */
function single(base: string): string {
  return /([b-df-hj-np-tv-z])\1$/.test(base) && base.length > 3 ? base.slice(0, -1) : base;
}
