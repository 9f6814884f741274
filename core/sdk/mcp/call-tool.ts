import { ActionError } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import { mcpKeyMember } from '../../model/mcp.ts';
import type { ActionContext } from '../../model/skill.ts';
import type { Reply } from './messages.ts';
import { notificationText, replyIn, requestText } from './messages.ts';

/**
 * The two ways in which MCP is spoken over HTTP. `2026-07-28`: each request stands for itself. `2025-06-18`: a session is
 * opened first.
 */
export const protocols = ['2026-07-28', '2025-06-18'] as const;
export type Protocol = (typeof protocols)[number];

/** A server as a skill knows it. */
export interface Server {
  readonly url: string;
  /** Sent as bearer token. */
  readonly token: string | undefined;
  /** Asked for when left out, at the cost of a request. */
  readonly protocol: Protocol | undefined;
}

/** One call of a tool. */
export interface ToolCall {
  readonly tool: string;
  readonly arguments: JsonObject;
}

const [stateless, withSession] = protocols;
/** Later revisions with sessions, which differ in nothing that is used here. */
const sessionVersions: readonly string[] = ['2025-11-25', withSession, '2025-03-26'];
const client = { name: 'holdfast', version: '1' };

/**
 * Calls a tool of an MCP server once (Streamable HTTP). Gives the result as the server says it, errors of the tool included.
 * Throws ActionError: what fails before the call has left was not sent; what the protocol refuses was not done; for all else
 * the outcome is unknown.
 */
export async function callTool(server: Server, call: ToolCall, context: ActionContext): Promise<JsonObject> {
  const speaking = await beforehand(() => greet(server, context));
  const params = {
    name: call.tool,
    arguments: call.arguments,
    _meta: { ...speaking.meta, [mcpKeyMember]: context.effectKey },
  };
  const headers = speaking.protocol === stateless ? { ...speaking.headers, 'mcp-name': call.tool } : speaking.headers;
  const reply = await ask(server, { id: 3, method: 'tools/call', params, headers }, context);
  if (reply.ok) return reply.result;
  throw refusal(reply);
}

/** What every request carries once it is known how the server speaks. */
interface Speaking {
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly meta: JsonObject;
}

const statelessMeta = {
  'io.modelcontextprotocol/protocolVersion': stateless,
  'io.modelcontextprotocol/clientInfo': client,
  'io.modelcontextprotocol/clientCapabilities': {},
};

async function greet(server: Server, context: ActionContext): Promise<Speaking> {
  const protocol = server.protocol ?? ((await speaksStateless(server, context)) ? stateless : withSession);
  if (protocol === withSession) return openSession(server, context);
  return { protocol, headers: { 'mcp-protocol-version': stateless }, meta: statelessMeta };
}

async function speaksStateless(server: Server, context: ActionContext): Promise<boolean> {
  const headers = { 'mcp-protocol-version': stateless };
  const discover = { id: 1, method: 'server/discover', params: { _meta: statelessMeta }, headers };
  try {
    const reply = await ask(server, discover, context);
    const versions: unknown = reply.ok ? reply.result['supportedVersions'] : undefined;
    return Array.isArray(versions) && versions.includes(stateless);
  } catch (error) {
    // A server that does not know the question refuses it in ways of its own; one that is down, or wants another token, does not.
    const knowsNot =
      ActionError.isInstance(error) && (error.failureClass === 'bug' || error.failureClass === 'invalidOutput');
    if (knowsNot) return false;
    throw error;
  }
}

async function openSession(server: Server, context: ActionContext): Promise<Speaking> {
  const params = { protocolVersion: withSession, capabilities: {}, clientInfo: client };
  const response = await post(server, { text: requestText(2, 'initialize', params), headers: {} }, context);
  const reply = await replyIn(response, 2);
  if (!reply.ok) throw refusal(reply);
  const version = reply.result['protocolVersion'];
  if (typeof version !== 'string' || !sessionVersions.includes(version)) {
    const spoken = typeof version === 'string' ? `'${version.slice(0, 40)}'` : 'no version';
    throw new ActionError(
      `the MCP server speaks ${spoken}; ${[stateless, ...sessionVersions].join(', ')} are understood`,
      { class: 'bug', sendOutcome: 'notSent' },
    );
  }
  const session = response.headers.get('mcp-session-id');
  const headers = { 'mcp-protocol-version': version, ...(session === null ? {} : { 'mcp-session-id': session }) };
  await post(server, { text: notificationText('notifications/initialized'), headers }, context);
  return { protocol: withSession, headers, meta: {} };
}

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

async function ask(server: Server, { id, method, params, headers }: Question, context: ActionContext): Promise<Reply> {
  const own = { 'mcp-method': method, ...headers };
  return replyIn(await post(server, { text: requestText(id, method, params), headers: own }, context), id);
}

function post(
  { url, token }: Server,
  { text, headers }: { readonly text: string; readonly headers: Readonly<Record<string, string>> },
  context: ActionContext,
): Promise<Response> {
  return context.fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: text,
  });
}

/** Whatever goes wrong before the call: no tool was called, so it may be tried again. */
async function beforehand(greeting: () => Promise<Speaking>): Promise<Speaking> {
  try {
    return await greeting();
  } catch (error) {
    if (!ActionError.isInstance(error)) throw error;
    const { failureClass, message, retryAfterMs } = error;
    throw new ActionError(message, {
      class: failureClass,
      sendOutcome: 'notSent',
      cause: error,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

/** Codes of JSON-RPC and MCP that say that a request was not understood, so that nothing was done about it. */
const notUnderstood = new Set([-32_700, -32_600, -32_601, -32_602, -32_020, -32_021, -32_022]);
const internalError = -32_603;

function refusal({ code, message }: Extract<Reply, { ok: false }>): ActionError {
  return new ActionError(`the MCP server answered error ${code}: ${message}`, {
    class: code === internalError ? 'transient' : 'bug',
    sendOutcome: notUnderstood.has(code) ? 'notDone' : 'unknown',
  });
}
