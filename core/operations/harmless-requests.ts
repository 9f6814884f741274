/** Requests with these methods change nothing (RFC 9110 section 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Messages by which two sides of MCP get to know each other; no tool is called by them. */
const greetings = new Set(['server/discover', 'initialize', 'notifications/initialized']);

/**
 * Whether a request may change something at its provider. Besides the safe methods, requests for a token (RFC 6749) and
 * the greetings of MCP have no effect that matters.
 */
export function changesSomething({ method = 'GET', body }: RequestInit = {}): boolean {
  if (safeMethods.has(method.toUpperCase())) return false;
  const text = typeof body === 'string' || body instanceof URLSearchParams ? String(body) : '';
  return !/(^|&)grant_type=/.test(text) && !isGreeting(text);
}

function isGreeting(text: string): boolean {
  if (!text.startsWith('{"jsonrpc":"2.0"')) return false;
  try {
    const message: unknown = JSON.parse(text);
    return (
      typeof message === 'object' &&
      message !== null &&
      'method' in message &&
      typeof message.method === 'string' &&
      greetings.has(message.method)
    );
  } catch {
    return false;
  }
}
