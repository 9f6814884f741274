import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import type { Classified } from '../../core/model/classify.ts';
import { classify } from '../../core/model/classify.ts';
import { closedPort, httpServer, rawServer, stopServers, thrownBy } from './loopback.ts';

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const said = (error: unknown): Classified => classify(error, { nowMs: 0, misfit: 'bug' });

function asked(endpoint: string, more: DynamoDBClientConfig = {}, abortSignal?: AbortSignal): Promise<unknown> {
  const client = new DynamoDBClient({ region: 'eu-west-1', credentials, maxAttempts: 1, endpoint, ...more });
  const command = new GetItemCommand({ TableName: 'rooms', Key: { id: { S: '1' } } });
  return thrownBy(() => client.send(command, abortSignal ? { abortSignal } : {}));
}

/** A service that answers every request with an error, as those that speak JSON do. */
function failing(status: number, name: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' });
  return httpServer((response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers }).end(body),
  );
}

afterEach(stopServers);

describe('an error of the AWS SDK', () => {
  it.each<[string, number, Classified]>([
    ['ThrottlingException', 400, { failureClass: 'throttled', sendOutcome: 'notDone' }],
    ['ProvisionedThroughputExceededException', 400, { failureClass: 'throttled', sendOutcome: 'notDone' }],
    ['SomethingNew', 429, { failureClass: 'throttled', sendOutcome: 'notDone' }],
    ['AccessDeniedException', 400, { failureClass: 'denied', sendOutcome: 'notDone' }],
    ['UnrecognizedClientException', 400, { failureClass: 'denied', sendOutcome: 'notDone' }],
    ['ExpiredTokenException', 400, { failureClass: 'denied', sendOutcome: 'notDone' }],
    ['SomethingNew', 403, { failureClass: 'denied', sendOutcome: 'notDone' }],
    ['ValidationException', 400, { failureClass: 'bug', sendOutcome: 'notDone' }],
    ['ResourceNotFoundException', 400, { failureClass: 'bug', sendOutcome: 'notDone' }],
    // An answer that whoever sets a condition has to expect.
    ['ConditionalCheckFailedException', 400, { failureClass: 'bug', sendOutcome: 'notDone' }],
    ['TransactionConflictException', 400, { failureClass: 'transient', sendOutcome: 'notDone' }],
    ['InternalServerError', 500, { failureClass: 'transient', sendOutcome: 'unknown' }],
    ['ServiceUnavailable', 503, { failureClass: 'transient', sendOutcome: 'unknown' }],
    ['RequestTimeoutException', 408, { failureClass: 'timeout', sendOutcome: 'unknown' }],
  ])('%s with status %i has its class', async (name, status, expected) => {
    expect(said(await asked(await failing(status, name)))).toEqual(expected);
  });

  it('tells when the service wants to be asked again', async () => {
    const url = await failing(503, 'ServiceUnavailable', { 'retry-after': '7' });
    expect(said(await asked(url))).toEqual({ failureClass: 'throttled', sendOutcome: 'notDone', retryAfterMs: 7_000 });
  });

  it('proves nothing once the SDK has asked more than once by itself: it tells of the last answer only', async () => {
    const url = await httpServer((response, call) => {
      if (call === 1) return response.destroy();
      return response.writeHead(400).end(JSON.stringify({ __type: 'x#ConditionalCheckFailedException' }));
    });
    expect(said(await asked(url, { maxAttempts: 2 }))).toEqual({ failureClass: 'bug', sendOutcome: 'unknown' });
    expect(said(await asked(await closedPort(), { maxAttempts: 2 }))).toEqual({
      failureClass: 'transient',
      sendOutcome: 'unknown',
    });
  });

  it('without an answer is one of the network', async () => {
    expect(said(await asked(await closedPort()))).toEqual({ failureClass: 'transient', sendOutcome: 'notSent' });
    const reset = await rawServer((socket) => socket.resetAndDestroy());
    // Which the SDK calls a TimeoutError.
    expect(said(await asked(reset))).toEqual({ failureClass: 'transient', sendOutcome: 'unknown' });
    const tooSlow = { failureClass: 'timeout', sendOutcome: 'unknown' };
    const silent = await rawServer(() => undefined);
    expect(said(await asked(silent, { requestHandler: { requestTimeout: 30, throwOnRequestTimeout: true } }))).toEqual(
      tooSlow,
    );
    expect(said(await asked(silent, {}, AbortSignal.timeout(30)))).toEqual(tooSlow);
  });

  it('of an answer that cannot be read goes by its status', async () => {
    const page = (status: number): Promise<string> =>
      httpServer((response) => response.writeHead(status).end('<html>sorry</html>'));
    expect(said(await asked(await page(502)))).toEqual({ failureClass: 'transient', sendOutcome: 'unknown' });
    expect(said(await asked(await page(200)))).toEqual({ failureClass: 'invalidOutput', sendOutcome: 'unknown' });
  });

  it('without credentials says that nobody was asked', async () => {
    const nobody = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }));
    expect(said(await asked(await closedPort(), { credentials: nobody }))).toEqual({
      failureClass: 'denied',
      sendOutcome: 'notSent',
    });
  });

  it('of a service that speaks XML has its class too', async () => {
    const answer = (status: number, code: string): Promise<string> =>
      httpServer((response) =>
        response.writeHead(status).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`),
      );
    const put = async (endpoint: string): Promise<unknown> => {
      const client = new S3Client({ region: 'eu-west-1', credentials, maxAttempts: 1, endpoint, forcePathStyle: true });
      return thrownBy(() => client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' })));
    };
    expect(said(await put(await answer(503, 'SlowDown')))).toEqual({
      failureClass: 'throttled',
      sendOutcome: 'notDone',
    });
    expect(said(await put(await answer(403, 'AccessDenied')))).toEqual({
      failureClass: 'denied',
      sendOutcome: 'notDone',
    });
    expect(said(await put(await answer(404, 'NoSuchBucket')))).toEqual({ failureClass: 'bug', sendOutcome: 'notDone' });
  });
});
