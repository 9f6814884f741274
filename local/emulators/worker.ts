import { mkdirSync } from 'node:fs';
import { Server } from 'node:net';
import type { ListenOptions } from 'node:net';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';
import { startFauxqs } from 'fauxqs';
import { closeIteratorsOfDynalite } from './close-iterators.ts';
import type { EmulatorAddresses, EmulatorOptions } from './start-emulators.ts';

const { dataDirectory, queues, bucket } = workerData as EmulatorOptions;

// fauxqs binds to all interfaces and checks no credentials. In this thread nothing may listen beyond loopback.
// oxlint-disable-next-line typescript/unbound-method -- called with its server as `this` below
const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;
Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  const [first] = args;
  if (typeof first === 'object' && first !== null && 'port' in first) {
    return listen.call(this, { ...(first as ListenOptions), host: '127.0.0.1' }, ...args.slice(1));
  }
  return listen.apply(this, args);
} as typeof Server.prototype.listen;

const dynamoDirectory = join(dataDirectory, 'dynamodb');
const queueDirectory = join(dataDirectory, 'sqs-s3');
mkdirSync(dynamoDirectory, { recursive: true });
mkdirSync(queueDirectory, { recursive: true });

closeIteratorsOfDynalite();
const table = dynalite({ path: dynamoDirectory, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
await new Promise<void>((resolve, reject) => {
  table.once('error', reject);
  table.listen({ port: 0, host: '127.0.0.1' }, resolve);
});
const tableAddress = table.address();
if (typeof tableAddress !== 'object' || tableAddress === null) throw new Error('The DynamoDB emulator has no port.');

const messages = await startFauxqs({ port: 0, logger: false, dataDir: queueDirectory });
const queueUrls: Record<string, string> = {};
for (const name of queues) {
  if (!messages.inspectQueue(`${name}-dlq`))
    messages.createQueue(`${name}-dlq`, { attributes: { MessageRetentionPeriod: '1209600' } });
  const deadLetterTargetArn = messages.inspectQueue(`${name}-dlq`)?.arn;
  const attributes = {
    VisibilityTimeout: '60',
    MessageRetentionPeriod: '1209600',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 5 }),
  };
  if (!messages.inspectQueue(name)) messages.createQueue(name, { attributes });
  queueUrls[name] = `http://127.0.0.1:${messages.port}/000000000000/${name}`;
}
messages.createBucket(bucket);

const addresses: EmulatorAddresses = {
  dynamodb: `http://127.0.0.1:${tableAddress.port}`,
  sqs: `http://127.0.0.1:${messages.port}`,
  s3: `http://127.0.0.1:${messages.port}`,
  queueUrls,
};
parentPort?.postMessage({ kind: 'ready', addresses });
parentPort?.once('message', () => {
  void messages
    .stop()
    .then(() => new Promise<void>((resolve) => table.close(() => resolve())))
    .then(() => parentPort?.postMessage({ kind: 'stopped' }));
});
