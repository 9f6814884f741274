import { env } from '../contract/env.ts';
import type { Mailer, Ports } from '../ports/index.ts';
import { notificationsFrom, undeliveredFrom } from './delivery.ts';
import { createDynamoClient, createDynamoSpendStore, createDynamoStores } from './dynamodb/index.ts';
import type { TableClient } from './dynamodb/index.ts';
import { SesMailer, SmtpMailer } from './mail/index.ts';
import { createS3Client, S3BlobStore } from './s3/blob-store.ts';
import { secretStore } from './secrets/index.ts';
import { createSfnClient, SfnEngine } from './sfn/engine.ts';
import { SystemIds, systemClock, systemHttp } from './system/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Every port on AWS, from the names in core/contract/env.ts. Where AWS is comes from the SDK's own environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_DYNAMODB` and so on), also for the table unless a client of it is given.
 * Throws an error that names every variable that is missing.
 */
export function awsPorts(environment: Environment, tableClient?: TableClient): Ports {
  const values = required(environment, ['table', 'bucket', 'runMachineArnPrefix']);
  return {
    ...awsStorePorts(values, environment, tableClient),
    engine: new SfnEngine(createSfnClient(), values.runMachineArnPrefix),
  };
}

/** The ports of a function that executes steps: it starts no executions. Throws like `awsPorts`. */
export function awsExecutePorts(environment: Environment, tableClient?: TableClient): Omit<Ports, 'engine' | 'runs'> {
  const values = required(environment, ['table', 'bucket']);
  const { runs: _, ...rest } = awsStorePorts(values, environment, tableClient);
  return rest;
}

function awsStorePorts(
  { table: tableName, bucket }: { readonly table: string; readonly bucket: string },
  environment: Environment,
  client: TableClient = createDynamoClient(),
): Omit<Ports, 'engine'> {
  const ids = new SystemIds();
  const notifications = notificationsFrom(environment);
  const undelivered = undeliveredFrom(environment);
  return {
    ...createDynamoStores({ client, tableName }),
    spend: createDynamoSpendStore({ client, tableName, ids }),
    blobs: new S3BlobStore(createS3Client(), bucket),
    http: systemHttp,
    secrets: secretStore(environment, systemClock),
    mailer: mailer(environment),
    clock: systemClock,
    ids,
    ...(notifications ? { notifications } : {}),
    ...(undelivered ? { undelivered } : {}),
  };
}

/** SES, unless the environment names a mail server: on a laptop. */
function mailer(environment: Environment): Mailer {
  const [url, from] = [environment[env.smtpUrl], environment[env.mailFrom] || undefined];
  return url ? new SmtpMailer({ url, from }) : new SesMailer({ from });
}

function required<Name extends keyof typeof env>(
  environment: Environment,
  names: readonly Name[],
): Record<Name, string> {
  const missing = names.filter((name) => !environment[env[name]]).map((name) => env[name]);
  if (missing.length > 0) {
    throw new Error(`The environment lacks ${missing.join(' and ')}; the stack (or 'holdfast start') sets it.`);
  }
  return Object.fromEntries(names.map((name) => [name, environment[env[name]] ?? ''])) as Record<Name, string>;
}
