import { ActionError } from './failure.ts';
import type { Mail } from './skill.ts';

/** The part of RFC 5321 section 4.1.2 that providers agree on: no quotes, no comments, no literal addresses. */
const addressPattern =
  /^(?!.{255})(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const mostRecipients = 50;
const mostSubjectCharacters = 250;
const mostTextBytes = 256 * 1024;
/** With CR or LF a subject could add headers of its own. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;

/** True for a plain address such as `ada@example.com`. */
export function isMailAddress(text: string): boolean {
  return addressPattern.test(text);
}

/** Throws ActionError (`bug`, `notSent`) for a mail that could not be sent as it is meant. */
export function checkMail({ to, cc = [], replyTo, subject, text }: Mail): void {
  const recipients = [...to, ...cc];
  if (to.length === 0 || recipients.length > mostRecipients) {
    throw outOfBounds(
      `a mail has 1 to ${mostRecipients} recipients; this one has ${recipients.length}, ${to.length} of them in 'to'`,
    );
  }
  for (const address of [...recipients, ...(replyTo === undefined ? [] : [replyTo])]) {
    if (typeof address === 'string' && isMailAddress(address)) continue;
    throw outOfBounds(`${JSON.stringify(address)} is no mail address such as ada@example.com`);
  }
  if (
    typeof subject !== 'string' ||
    subject.trim() === '' ||
    subject.length > mostSubjectCharacters ||
    controlCharacter.test(subject)
  ) {
    throw outOfBounds(`the subject must be one line of 1 to ${mostSubjectCharacters} characters`);
  }
  const sizeBytes = typeof text === 'string' ? Buffer.byteLength(text) : 0;
  if (typeof text !== 'string' || sizeBytes > mostTextBytes) {
    throw outOfBounds(`the text of a mail must be a text of at most ${mostTextBytes} bytes; it has ${sizeBytes}`);
  }
}

function outOfBounds(message: string): ActionError {
  return new ActionError(message, { class: 'bug', sendOutcome: 'notSent' });
}
