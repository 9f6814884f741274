import { existsSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { readMail } from './caught-mail.ts';
import type { CaughtMail } from './caught-mail.ts';

export interface MailCatcher {
  /** `smtp://127.0.0.1:…` */
  readonly smtpUrl: string;
  /** Address of the list of mails. */
  readonly url: string;
  stop(): Promise<void>;
}

const mostMailBytes = 10 * 1024 * 1024;
const file = 'mails.jsonl';

/**
 * A mail server that delivers nothing: what is sent on a laptop can be looked at, at `GET /mails`, and reaches nobody.
 * Mails are kept in `mails.jsonl` of the data directory, one JSON document a line; one is on disk before it is answered.
 */
export async function startMailCatcher(dataDirectory: string): Promise<MailCatcher> {
  const path = join(dataDirectory, file);
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    size: mostMailBytes,
    logger: false,
    onData: (stream, session, done) => {
      const keep = async (): Promise<void> => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail: CaughtMail = {
          receivedAtMs: Date.now(),
          envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
          ...readMail((await buffer(stream)).toString('utf8')),
        };
        await appendFile(path, `${JSON.stringify(mail)}\n`, { mode: 0o600 });
      };
      callbackify(keep)((error) => done(error));
    },
  });
  // A client that goes away in the middle is its own business.
  smtp.on('error', () => undefined);
  const web = createServer((request, response) => {
    const isList = request.method === 'GET' && request.url?.split('?')[0] === '/mails';
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isList ? { mails: mailsIn(path) } : { error: 'There is GET /mails.' }));
  });
  const smtpPort = await listening(smtp.listen(0, '127.0.0.1'));
  const webPort = await listening(web.listen(0, '127.0.0.1'));
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    url: `http://127.0.0.1:${webPort}/mails`,
    stop: async () => {
      web.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => web.close(() => resolve())),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ]);
    },
  };
}

/** A platform that was killed may have left half a line at the end. */
function mailsIn(path: string): CaughtMail[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as CaughtMail];
      } catch {
        return [];
      }
    });
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('The mail catcher has no port.'));
    });
  });
}
