import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { classify } from '../../model/classify.ts';
import type { ActionError, FailureClass } from '../../model/failure.ts';
import { checkMail } from '../../model/mail-bounds.ts';
import type { Mail } from '../../model/skill.ts';
import type { Mailer } from '../../ports/index.ts';
import { deliveryError, senderOf } from './delivery-error.ts';

type Client = Pick<SESv2Client, 'send'>;

/** Refusals of SES alone that a person has to lift: of an account or a sender. */
const denials = new Set([
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'MessageRejected',
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
  const says = classify(error, { nowMs: Date.now(), misfit: 'invalidOutput' });
  const { failureClass, sendOutcome, retryAfterMs } = says;
  if (signal.aborted && sendOutcome !== 'notSent')
    return deliveryError('no answer of SES in time', { class: 'timeout', sendOutcome: 'unknown' }, error);
  if (error instanceof Error && denials.has(error.name))
    return deliveryError('SES did not take the mail', { class: 'denied', sendOutcome: 'notDone' }, error);
  // What cannot be made out has happened on the way: no answer of SES says so little.
  if (sendOutcome === 'unknown')
    return deliveryError('the answer of SES was lost', { class: lostClass(failureClass), sendOutcome }, error);
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  return deliveryError('SES did not take the mail', { class: failureClass, sendOutcome, ...wish }, error);
}

function lostClass(failureClass: FailureClass): FailureClass {
  return failureClass === 'timeout' ? 'timeout' : 'transient';
}

/** Without tries of its own: SES does not deduplicate, so a second one could be a second mail. */
async function createClient(): Promise<SESv2Client> {
  const { SESv2Client } = await import('@aws-sdk/client-sesv2');
  return new SESv2Client({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
}
