import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { CompanionApp } from './connection.ts';

/** A predecessor that was told to end may need a moment to free the port. */
const portTries = 50;
const portPauseMs = 100;

/**
 * Runs a companion as a process: on the port of PORT, with its database in DATA_DIR. It ends when whoever started it is
 * gone or tells it to. Ends the process with code 1 or 2 when it cannot listen.
 *
 * @param companion.name also of its database and of its folder when DATA_DIR is not set
 * @param companion.port when PORT is not set
 */
export async function runCompanion(companion: {
  readonly name: string;
  readonly port: number;
  readonly open: (databasePath: string) => { readonly app: CompanionApp };
}): Promise<void> {
  const { name } = companion;
  const port = portFrom(process.env['PORT'] ?? String(companion.port));
  const directory = resolve(process.env['DATA_DIR'] ?? `.holdfast/${name}`);
  mkdirSync(directory, { recursive: true });
  const { app } = companion.open(join(directory, `${name}.sqlite`));

  // What happened is either committed or not; nothing has to be finished.
  process.once('disconnect', () => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

  const url = `http://127.0.0.1:${await listen(name, app, port)}`;
  if (process.send) process.send({ kind: 'listening', url });
  else console.log(`${name} listening on ${url}`);
}

type Server = ReturnType<typeof createAdaptorServer>;

async function listen(name: string, app: CompanionApp, port: number): Promise<number> {
  const server = createAdaptorServer({ fetch: app.fetch });
  for (let tries = 1; ; tries += 1) {
    try {
      return await listenOnce(server, port);
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!busy || tries === portTries) {
        const why = busy ? `port ${port} is in use; set PORT to a free one` : String(error);
        console.error(`${name} cannot listen: ${why}`);
        process.exit(1);
      }
      await sleep(portPauseMs);
    }
  }
}

function listenOnce(server: Server, port: number): Promise<number> {
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
