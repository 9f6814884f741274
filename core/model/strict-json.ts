/** What a strict reading of one JSON object came to. Positions count UTF-16 units from 0. */
export type ObjectScan =
  | {
      readonly ok: true;
      /** One past the closing brace. */
      readonly end: number;
      /** What JSON allows and a careful reader does not: repeated names, numbers that do not survive. */
      readonly problems: readonly string[];
    }
  | { readonly ok: false; readonly at: number; readonly problem: string };

interface Frame {
  readonly close: '}' | ']';
  /** Names so far; of an object only. */
  readonly names: Set<string> | undefined;
}

const mostProblems = 5;
const space = /[ \t\r\n]*/y;
/** Everything from the space on may stand in a text as it is, but for the quote and the backslash. */
const stringToken = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const numberToken = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const wordToken = /true|false|null/y;

/**
 * Reads the JSON object that begins at `start`, as RFC 8259 has it, in one pass and without recursion. Names are compared
 * as they are meant: `"a"` and `"\u0061"` are one.
 *
 * @param mostLevels how deep values may be nested; the object itself is the first level
 */
export function scanObject(text: string, start: number, mostLevels: number): ObjectScan {
  const scan = new Scan(text, start, mostLevels);
  try {
    return { ok: true, end: scan.run(), problems: scan.problems };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, at: error.at, problem: error.message };
    throw error;
  }
}

class Malformed extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class Scan {
  readonly problems: string[] = [];
  readonly #text: string;
  readonly #mostLevels: number;
  readonly #open: Frame[] = [];
  #at: number;

  constructor(text: string, start: number, mostLevels: number) {
    this.#text = text;
    this.#at = start;
    this.#mostLevels = mostLevels;
  }

  /** The position behind the object. */
  run(): number {
    this.#value();
    for (let frame = this.#open.at(-1); frame; frame = this.#open.at(-1)) {
      this.#space();
      if (this.#text[this.#at] !== ',') this.#close(frame);
      else {
        this.#at += 1;
        this.#member(frame);
      }
    }
    return this.#at;
  }

  #value(): void {
    this.#space();
    const first = this.#text[this.#at];
    if (first === '{' || first === '[') this.#begin(first);
    else if (first === '"') this.#string();
    else if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) this.#number();
    else if (this.#token(wordToken) === undefined) this.#fail('a value');
  }

  #begin(first: '{' | '['): void {
    if (this.#open.length === this.#mostLevels) {
      throw new Malformed(this.#at, `the value is nested deeper than ${this.#mostLevels} levels`);
    }
    const frame: Frame = first === '{' ? { close: '}', names: new Set() } : { close: ']', names: undefined };
    this.#open.push(frame);
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === frame.close) this.#close(frame);
    else this.#member(frame);
  }

  #member({ names }: Frame): void {
    if (names) {
      this.#space();
      const at = this.#at;
      const name = this.#string();
      if (names.has(name)) this.#add(`the name ${shown(name)} stands twice in one object, again${this.#where(at)}`);
      // Some readers would take it for the prototype of the object.
      if (name === '__proto__') this.#add(`the name "__proto__" is not allowed${this.#where(at)}`);
      names.add(name);
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail(`':' after the name ${shown(name)}`);
      this.#at += 1;
    }
    this.#value();
  }

  #close({ close }: Frame): void {
    if (this.#text[this.#at] !== close) this.#fail(`',' or '${close}'`);
    this.#at += 1;
    this.#open.pop();
  }

  #string(): string {
    const at = this.#at;
    const token = this.#text[at] === '"' ? this.#token(stringToken) : undefined;
    if (token === undefined) {
      if (this.#text[at] !== '"') this.#fail('a name in double quotes');
      throw new Malformed(at, `a text is not closed, or holds a line break or a wrong escape${this.#where(at)}`);
    }
    const value = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
    if (!value.isWellFormed()) this.#add(`a text holds half of a character${this.#where(at)}`);
    return value;
  }

  #number(): void {
    const at = this.#at;
    const token = this.#token(numberToken);
    if (token === undefined) return this.#fail('a number');
    const value = Number(token);
    const isWhole = /^-?[0-9]+$/.test(token);
    const survives = Number.isFinite(value) && (!isWhole || Number.isSafeInteger(value) || String(value) === token);
    if (!survives) this.#add(`the number ${shown(token)} cannot be kept exactly; write it as a text${this.#where(at)}`);
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#at += token.length;
    return token;
  }

  #space(): void {
    this.#token(space);
  }

  #add(problem: string): void {
    if (this.problems.length < mostProblems) this.problems.push(problem);
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 12).toWellFormed();
    const given = found === '' ? 'the end of the text' : shown(found);
    throw new Malformed(this.#at, `expected ${expected}${this.#where(this.#at)}, found ${given}`);
  }

  #where(at: number): string {
    return ` at character ${at + 1}`;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60).toWellFormed()}…`);
}
