import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InternalServerError, ThrottlingException } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createDynamoClient, createTable } from '../../core/adapters/dynamodb/index.ts';
import { createEmulatedTableClient } from '../../local/emulators/table-client.ts';

export const tableName = 'holdfast';

/** The clients that the product makes: both have to keep every promise. */
export const tableClients = [
  ['the client of the cloud', createDynamoClient],
  ['the client of a laptop', createEmulatedTableClient],
] as const;

type CreateClient = (typeof tableClients)[number][1];

/** What happens to one request on its way to the table and back. */
export type Fault = 'none' | 'requestLost' | 'answerLost' | 'serverError' | 'throttled';

/** Says what happens to each request; the number counts the requests of that operation from 1. */
export type FaultPlan = (operation: string, count: number) => Fault;

export interface EmbeddedTable {
  readonly client: DynamoDBClient;
  /** A client of the same table whose requests meet the planned faults, each retry of the SDK anew. */
  faulty(plan: FaultPlan): { readonly client: DynamoDBClient; readonly requests: string[] };
  stop(): Promise<void>;
}

/** A DynamoDB in this process and in memory, on a port of its own, with the table in it. */
export async function startEmbeddedTable(createClient: CreateClient = createDynamoClient): Promise<EmbeddedTable> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: DynamoDBClient[] = [];
  const connect = (): DynamoDBClient => {
    const client = createClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    clients.push(client);
    return client;
  };
  const client = connect();
  await createTable(client, tableName);
  return {
    client,
    faulty(plan) {
      const faulty = connect();
      const requests: string[] = [];
      addFaults(faulty, plan, requests);
      return { client: faulty, requests };
    },
    async stop() {
      for (const each of clients) each.destroy();
      const closed = new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function addFaults(client: DynamoDBClient, plan: FaultPlan, requests: string[]): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = String(context.commandName).replace(/Command$/, '');
      requests.push(operation);
      const fault = plan(operation, requests.filter((each) => each === operation).length);
      switch (fault) {
        case 'none':
          return next(args);
        case 'requestLost':
          throw connectionReset();
        case 'answerLost':
          // Whatever the table answered, nobody hears it.
          await Promise.allSettled([next(args)]);
          throw connectionReset();
        case 'serverError':
          throw new InternalServerError({ message: 'Internal server error', $metadata: { httpStatusCode: 500 } });
        case 'throttled':
          throw new ThrottlingException({ message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } });
      }
    },
    // Inside the SDK's retries and outside of the connection: what a broken connection looks like.
    { step: 'deserialize', priority: 'high', name: 'plannedFaults' },
  );
}

function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}
