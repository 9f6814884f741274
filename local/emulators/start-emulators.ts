import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { siblingModule } from '../sibling-module.ts';

export interface EmulatorOptions {
  readonly dataDirectory: string;
  readonly queues: readonly string[];
  readonly bucket: string;
}

export interface EmulatorAddresses {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
  readonly queueUrls: Readonly<Record<string, string>>;
}

export interface Emulators {
  readonly addresses: EmulatorAddresses;
  stop(): Promise<void>;
}

const stopMs = 3_000;

/**
 * Starts DynamoDB (dynalite), SQS and S3 (fauxqs) on loopback ports of their own, in one worker thread, with their
 * data under `dataDirectory`. `onCrash` is called when the thread ends although nobody stopped it.
 */
export async function startEmulators(options: EmulatorOptions, onCrash: (error: Error) => void): Promise<Emulators> {
  const worker = new Worker(siblingModule(import.meta.url, 'worker'), {
    workerData: options,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let isUp = false;
  let stopping = false;
  const crash = (error: Error): void => {
    if (isUp && !stopping) onCrash(error);
  };
  const starting = Promise.withResolvers<EmulatorAddresses>();
  worker.once('message', (message: { addresses: EmulatorAddresses }) => starting.resolve(message.addresses));
  worker.on('error', (error) => {
    starting.reject(error);
    crash(error);
  });
  worker.on('exit', (code) => {
    const error = new Error(`The emulators ended with code ${code}.`);
    starting.reject(error);
    crash(error);
  });
  const addresses = await starting.promise;
  isUp = true;
  return {
    addresses,
    async stop() {
      stopping = true;
      worker.postMessage('stop');
      await once(worker, 'message', { signal: AbortSignal.timeout(stopMs) }).catch(() => undefined);
      await worker.terminate();
    },
  };
}
