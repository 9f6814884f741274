import type { Json } from './json.ts';
import { asciiLooks, imitatingScripts, strayLooks, trickNames } from './look-alikes.ts';

/** A character that is not what a reader takes it for. */
export interface Trick {
  /** Where it stands in the text, in UTF-16 units. */
  readonly index: number;
  readonly character: string;
  readonly codePoint: number;
  /** `RIGHT-TO-LEFT OVERRIDE`, or `U+0430`. */
  readonly name: string;
  /** In words that follow the name: `is invisible`, `looks like 'a'`. */
  readonly why: string;
}

export interface VisibleText {
  /** The text with every trick as `\u{202e}`; `hiddenText` gives the text back. */
  readonly shown: string;
  readonly tricks: readonly Trick[];
}

/** A trick in a JSON value. */
export interface TrickAt extends Trick {
  /** JSON Pointer (RFC 6901) of the text, with names of members as they are shown. */
  readonly pointer: string;
  /** Whether it is in the name of that member, and not in its value. */
  readonly inName: boolean;
}

/**
 * Shows what tricks the eye in a text that a person must approve: characters that are invisible, move others, stand
 * for ASCII without being ASCII, or belong to another script than the rest of their word. Text in one script stays
 * readable; joiners are shown even where a language needs them, because they hide as well there.
 */
export function visibleText(text: string): VisibleText {
  const imitations = imitationsIn(text);
  const tricks: Trick[] = [];
  let shown = '';
  let marks: MarkStack = noBase;
  let index = 0;
  for (const character of text) {
    const why = wholeTrick(character, text, index) ?? markTrick(character, marks) ?? imitations.get(index);
    const codePoint = character.codePointAt(0) ?? 0;
    if (why === undefined) {
      shown += character;
      marks = afterCharacter(character, marks);
    } else {
      shown += `\\u{${codePoint.toString(16)}}`;
      marks = noBase;
      tricks.push({ index, character, codePoint, name: nameOf(codePoint), why });
    }
    index += character.length;
  }
  return { shown, tricks };
}

/** The text that `visibleText` has shown. */
export function hiddenText(shown: string): string {
  return shown.replace(/\\u\{([0-9a-f]{1,6})\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

/** As `visibleText`, for every text of a JSON value and every name of a member. */
export function visibleJson(value: Json): { readonly shown: Json; readonly tricks: readonly TrickAt[] } {
  const tricks: TrickAt[] = [];
  const show = (text: string, pointer: string, inName: boolean): string => {
    const visible = visibleText(text);
    for (const trick of visible.tricks) tricks.push({ ...trick, pointer, inName });
    return visible.shown;
  };
  const walk = (part: Json, pointer: string): Json => {
    if (typeof part === 'string') return show(part, pointer, false);
    if (Array.isArray(part)) return part.map((item, at) => walk(item, `${pointer}/${at}`));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, member]) => {
        const at = `${pointer}/${pointerToken(visibleText(key).shown)}`;
        return [show(key, at, true), walk(member, at)];
      }),
    );
  };
  return { shown: walk(value, ''), tricks };
}

/**
 * What a text is read as: look-alikes become ASCII, invisible characters go. Two texts that are read alike have equal
 * skeletons; a text that cannot be taken for ASCII keeps what is foreign in it.
 */
export function skeleton(text: string): string {
  const plain = [...text.replace(/\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{Cf}/gu, '')].map(lookOf).join('');
  return plain.normalize('NFC');
}

/** The character before a mark, and how many marks are on it already. */
interface MarkStack {
  readonly hasBase: boolean;
  readonly height: number;
}
const noBase: MarkStack = { hasBase: false, height: 0 };

const mostGeneralMarks = 2;
/** Hebrew, Tibetan and others stack more of their own in ordinary words. */
const mostMarksOfScript = 4;

function markTrick(character: string, { hasBase, height }: MarkStack): string | undefined {
  if (!/\p{M}/u.test(character)) return undefined;
  if (!hasBase) return 'is a mark on no letter';
  const most = /[\p{Script=Inherited}\p{Script=Common}]/u.test(character) ? mostGeneralMarks : mostMarksOfScript;
  return /[\p{Mn}\p{Me}]/u.test(character) && height >= most ? 'is stacked on other marks' : undefined;
}

function afterCharacter(character: string, { hasBase, height }: MarkStack): MarkStack {
  if (/[\p{Mn}\p{Me}]/u.test(character)) return { hasBase, height: height + 1 };
  if (/\p{Mc}/u.test(character)) return { hasBase, height };
  return { hasBase: /[\p{L}\p{N}]/u.test(character) || /[^\p{ASCII}\s]/u.test(character), height: 0 };
}

