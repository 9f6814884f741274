/** Characters that nobody sees, or that move others. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/** A value as indented JSON in which characters that cannot be seen are escaped, so that it reads as what it is. */
export function plainJson(value: unknown): string {
  return (JSON.stringify(value, undefined, 2) ?? '').replace(unseen, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

/** A text in which characters that cannot be seen are escaped; lines stay lines. */
export function plainText(text: string): string {
  return text.replace(unseen, (character) => (/[\n\t]/.test(character) ? character : escaped(character)));
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
