import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { ActionError } from '../../model/failure.ts';
import { checkMail } from '../../model/mail-bounds.ts';
import type { Mail } from '../../model/skill.ts';
import type { Mailer } from '../../ports/index.ts';
import { deliveryError, senderOf, wasNeverConnected } from './delivery-error.ts';

type Client = Pick<SESv2Client, 'send'>;

const throttling = new Set(['TooManyRequestsException', 'ThrottlingException', 'LimitExceededException']);
/** Refusals that a person has to lift: of a right, an account or a sender. */
const denials = new Set([
  'AccessDeniedException',
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'MessageRejected',
  'UnrecognizedClientException',
  'ExpiredTokenException',
]);

/** Mail through Amazon SES, which chooses the Message-ID itself. */
export class SesMailer implements Mailer {
  readonly #from: string | undefined;
  readonly #connect: () => Promise<Client>;
  #client: Promise<Client> | undefined;

  /** @param options.connect called at the first use: most functions send no mail, and loading a client takes time */
  constructor(options: { readonly from: string | undefined; readonly connect?: () => Promise<Client> }) {
    this.#from = options.from;
    this.#connect = options.connect ?? createClient;
  }

  async send(mail: Mail, _reference: string, signal: AbortSignal): Promise<{ readonly messageId: string }> {
    checkMail(mail);
    const from = senderOf(this.#from);
    const { SendEmailCommand } = await import('@aws-sdk/client-sesv2');
    const client = await (this.#client ??= this.#connect());
    const text = (value: string) => ({ Data: value, Charset: 'UTF-8' });
    try {
      const answer = await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [...mail.to], ...(mail.cc ? { CcAddresses: [...mail.cc] } : {}) },
          ...(mail.replyTo === undefined ? {} : { ReplyToAddresses: [mail.replyTo] }),
          Content: { Simple: { Subject: text(mail.subject), Body: { Text: text(mail.text) } } },
        }),
        { abortSignal: signal },
      );
      return { messageId: answer.MessageId ?? '' };
    } catch (error) {
      throw failureOf(error, signal);
    }
  }
}

function failureOf(error: unknown, signal: AbortSignal): ActionError {
  const what = 'SES did not take the mail';
  if (wasNeverConnected(error)) return deliveryError(what, { class: 'transient', sendOutcome: 'notSent' }, error);
  if (signal.aborted)
    return deliveryError('no answer of SES in time', { class: 'timeout', sendOutcome: 'unknown' }, error);
  const { name, $fault: fault } = error instanceof Error ? (error as Error & { $fault?: string }) : {};
  if (throttling.has(name ?? '')) return deliveryError(what, { class: 'throttled', sendOutcome: 'notDone' }, error);
  if (denials.has(name ?? '')) return deliveryError(what, { class: 'denied', sendOutcome: 'notDone' }, error);
  if (fault === 'client') return deliveryError(what, { class: 'bug', sendOutcome: 'notDone' }, error);
  if (name === 'CredentialsProviderError')
    return deliveryError(what, { class: 'denied', sendOutcome: 'notSent' }, error);
  return deliveryError('the answer of SES was lost', { class: 'transient', sendOutcome: 'unknown' }, error);
}

/** Without tries of its own: SES does not deduplicate, so a second one could be a second mail. */
async function createClient(): Promise<SESv2Client> {
  const { SESv2Client } = await import('@aws-sdk/client-sesv2');
  return new SESv2Client({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
}
