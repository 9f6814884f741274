import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, expect, it } from 'vitest';
import { SesMailer } from './index.ts';

const received: unknown[] = [];
let answer: { readonly status: number; readonly type?: string } | 'hang up' = { status: 200 };
const server = createServer((request, response) => {
  void json(request).then((body) => {
    received.push(body);
    if (answer === 'hang up') return void request.socket.destroy();
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(answer.type ? { 'x-amzn-errortype': answer.type } : {}),
    });
    response.end(JSON.stringify(answer.status === 200 ? { MessageId: 'id-1' } : { message: 'why' }));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const clientOf = (address: string) => async () =>
  new SESv2Client({
    endpoint: address,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
const mailer = (address = endpoint) => new SesMailer({ from: 'agents@example.com', connect: clientOf(address) });
const mail = { to: ['ada@example.com'], cc: ['alan@example.com'], subject: 'Grüße', text: 'Hallo' };
const patient = new AbortController().signal;

it('SES is given sender, recipients, subject and text', async () => {
  expect(await mailer().send({ ...mail, replyTo: 'desk@example.com' }, 'key', patient)).toEqual({ messageId: 'id-1' });
  expect(received).toEqual([
    {
      FromEmailAddress: 'agents@example.com',
      Destination: { ToAddresses: mail.to, CcAddresses: mail.cc },
      ReplyToAddresses: ['desk@example.com'],
      Content: {
        Simple: {
          Subject: { Data: 'Grüße', Charset: 'UTF-8' },
          Body: { Text: { Data: 'Hallo', Charset: 'UTF-8' } },
        },
      },
    },
  ]);
});

it.each([
  [{ status: 429, type: 'TooManyRequestsException' }, 'throttled', 'notDone'],
  [{ status: 400, type: 'MessageRejected' }, 'denied', 'notDone'],
  [{ status: 403, type: 'AccessDeniedException' }, 'denied', 'notDone'],
  [{ status: 400, type: 'BadRequestException' }, 'bug', 'notDone'],
  [{ status: 500, type: 'InternalServiceErrorException' }, 'transient', 'unknown'],
  ['hang up', 'transient', 'unknown'],
] as const)(
  'of an answer %j it says what is known, and it asks once only',
  async (given, failureClass, sendOutcome) => {
    received.length = 0;
    answer = given;
    await expect(mailer().send(mail, 'key', patient)).rejects.toMatchObject({ failureClass, sendOutcome });
    expect(received).toHaveLength(1);
  },
);

it('a mail was not sent when SES cannot be reached, when no sender is given, or when it is malformed', async () => {
  const notSent = { sendOutcome: 'notSent' };
  await expect(mailer('http://127.0.0.1:1').send(mail, 'key', patient)).rejects.toMatchObject(notSent);
  await expect(new SesMailer({ from: undefined }).send(mail, 'key', patient)).rejects.toMatchObject({
    failureClass: 'denied',
    ...notSent,
  });
  await expect(mailer().send({ ...mail, subject: 'a\nb' }, 'key', patient)).rejects.toMatchObject(notSent);
});
