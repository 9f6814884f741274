import type { Mail } from '../../model/skill.ts';
import type { Mailer } from '../../ports/index.ts';

/** Keeps mails instead of sending them. */
export class MemoryMailer implements Mailer {
  readonly sent: (Mail & { readonly reference: string })[] = [];

  async send(mail: Mail, reference: string): Promise<{ readonly messageId: string }> {
    this.sent.push({ ...structuredClone(mail), reference });
    return { messageId: `<${reference.slice(0, 16)}.${this.sent.length}@memory>` };
  }
}
