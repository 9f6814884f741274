import type { FailureClass, SendOutcome } from './failure.ts';

/** What an error says of a call. */
export interface Classified {
  readonly failureClass: FailureClass;
  /** Of the one call that the error is about. */
  readonly sendOutcome: SendOutcome;
  /** The provider's own wish, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** Of a failure of the network, with the code that tells it, such as ECONNRESET. */
export interface NetworkFailure extends Classified {
  readonly code: string;
}

/** Codes of Node, of undici (which is `fetch`), and of nodemailer. */
const codes: Readonly<Record<string, Classified>> = {
  ...all(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EDNS', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'], {
    failureClass: 'transient',
    sendOutcome: 'notSent',
  }),
  // The handshake comes before the request.
  ...all(
    [
      ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
      ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ],
    { failureClass: 'transient', sendOutcome: 'notSent' },
  ),
  ...all(
    ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ENETDOWN', 'ENETRESET', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE'],
    {
      failureClass: 'transient',
      sendOutcome: 'unknown',
    },
  ),
  ...all(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'], {
    failureClass: 'timeout',
    sendOutcome: 'unknown',
  }),
};
/** Families of codes of a connection that was made, and then went wrong. */
const families = /^(HPE_|UND_ERR_RES_|UND_ERR_CLOSED|UND_ERR_DESTROYED|ERR_HTTP2_|ERR_SSL_)/;
const depth = 6;

function all(names: readonly string[], says: Classified): Record<string, Classified> {
  return Object.fromEntries(names.map((name) => [name, says]));
}

/**
 * What an error says of the network, by the codes in its chain of causes; undefined when the network did its part. May
 * throw whatever a getter of the error throws.
 */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  let current = error;
  for (let at = 0; at < depth && isObject(current); at += 1) {
    // Node gives the error of several addresses the code of the first.
    const found = ofSeveral(current) ?? ofOne(current);
    if (found) return found;
    current = Reflect.get(current, 'cause');
  }
  return undefined;
}

/** One host has several addresses, and none could be reached: what is said of all of them. */
function ofSeveral(error: object): NetworkFailure | undefined {
  const errors: unknown = error instanceof AggregateError ? error.errors : undefined;
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const found = errors.map((one: unknown) => networkFailure(one));
  const known = found.filter((one) => one !== undefined);
  const first = known[0];
  if (!first) return undefined;
  const proven = known.length === errors.length && known.every(({ sendOutcome }) => sendOutcome === 'notSent');
  return { ...first, sendOutcome: proven ? 'notSent' : 'unknown' };
}

function ofOne(error: object): NetworkFailure | undefined {
  // A client may give it a code of its own, and keep the one of the network.
  for (const name of ['code', 'originalCode']) {
    const code: unknown = Reflect.get(error, name);
    if (typeof code !== 'string') continue;
    const says = Object.hasOwn(codes, code) ? codes[code] : undefined;
    if (says) return { ...withSyscall(says, Reflect.get(error, 'syscall')), code };
    if (families.test(code)) return { failureClass: 'transient', sendOutcome: 'unknown', code };
  }
  // Some of undici have no code.
  const name: unknown = Reflect.get(error, 'name');
  if (name === 'HTTPParserError') return { failureClass: 'transient', sendOutcome: 'unknown', code: name };
  // Of a body that was cut off. Its cause says more, where there is one.
  if (error instanceof TypeError && error.message === 'terminated' && !isObject(error.cause)) {
    return { failureClass: 'transient', sendOutcome: 'unknown', code: 'terminated' };
  }
  return undefined;
}

/** Reads and writes come after the connection; a connection that is not made has carried nothing. */
function withSyscall(says: Classified, syscall: unknown): Classified {
  if (syscall === 'connect') return { failureClass: 'transient', sendOutcome: 'notSent' };
  return syscall === 'read' || syscall === 'write' ? { ...says, sendOutcome: 'unknown' } : says;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Of several calls, what is known of all of them. */
export function leastKnown(outcomes: readonly SendOutcome[]): SendOutcome {
  return (['unknown', 'notDone'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'notSent';
}
