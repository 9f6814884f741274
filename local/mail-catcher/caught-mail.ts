/** A mail that was caught instead of delivered. */
export interface CaughtMail {
  readonly receivedAtMs: number;
  /** Who it was handed over for; `to` has those of `cc` too. */
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** Of the mail itself, by name in lower case, decoded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** As it was received. */
  readonly raw: string;
}

/** Reads a mail with one part, as the platform writes them. Anything else is kept as it came. */
export function readMail(raw: string): Pick<CaughtMail, 'headers' | 'text' | 'raw'> {
  const end = raw.indexOf('\r\n\r\n');
  const [head, body] = end < 0 ? [raw, ''] : [raw.slice(0, end), raw.slice(end + 4)];
  const headers: Record<string, string> = {};
  // A line that begins with a blank goes on from the one before it (RFC 5322 section 2.2.3).
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = decodedWords(line.slice(colon + 1).trim());
  }
  return { headers, text: decodedBody(body, headers['content-transfer-encoding'] ?? '7bit'), raw };
}

/** RFC 2047. Blanks between two encoded words are no part of the text. */
function decodedWords(text: string): string {
  const joined = text.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString('utf8');
    return fromQuotedPrintable(word.replaceAll('_', ' '));
  });
}

function decodedBody(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return fromQuotedPrintable(body.replaceAll(/=[ \t]*\r\n/g, ''));
    default:
      return body;
  }
}

function fromQuotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
