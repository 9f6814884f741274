import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

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
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: options,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let stopping = false;
  const crash = (error: Error): void => {
    if (!stopping) onCrash(error);
  };
  const addresses = await new Promise<EmulatorAddresses>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: { addresses: EmulatorAddresses }) => resolve(message.addresses));
    worker.once('exit', (code) => reject(new Error(`The emulators ended with code ${code} while starting.`)));
  });
  worker.removeAllListeners();
  worker.on('error', (error) => crash(error));
  worker.on('exit', (code) => crash(new Error(`The emulators ended with code ${code}.`)));
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
