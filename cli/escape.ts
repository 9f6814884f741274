import { styleText } from 'node:util';

/**
 * Text that may be written to a terminal as it is. What comes from a model, a provider or a file becomes one only
 * by escaping, so a value that was not escaped does not fit where text is printed.
 */
export class Safe {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Shows control and formatting characters (ANSI escapes, bidirectional overrides, line breaks) as escapes. */
  static line(value: string): Safe {
    return new Safe(value.replace(unprintable, visible));
  }

  /** As `line`, but keeps line breaks and tabs. */
  static lines(value: string): Safe {
    return new Safe(
      value.replace(/\r\n/g, '\n').replace(unprintable, (found) => (/[\n\t]/.test(found) ? found : visible(found))),
    );
  }

  /** Pretty JSON. Equal in value, but without a character that a terminal would obey. */
  static json(value: unknown): Safe {
    const text = JSON.stringify(value, null, 2);
    return new Safe(text.replace(unprintableInJson, (found) => [...codeUnits(found)].map(jsonEscape).join('')));
  }

  /** Escapes a value and gives it a style, if the stream shows styles (TTY, NO_COLOR, FORCE_COLOR). */
  static styled(style: Style, value: string | Safe, stream: NodeJS.WritableStream): Safe {
    const { text } = typeof value === 'string' ? Safe.line(value) : value;
    return new Safe(styleText(style, text, { stream }));
  }

  /** A table that another module has drawn from safe cells. */
  static drawn(cells: readonly (readonly Safe[])[], draw: (cells: string[][]) => string): Safe {
    return new Safe(draw(cells.map((row) => row.map((cell) => cell.text))));
  }

  /** See `safe`. */
  static template(strings: TemplateStringsArray, values: readonly Printable[]): Safe {
    const rest = values.map((value, index) => {
      const { text } = value instanceof Safe ? value : Safe.line(String(value));
      return text + (strings[index + 1] ?? '');
    });
    return new Safe((strings[0] ?? '') + rest.join(''));
  }
}

export type Printable = string | number | Safe;
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Tag of a template whose values are escaped, unless they are safe already. */
export function safe(strings: TemplateStringsArray, ...values: Printable[]): Safe {
  return Safe.template(strings, values);
}

// Zero-width (non-)joiners stay: emoji and several scripts need them, and they move nothing.
const unprintable = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const unprintableInJson = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return (
    shortEscapes[character] ?? (code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
  );
}

function* codeUnits(text: string): Generator<number> {
  for (let index = 0; index < text.length; index++) yield text.charCodeAt(index);
}

function jsonEscape(codeUnit: number): string {
  return `\\u${codeUnit.toString(16).padStart(4, '0')}`;
}
