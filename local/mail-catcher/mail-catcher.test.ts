import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SmtpMailer } from '../../core/adapters/mail/index.ts';
import { ActionError } from '../../core/model/failure.ts';
import type { Mail } from '../../core/model/skill.ts';
import type { CaughtMail, MailCatcher } from './index.ts';
import { startMailCatcher } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-mails-'));
const from = 'agents@holdfast.example';
const mail: Mail = { to: ['ada@example.com'], subject: 'Hello', text: 'A line.\nAnother one.' };
const patient = new AbortController().signal;
let catcher: MailCatcher;
let servers: Server[] = [];

beforeAll(async () => {
  catcher = await startMailCatcher(folder);
});
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});
afterAll(async () => {
  await catcher.stop();
  rmSync(folder, { recursive: true, force: true });
});

const caught = async (): Promise<CaughtMail[]> =>
  ((await (await fetch(catcher.url)).json()) as { mails: CaughtMail[] }).mails;

/** How the sending of a mail ended, when it failed. */
async function failureOf(url: string, signal = patient, sent = mail): Promise<Partial<ActionError>> {
  try {
    await new SmtpMailer({ url, from }).send(sent, 'reference', signal);
  } catch (error) {
    if (!ActionError.isInstance(error)) throw error;
    const { failureClass, sendOutcome } = error;
    return { failureClass, sendOutcome };
  }
  throw new Error('the mail was sent');
}

/** A mail server that says what a test wants: the answer to each command by its first word, `null` to hang up. */
async function scripted(script: Readonly<Record<string, string | null>>): Promise<string> {
  const usual: Record<string, string | null> = {
    connect: '220 hi',
    EHLO: '250 hi',
    MAIL: '250 ok',
    RCPT: '250 ok',
    DATA: '354 go',
    '.': '250 taken',
    QUIT: '221 bye',
  };
  const say = (socket: Socket, answer: string | null | undefined): void => {
    if (answer === null) socket.destroy();
    else if (answer !== undefined && answer !== 'nothing') socket.write(`${answer}\r\n`);
  };
  const server = createServer((socket) => {
    const answers = { ...usual, ...script };
    let inText = false;
    let rest = '';
    say(socket, answers['connect']);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (inText && line !== '.') continue;
        const word = (line.split(/[ :]/)[0] ?? '').toUpperCase();
        inText = word === 'DATA' && (answers['DATA'] ?? '').startsWith('354');
        say(socket, answers[word] ?? (word in answers ? answers[word] : '502 what'));
      }
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a mail over SMTP', () => {
  it('is caught with everybody it is for, with its headers and its text, and kept on disk', async () => {
    const before = (await caught()).length;
    const whole: Mail = {
      to: ['ada@example.com', 'grace@example.com'],
      cc: ['alan@example.com'],
      replyTo: 'desk@example.com',
      subject: `Grüße aus Zürich 🏨 ${'und noch viel mehr '.repeat(8).trim()}`,
      text: `Zeile mit Ümlaut = ${'lang '.repeat(40)}\n.\nEin Punkt allein.\n`,
    };
    const { messageId } = await new SmtpMailer({ url: catcher.smtpUrl, from }).send(whole, 'effect:1', patient);
    expect(messageId).toBe('<effect-1@holdfast.example>');
    const [received] = (await caught()).slice(before);
    expect(received).toMatchObject({
      envelope: { from, to: ['ada@example.com', 'grace@example.com', 'alan@example.com'] },
      headers: {
        from,
        to: 'ada@example.com, grace@example.com',
        cc: 'alan@example.com',
        'reply-to': 'desk@example.com',
        subject: whole.subject,
        'message-id': messageId,
      },
    });
    expect(received?.text.replaceAll('\r\n', '\n').trimEnd()).toBe(whole.text.trimEnd());
    const lines = readFileSync(join(folder, 'mails.jsonl'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual(received);
  });

  it('has the same Message-ID for every try of one effect', async () => {
    const mailer = new SmtpMailer({ url: catcher.smtpUrl, from });
    const ids = [await mailer.send(mail, 'same', patient), await mailer.send(mail, 'same', patient)];
    expect(new Set(ids.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('cannot bring headers, recipients or commands of its own', async () => {
    const before = (await caught()).length;
    const attempts: Mail[] = [
      { ...mail, subject: 'Hello\r\nBcc: eve@example.com' },
      { ...mail, subject: 'Hello\nBcc: eve@example.com' },
      { ...mail, to: ['ada@example.com\r\nRCPT TO:<eve@example.com>'] },
      { ...mail, to: ['ada@example.com, eve@example.com'] },
      { ...mail, to: ['Ada <ada@example.com>'] },
      { ...mail, cc: ['"a@b.c\r\n"@example.com'] },
      { ...mail, replyTo: 'ada@example.com\n' },
      { ...mail, to: [] },
    ];
    for (const attempt of attempts) {
      expect(await failureOf(catcher.smtpUrl, patient, attempt)).toEqual({
        failureClass: 'bug',
        sendOutcome: 'notSent',
      });
    }
    await new SmtpMailer({ url: catcher.smtpUrl, from }).send(
      { ...mail, text: 'x\r\n.\r\nMAIL FROM:<eve@example.com>\r\nQUIT\r\n' },
      'dots',
      patient,
    );
    expect((await caught()).slice(before).map(({ envelope }) => envelope)).toEqual([{ from, to: mail.to }]);
  });

  it.each([
    ['nobody listens', undefined, 'transient', 'notSent'],
    ['the server hangs up at once', { connect: null }, 'transient', 'notSent'],
    ['the server hangs up before the text', { DATA: null }, 'transient', 'notSent'],
    ['the server is busy', { connect: '421 later' }, 'transient', 'notDone'],
    ['a recipient has to wait', { RCPT: '450 later' }, 'transient', 'notDone'],
    ['a recipient is unknown', { RCPT: '550 who' }, 'denied', 'notDone'],
    ['the sender is refused', { MAIL: '501 no' }, 'bug', 'notDone'],
    ['the text is refused', { '.': '552 too large' }, 'denied', 'notDone'],
    ['the text has to wait', { '.': '451 later' }, 'transient', 'notDone'],
    ['the connection is lost after the text', { '.': null }, 'transient', 'unknown'],
  ] as const)('says what is known about it when %s', async (_, script, failureClass, sendOutcome) => {
    const url = script ? await scripted(script) : 'smtp://127.0.0.1:1';
    expect(await failureOf(url)).toEqual({ failureClass, sendOutcome });
  });

  it('may have been sent when no answer comes to its text in time, and was not when none came before', async () => {
    const soon = (): AbortSignal => AbortSignal.timeout(300);
    expect(await failureOf(await scripted({ '.': 'nothing' }), soon())).toEqual({
      failureClass: 'timeout',
      sendOutcome: 'unknown',
    });
    expect(await failureOf(await scripted({ EHLO: 'nothing' }), soon())).toEqual({
      failureClass: 'timeout',
      sendOutcome: 'notSent',
    });
  });
});

describe('the mail catcher', () => {
  it('lists nothing but mails, and goes on with those of before', async () => {
    expect((await fetch(new URL('/', catcher.url))).status).toBe(404);
    expect((await fetch(catcher.url, { method: 'POST' })).status).toBe(404);
    await new SmtpMailer({ url: catcher.smtpUrl, from }).send(mail, 'kept', patient);
    const before = await caught();
    await catcher.stop();
    catcher = await startMailCatcher(folder);
    expect(await caught()).toEqual(before);
  });
});
