import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunView } from '../../core/contract/api.ts';
import type { Json } from '../../core/model/json.ts';
import { allScopes, mintLocalToken } from '../../local/tokens.ts';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
const startMs = 30_000;
/** The end of a platform's output that is kept to explain a failure. */
const keptOutputCharacters = 20_000;

/** Ports below those that the system hands out: nobody gets one by accident while a killed platform comes up again. */
const firstPort = 20_000;
const portCount = 12_000;

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** A project in a folder of its own, with every service on a port of its own. */
export interface ProjectFolder {
  readonly directory: string;
  readonly dataDirectory: string;
  /** Of the HTTP API. */
  readonly port: number;
  /** Address of the project's first service; of the repository's project, the travel provider. */
  readonly providerUrl: string;
  /** Addresses of its services by name. */
  readonly serviceUrls: ReadonlyMap<string, string>;
  remove(): void;
}

interface ProjectFile {
  readonly services?: { name: string; port: number }[];
}

/** @param source the project; its skills, agents and policies are linked, its holdfast.json is copied with other ports */
export async function makeProjectFolder(source = repository): Promise<ProjectFolder> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
  for (const room of ['skills', 'agents', 'policies', 'examples']) {
    if (existsSync(join(source, room))) symlinkSync(join(source, room), join(directory, room));
  }
  const serviceUrls = new Map<string, string>();
  if (existsSync(join(source, 'holdfast.json'))) {
    const file = JSON.parse(readFileSync(join(source, 'holdfast.json'), 'utf8')) as ProjectFile;
    for (const service of file.services ?? []) {
      service.port = await freePort();
      serviceUrls.set(service.name, `http://127.0.0.1:${service.port}`);
    }
    writeFileSync(join(directory, 'holdfast.json'), JSON.stringify(file));
  }
  return {
    directory,
    dataDirectory: join(directory, 'data'),
    port: await freePort(),
    providerUrl: [...serviceUrls.values()][0] ?? '',
    serviceUrls,
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }),
  };
}

interface StartSettings {
  /** Besides the tester's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further arguments of `holdfast start`. */
  readonly args?: readonly string[];
  /** Is given all that it prints, piece by piece. */
  readonly heard?: (text: string) => void;
}

/** `holdfast start` as a process of its own. */
export class RunningPlatform {
  static readonly #running = new Set<ChildProcess>();

  readonly url: string;
  /** From the start of the process until the banner. */
  readonly startedInMs: number;
  readonly #child: ChildProcess;
  readonly #folder: ProjectFolder;
  readonly #output: () => string;

  private constructor(child: ChildProcess, folder: ProjectFolder, startedInMs: number, output: () => string) {
    this.#child = child;
    this.#folder = folder;
    this.startedInMs = startedInMs;
    this.#output = output;
    this.url = `http://127.0.0.1:${folder.port}`;
  }

  static async start(folder: ProjectFolder, settings: StartSettings = {}): Promise<RunningPlatform> {
    const { directory, dataDirectory, port } = folder;
    const startMsEpoch = Date.now();
    const child = spawn(
      process.execPath,
      [
        join(repository, 'bin', 'holdfast.mjs'),
        'start',
        ...['--project', directory, '--data', dataDirectory, '--port', String(port)],
        ...(settings.args ?? []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...settings.environment } },
    );
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    let output = '';
    const ready = Promise.withResolvers<void>();
    const collect = (chunk: Buffer): void => {
      settings.heard?.(chunk.toString());
      output = (output + chunk.toString()).slice(-keptOutputCharacters);
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
    return new RunningPlatform(child, folder, Date.now() - startMsEpoch, () => output);
  }

  /** kill -9 of every platform that a failed test may have left behind. */
  static async killAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => end(child, 'SIGKILL')));
  }

  /** What it printed last. */
  get output(): string {
    return this.#output();
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await end(this.#child, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGTERM');
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  residentMb(): number {
    const status = readFileSync(`/proc/${this.processId}/status`, 'utf8');
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

  async call(
    method: string,
    path: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const authorization = headers['authorization'] ?? `Bearer ${await this.token()}`;
    return fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Starts a run and gives its id. Throws when it is not accepted. */
  async startRun(request: Json, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await this.call('POST', '/v1/runs', request, headers);
    const text = await response.text();
    if (response.status !== 202) throw new Error(`POST /v1/runs answered ${response.status}: ${text}\n${this.output}`);
    return (JSON.parse(text) as { runId: string }).runId;
  }

  async showRun(runId: string, headers: Readonly<Record<string, string>> = {}): Promise<RunView> {
    const response = await this.call('GET', `/v1/runs/${runId}`, undefined, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`GET /v1/runs/${runId} answered ${response.status}: ${text}\n${this.output}`);
    return JSON.parse(text) as RunView;
  }

  /** The run once it is as wanted. Throws when it does not come to that in time. */
  async runUntil(runId: string, isWanted: (run: RunView) => boolean, withinMs = 60_000): Promise<RunView> {
    const deadlineMs = Date.now() + withinMs;
    const headers = { authorization: `Bearer ${await this.token()}` };
    for (;;) {
      const run = await this.showRun(runId, headers);
      if (isWanted(run)) return run;
      if (Date.now() > deadlineMs) {
        throw new Error(`run ${runId} is not as wanted after ${withinMs} ms: ${JSON.stringify(run)}\n${this.output}`);
      }
      await pause(50);
    }
  }
}

/** The run once it is over or waits for a person. */
export async function untilAtRest(platform: RunningPlatform, runId: string, withinMs = 60_000): Promise<RunView> {
  const restful = ['completed', 'failed', 'canceled', 'declined', 'escalated'];
  return platform.runUntil(runId, ({ status }) => restful.includes(status), withinMs);
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
