import { maxBodyBytes, maxBodyDepth } from '../../core/contract/api.ts';
import { Problem } from '../../core/contract/problems.ts';

/**
 * The JSON of a request, or `{}` when it has no body. Throws the problems `unsupported-media-type`,
 * `body-too-large`, `malformed-json` and `json-too-deep`.
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  checkMediaType(request.headers.get('content-type'));
  const value = parse(bytes);
  checkTree(value);
  return value;
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Problem {
  return new Problem(
    'body-too-large',
    `A body may have ${maxBodyBytes} bytes; this one has more. Put large values elsewhere and pass where they are.`,
  );
}

function checkMediaType(given: string | null): void {
  const [type = '', ...parameters] = (given ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const isJson = type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (isJson && (charset === undefined || charset === 'utf-8')) return;
  const said = given === null ? 'no Content-Type' : `Content-Type '${given}'`;
  throw new Problem(
    'unsupported-media-type',
    `The body came with ${said}; send JSON in UTF-8 with 'Content-Type: application/json'.`,
  );
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem('malformed-json', 'The body is not UTF-8 text. Send JSON in UTF-8.', { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('malformed-json', `The body is not JSON: ${why}. Send one JSON object.`, { cause });
  }
}

/** Walks without recursion: depth is what is being checked. */
function checkTree(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxBodyDepth) {
      throw new Problem(
        'json-too-deep',
        `The body is nested deeper than ${maxBodyDepth} levels; send a flatter value.`,
      );
    }
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') checkText(value);
      if (typeof value !== 'object' || value === null) continue;
      for (const [key, member] of Object.entries(value)) {
        checkText(key);
        next.push(member);
      }
    }
    level = next;
  }
}

/** Half of a surrogate pair has no UTF-8 bytes: no store would give it back as it was. */
function checkText(text: string): void {
  if (text.isWellFormed()) return;
  throw new Problem(
    'malformed-json',
    'The body holds a text with half of a surrogate pair, which is not Unicode. Send whole characters.',
  );
}
