import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../core/model/json.ts';
import { allScopes, mintLocalToken } from '../../local/tokens.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const startMs = 30_000;

/** A free port; another process may take it before it is used, but none here does. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** The repository's project in a folder of its own, with a provider on a port of its own. */
export interface ProjectFolder {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly port: number;
  readonly providerUrl: string;
  remove(): void;
}

export async function makeProjectFolder(source = repository): Promise<ProjectFolder> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
  for (const room of ['skills', 'agents', 'examples']) symlinkSync(join(source, room), join(directory, room));
  const providerPort = await freePort();
  const file = JSON.parse(readFileSync(join(repository, 'holdfast.json'), 'utf8')) as { services: { port: number }[] };
  const [service] = file.services;
  if (service) service.port = providerPort;
  writeFileSync(join(directory, 'holdfast.json'), JSON.stringify(file));
  return {
    directory,
    dataDirectory: join(directory, 'data'),
    port: await freePort(),
    providerUrl: `http://127.0.0.1:${providerPort}`,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** `holdfast start` as a process of its own. */
export class PlatformProcess {
  readonly url: string;
  /** From the start of the process until the banner. */
  readonly startedInMs: number;
  readonly #child: ChildProcess;
  readonly #folder: ProjectFolder;

  private constructor(child: ChildProcess, folder: ProjectFolder, startedInMs: number) {
    this.#child = child;
    this.#folder = folder;
    this.startedInMs = startedInMs;
    this.url = `http://127.0.0.1:${folder.port}`;
  }

  static async start(folder: ProjectFolder, environment: Readonly<Record<string, string>> = {}): Promise<PlatformProcess> {
    const { directory, dataDirectory, port } = folder;
    const startMsEpoch = Date.now();
    const child = spawn(
      process.execPath,
      [join(repository, 'bin', 'holdfast.mjs'), 'start', '--project', directory, '--data', dataDirectory, '--port', String(port)],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
    );
    let output = '';
    const ready = Promise.withResolvers<void>();
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Holdfast is ready')) ready.resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', (code) => ready.reject(new Error(`the platform ended with code ${code}: ${output}`)));
    const timer = setTimeout(() => ready.reject(new Error(`the platform did not start: ${output}`)), startMs);
    try {
      await ready.promise;
    } finally {
      clearTimeout(timer);
    }
    return new PlatformProcess(child, folder, Date.now() - startMsEpoch);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  residentMb(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  }

  async token(tenantId = 'default'): Promise<string> {
    return mintLocalToken({
      dataDirectory: this.#folder.dataDirectory,
      tenantId,
      scopes: allScopes,
      expiresInSeconds: 3_600,
      subject: 'test',
    });
  }

  async call(method: string, path: string, body?: Json, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const authorization = headers['authorization'] ?? `Bearer ${await this.token()}`;
    return fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

export interface ShownRun {
  readonly status: string;
  readonly waitingFor?: { readonly kind: string; readonly escalationId?: string };
  readonly steps: { readonly window: { readonly id: string; readonly status: string; readonly attempts: number }[] };
  readonly output?: Json;
}

/** The run once it is over or waits for a person. */
export async function untilAtRest(platform: PlatformProcess, runId: string, withinMs = 60_000): Promise<ShownRun> {
  const deadlineMs = Date.now() + withinMs;
  let shown: ShownRun | undefined;
  while (Date.now() < deadlineMs) {
    const response = await platform.call('GET', `/v1/runs/${runId}`);
    if (response.ok) {
      shown = (await response.json()) as ShownRun;
      if (['completed', 'failed', 'canceled', 'declined', 'escalated'].includes(shown.status)) return shown;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`run ${runId} did not come to rest within ${withinMs} ms: ${JSON.stringify(shown)}`);
}
