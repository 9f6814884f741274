import { Readable } from 'node:stream';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { ActionError } from '../../model/failure.ts';
import { checkMail } from '../../model/mail-bounds.ts';
import { networkFailure } from '../../model/network-failure.ts';
import type { Mail } from '../../model/skill.ts';
import type { Mailer } from '../../ports/index.ts';
import { deliveryError, senderOf } from './delivery-error.ts';

const connectMs = 5_000;

/** Mail over SMTP to one server, over a connection of its own for each. */
export class SmtpMailer implements Mailer {
  readonly #from: string | undefined;
  readonly #server: SMTPConnectionOptions;

  /** @param options.url `smtp://127.0.0.1:2525`; without user and password, as it is for a server on the same machine */
  constructor(options: { readonly url: string; readonly from: string | undefined }) {
    const url = new URL(options.url);
    if (!/^smtps?:$/.test(url.protocol) || url.username !== '') {
      throw new Error(
        `'${url.protocol}//${url.host}' must be an address such as smtp://127.0.0.1:2525, without user and password.`,
      );
    }
    const secure = url.protocol === 'smtps:';
    this.#from = options.from;
    this.#server = { host: url.hostname, port: Number(url.port || (secure ? 465 : 25)), secure };
  }

  async send(mail: Mail, reference: string, signal: AbortSignal): Promise<{ readonly messageId: string }> {
    checkMail(mail);
    const from = senderOf(this.#from);
    const messageId = `<${reference.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 128)}@${from.split('@').at(-1)}>`;
    const { to, cc = [] } = mail;
    await this.#deliver({ from, to: [...to, ...cc] }, await written(mail, from, messageId), signal);
    return { messageId };
  }

  async #deliver(envelope: { from: string; to: string[] }, message: Buffer, signal: AbortSignal): Promise<void> {
    const { default: SmtpConnection } = await import('nodemailer/lib/smtp-connection');
    const connection = new SmtpConnection({
      ...this.#server,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      tls: { minVersion: 'TLSv1.2' },
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let begun = false;
    const fail = (error: unknown): void => reject(failureOf(error, begun, signal));
    const abort = (): void => {
      fail(signal.reason);
      connection.close();
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    connection.on('error', fail);
    connection.once('end', () => fail(new Error('the connection was closed')));
    connection.connect((error) => {
      if (error) return fail(error);
      // Read when the server has asked for the text: what fails before has sent nothing.
      const content = new Readable({
        read() {
          begun = true;
          this.push(message);
          this.push(null);
        },
      });
      connection.send(envelope, content, (problem, answer) => {
        if (problem) fail(problem);
        else if (answer && answer.rejected.length > 0) reject(partly(answer.rejected));
        else resolve();
      });
    });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      connection.quit();
    }
  }
}

/** The mail as it goes over the wire. */
async function written(mail: Mail, from: string, messageId: string): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { to, cc, replyTo, subject, text } = mail;
  const composer = new MailComposer({
    from,
    to: [...to],
    ...(cc ? { cc: [...cc] } : {}),
    ...(replyTo === undefined ? {} : { replyTo }),
    subject,
    text,
    messageId,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

function failureOf(error: unknown, begun: boolean, signal: AbortSignal): ActionError {
  const code = typeof error === 'object' && error !== null ? Number(Reflect.get(error, 'responseCode')) : Number.NaN;
  if (code >= 500)
    return deliveryError(
      'the mail server refused',
      { class: code < 530 ? 'bug' : 'denied', sendOutcome: 'notDone' },
      error,
    );
  if (code >= 400)
    return deliveryError('the mail server cannot take it now', { class: 'transient', sendOutcome: 'notDone' }, error);
  const sendOutcome = begun ? 'unknown' : 'notSent';
  if (signal.aborted)
    return deliveryError('no answer of the mail server in time', { class: 'timeout', sendOutcome }, error);
  const what =
    networkFailure(error)?.sendOutcome === 'notSent'
      ? 'the mail server cannot be reached'
      : 'the connection to the mail server failed';
  return deliveryError(what, { class: 'transient', sendOutcome }, error);
}

/** It went to some: neither done nor not done, which is for a person to judge. */
function partly(rejected: readonly unknown[]): ActionError {
  return new ActionError(`the mail server took the mail, but not for ${rejected.map(String).join(', ')}`, {
    class: 'bug',
    sendOutcome: 'unknown',
  });
}