const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;
const eastAsianBeside = new RegExp(`${eastAsian.source}$`, 'u');

/** Why a character is a trick, whatever word it is in. */
function wholeTrick(character: string, text: string, index: number): string | undefined {
  if (character === '\\') return text.startsWith('\\u{', index) ? 'would begin an escape' : undefined;
  // Chinese and Japanese have no other comma, colon or bracket.
  if (/[！（），：；？]/.test(character) && eastAsianBeside.test(text.slice(Math.max(0, index - 2), index)))
    return undefined;
  return ownTrick(character);
}

function ownTrick(character: string): string | undefined {
  if (/[ -~]/.test(character)) return undefined;
  if (/\p{Cs}/u.test(character)) return 'is half a character';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(character)) return 'is a control character';
  if (/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/u.test(character)) return 'changes the direction of the text';
  if (/[\p{Default_Ignorable_Code_Point}\p{Cf}]/u.test(character)) return 'is invisible';
  if (/[\p{Co}\p{Cn}]/u.test(character)) return 'has no known appearance';
  if (/\p{Zs}/u.test(character)) return 'is no ordinary space';
  // An ellipsis stands for three dots, and deceives nobody.
  const stands = character === '…' ? '' : character.normalize('NFKC');
  if (/^\p{ASCII}+$/u.test(stands)) return `looks like '${stands}'`;
  return strayLooks.has(character) ? likeAscii(character) : undefined;
}

interface Word {
  readonly index: number;
  readonly text: string;
  readonly letters: readonly string[];
  readonly hasLatin: boolean;
  /** Every letter of it can be taken for an ASCII character, and none is Latin. */
  readonly isImitation: boolean;
}

/** Letters that are a trick because of the word that they are in, by index. */
function imitationsIn(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (/^\p{ASCII}*$/u.test(text)) return found;
  const words = [...text.matchAll(/[\p{L}\p{M}\p{N}\p{Default_Ignorable_Code_Point}_]+/gu)].map(wordOf);
  const homes = homeScripts(words);
  for (const word of words) {
    if (!word.hasLatin && (!word.isImitation || homes.some((script) => isWholly(word, script)))) continue;
    let index = word.index;
    for (const character of word.text) {
      if (isForeign(character, word)) found.set(index, likeAscii(character));
      index += character.length;
    }
  }
  return found;
}

function wordOf({ 0: text, index }: RegExpExecArray): Word {
  const letters = [...text].filter((character) => /[\p{L}\p{M}]/u.test(character) && !isIgnorable(character));
  const hasLatin = letters.some(isLatin);
  const isImitation = !hasLatin && letters.length > 0 && letters.every((letter) => asciiLooks.has(letter));
  return { index, text, letters, hasLatin, isImitation };
}

const scripts = imitatingScripts.map((name) => new RegExp(`\\p{Script=${name}}`, 'u'));

/**
 * Scripts in which a reader sees that a text is written: some word cannot be taken for ASCII, and none is Latin. There
 * `ухо` is a word like others.
 */
function homeScripts(words: readonly Word[]): readonly RegExp[] {
  if (words.some(({ hasLatin }) => hasLatin)) return [];
  return scripts.filter((script) => words.some((word) => !word.isImitation && isWholly(word, script)));
}

function isWholly({ letters }: Word, script: RegExp): boolean {
  return letters.length > 0 && letters.every((letter) => script.test(letter));
}

function isForeign(character: string, { hasLatin }: Word): boolean {
  if (!/\p{L}|\p{M}|\p{N}/u.test(character) || isLatin(character)) return false;
  if (/[\p{Script=Inherited}\p{Script=Common}]/u.test(character)) return false;
  // Written without spaces around Latin words; see the highly restrictive profile of TR39.
  return !(hasLatin && eastAsian.test(character)) || asciiLooks.has(character);
}

function isLatin(character: string): boolean {
  return /\p{Script=Latin}/u.test(character);
}

function isIgnorable(character: string): boolean {
  return /\p{Default_Ignorable_Code_Point}/u.test(character);
}

function likeAscii(character: string): string {
  const look = asciiLooks.get(character);
  return look === undefined ? 'is of another script than its word' : `looks like '${look}'`;
}

function lookOf(character: string): string {
  return [...character.normalize('NFKC')].map((part) => asciiLooks.get(part) ?? part).join('');
}

function nameOf(codePoint: number): string {
  return trickNames.get(codePoint) ?? `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
