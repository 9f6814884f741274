import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { createTravelProvider } from './app.ts';

/** A predecessor that was told to end may need a moment to free the port. */
const portTries = 50;
const portPauseMs = 100;

const port = portFrom(process.env['PORT'] ?? '4710');
const directory = resolve(process.env['DATA_DIR'] ?? '.holdfast/travel-provider');
mkdirSync(directory, { recursive: true });

const provider = createTravelProvider({ databasePath: join(directory, 'travel-provider.sqlite') });
const server = createAdaptorServer({ fetch: provider.app.fetch });

// Whoever started it is gone, or wants it gone. A booking is either committed or not; nothing has to be finished.
process.once('disconnect', () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

const url = `http://127.0.0.1:${await listen()}`;
if (process.send) process.send({ kind: 'listening', url });
else console.log(`travel-provider listening on ${url}`);

async function listen(): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listenOnce();
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!busy || tries === portTries) {
        const why = busy ? `port ${port} is in use; set PORT to a free one` : String(error);
        console.error(`travel-provider cannot listen: ${why}`);
        process.exit(1);
      }
      await sleep(portPauseMs);
    }
  }
}

function listenOnce(): Promise<number> {
  return new Promise((done, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function portFrom(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  console.error(`PORT is '${text}'; it must be a number from 0 to 65535 (0: any free port).`);
  process.exit(2);
}
