import type { Mail } from '../model/skill.ts';

export interface Mailer {
  /**
   * Hands a mail over for delivery. Throws ActionError with what is known about it: `notSent` before the server took it,
   * `notDone` when the server refused it, `unknown` when its answer was lost.
   *
   * @param reference equal for every try of one mail; part of its Message-ID where the server lets us choose it
   */
  send(mail: Mail, reference: string, signal: AbortSignal): Promise<{ readonly messageId: string }>;
}
