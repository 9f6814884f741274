import { ActionError, defineAction, defineSkill } from 'holdfast';
import type { Json } from 'holdfast';
import * as z from 'zod';

const mostBodyBytes = 64 * 1024;
/** An answer is kept with its run, and a model may have to read it. */
const mostAnswerBytes = 256 * 1024;
const timeoutSeconds = 20;

const url = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .describe('Of an origin in HTTP_ALLOWED_ORIGINS');
const answer = z.object({
  status: z.int(),
  contentType: z.string(),
  text: z.string().optional().describe('The body of any other text'),
  json: z.json().optional().describe('The body when it is JSON'),
});

export default defineSkill({
  id: 'Http:v1',
  release: '1.0.0',
  description: 'Requests addresses on the web, of the origins that the operator has allowed.',
  settings: ['HTTP_ALLOWED_ORIGINS'],
  network: ['$HTTP_ALLOWED_ORIGINS'],
  addresses: 'public',
  actions: {
    get: defineAction({
      description: 'Read an address on the web whose answer is text or JSON.',
      input: z.strictObject({ url }),
      output: answer,
      effect: { class: 'P' },
      timeoutSeconds,
      trust: 'untrusted',
      run: async ({ url: address }, { fetch }) => answerOf(await fetch(address, { headers: { accept } })),
    }),
    send: defineAction({
      description:
        'Send JSON to an address on the web, or delete what is there. Once: it cannot be told whether a lost one arrived.',
      input: z.strictObject({
        method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
        url,
        body: z
          .json()
          .optional()
          .refine((body) => Buffer.byteLength(JSON.stringify(body ?? null)) <= mostBodyBytes, {
            error: `must have at most ${mostBodyBytes} bytes as JSON`,
          }),
      }),
      output: answer,
      effect: { class: 'N' },
      timeoutSeconds,
      sensitive: ['url', 'body'],
      trust: 'untrusted',
      run: async ({ method, url: address, body }, { fetch }) =>
        answerOf(
          await fetch(address, {
            method,
            headers: { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
        ),
    }),
  },
});

const accept = 'application/json, text/*;q=0.9';

async function answerOf(response: Response): Promise<z.infer<typeof answer>> {
  const { status } = response;
  const contentType = (response.headers.get('content-type') ?? '').slice(0, 200);
  const body = await response.arrayBuffer();
  if (body.byteLength === 0) return { status, contentType };
  const isJson = /^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(contentType);
  if (!isJson && !/^text\//i.test(contentType))
    throw unusable(`is '${contentType || 'of no type'}', neither text nor JSON`);
  if (body.byteLength > mostAnswerBytes) throw unusable(`has ${body.byteLength} bytes; ${mostAnswerBytes} are allowed`);
  const text = new TextDecoder().decode(body);
  if (!isJson) return { status, contentType, text };
  try {
    return { status, contentType, json: JSON.parse(text) as Json };
  } catch {
    throw unusable('says that it is JSON, and is not');
  }
}

/** The request was done; what it did is not known. */
function unusable(why: string): ActionError {
  return new ActionError(`the answer ${why}`, { class: 'invalidOutput', sendOutcome: 'unknown' });
}
