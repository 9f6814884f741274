/** Words shorter than this have too many neighbours to guess which one was meant. */
const shortestCorrected = 5;

/** Finds the words of a list that a misspelt one may stand for. */
export function similarWordsOf(known: Iterable<string>): (word: string) => readonly string[] {
  // Nobody mistypes the first letter: what begins otherwise need not be compared.
  const byStart = new Map<string, string[]>();
  for (const word of new Set(known)) {
    if (!/^[a-z]{4,}$/.test(word)) continue;
    const start = word.charAt(0);
    const others = byStart.get(start);
    if (others) others.push(word);
    else byStart.set(start, [word]);
  }
  return (word) => {
    if (word.length < shortestCorrected || !/^[a-z]+$/.test(word)) return [];
    return (byStart.get(word.charAt(0)) ?? []).filter((one) => isOneSlip(one, word));
  };
}

/** Whether one letter too many, too few or wrong, or two letters that changed places, lead from one word to the other. */
export function isOneSlip(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [rest, otherRest] = [one.slice(start), other.slice(start)];
  return (
    rest.slice(1) === otherRest ||
    rest === otherRest.slice(1) ||
    rest.slice(1) === otherRest.slice(1) ||
    (rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2))
  );
}
