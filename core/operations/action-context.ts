import { ActionError, AddressRefused } from '../model/failure.ts';
import { retryAfterOf, statusFailure } from '../model/http-failure.ts';
import { networkFailure } from '../model/network-failure.ts';
import type { ActionContext, DocumentStore, SkillDefinition } from '../model/skill.ts';
import type { Trust } from '../model/trust.ts';
import type { Ports } from '../ports/index.ts';
import type { Answer } from './reach.ts';
import { originsOf, request } from './reach.ts';
import type { Redaction } from './redaction.ts';
import { leastSecretCharacters } from './redaction.ts';

const keptBodyCharacters = 300;

export type ContextPorts = Pick<Ports, 'http' | 'clock' | 'secrets' | 'documents' | 'mailer'>;

/** What the context of one attempt is made of. */
export interface ContextOptions {
  readonly tenantId: string;
  readonly skill: SkillDefinition;
  readonly effectKey: string;
  /** 1-based. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly settings: Readonly<Record<string, string>>;
  readonly trust: Trust;
  readonly lowerTrust: (trust: Trust) => void;
  /** Learns each secret that is handed out. */
  readonly redaction: Redaction;
  readonly ports: ContextPorts;
}

/** The context of one attempt: everything that the code of a skill may reach, and nothing that it did not declare. */
export function actionContext(options: ContextOptions): ActionContext {
  const { tenantId, skill, effectKey, attempt, signal, settings, trust, lowerTrust, redaction, ports } = options;
  return {
    tenantId,
    effectKey,
    attempt,
    signal,
    settings,
    trust,
    lowerTrust,
    fetch: (url, init = {}) => fetchWithinReach(url, init, options),
    secret: async (name) => {
      if (!skill.secrets?.includes(name)) throw undeclared(skill, `the secret '${name}'`, 'secrets');
      const value = await secretValue(name, ports);
      redaction.remember(name, value);
      return value;
    },
    store: skill.uses?.includes('store') ? ports.documents.of(tenantId, skill.id) : closedStore(skill),
    sendMail: async (mail) => {
      if (!skill.uses?.includes('mail')) throw undeclared(skill, 'mail', 'uses');
      return ports.mailer.send(mail, effectKey, signal);
    },
  };
}

async function fetchWithinReach(
  url: string,
  init: RequestInit,
  { skill, signal, settings, redaction, ports }: ContextOptions,
): Promise<Response> {
  const joined = init.signal ? AbortSignal.any([signal, init.signal]) : signal;
  const { http, clock } = ports;
  let answer: Answer;
  try {
    const origins = originsOf(skill, settings);
    answer = await request(url, { ...init, signal: joined }, { http, origins, addresses: skill.addresses ?? 'any' });
  } catch (error) {
    if (ActionError.isInstance(error)) throw error;
    if (error instanceof AddressRefused) {
      throw new ActionError(error.message, { class: 'denied', sendOutcome: 'notSent', cause: error });
    }
    throw connectionError(url, error, signal.aborted);
  }
  if (!answer.response.ok && init.redirect !== 'manual')
    throw await answerError(answer.url, answer.response, { nowMs: clock.now(), redaction });
  return answer.response;
}

async function secretValue(name: string, { secrets }: ContextPorts): Promise<string> {
  let value: string;
  try {
    value = await secrets.read(name);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ActionError(message, { class: 'bug', sendOutcome: 'notSent', cause });
  }
  if (value.length >= leastSecretCharacters) return value;
  throw new ActionError(
    `the secret '${name}' has ${value.length} characters; it needs ${leastSecretCharacters}, or it could not be kept out of texts`,
    { class: 'bug', sendOutcome: 'notSent' },
  );
}

function undeclared({ id }: SkillDefinition, what: string, member: string): ActionError {
  const message = `${id} asked for ${what}, which its '${member}' does not declare. Declare it there if the skill may have it`;
  return new ActionError(message, { class: 'denied', sendOutcome: 'notSent' });
}

function closedStore(skill: SkillDefinition): DocumentStore {
  const refuse = (): Promise<never> => Promise.reject(undeclared(skill, 'the store', 'uses'));
  return { get: refuse, put: refuse, remove: refuse, list: refuse };
}

function connectionError(url: string, error: unknown, timedOut: boolean): ActionError {
  const where = new URL(url).host;
  if (timedOut) {
    return new ActionError(`no answer from ${where} in time`, {
      class: 'timeout',
      sendOutcome: 'unknown',
      cause: error,
    });
  }
  const network = networkFailure(error);
  return new ActionError(`the connection to ${where} failed${network ? ` (${network.code})` : ''}`, {
    class: network?.failureClass ?? 'transient',
    sendOutcome: network?.sendOutcome ?? 'unknown',
    cause: error,
  });
}

/** What an answer other than 2xx says. */
async function answerError(
  url: string,
  response: Response,
  { nowMs, redaction }: { readonly nowMs: number; readonly redaction: Redaction },
): Promise<ActionError> {
  const { status } = response;
  // Cleaned before it is cut: half a secret would not be recognised.
  const text = redaction.text(reasonIn(await response.text())).slice(0, keptBodyCharacters);
  const message = `${new URL(url).host} answered ${status}${text ? `: ${text}` : ''}`;
  const says = statusFailure(status, retryAfterOf(Object.fromEntries(response.headers), nowMs));
  return new ActionError(message, { class: says.failureClass, ...says });
}

/** What a problem document (RFC 9457), or a body like one, says in words; any other body as it is. */
function reasonIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return body;
    for (const name of ['detail', 'message', 'title', 'error']) {
      const value: unknown = Reflect.get(parsed, name);
      if (typeof value === 'string' && value !== '') return value;
    }
    return body;
  } catch {
    return body;
  }
}
