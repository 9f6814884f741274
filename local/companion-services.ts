import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A process that the project wants beside the platform, such as a demo provider. */
export interface ServiceDefinition {
  readonly name: string;
  /** A script for Node, relative to the project. */
  readonly command: string;
  readonly port: number;
  /** The skill setting that is given the service's address. */
  readonly setting: string;
}

export interface RunningService {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

const startMs = 10_000;
const pollMs = 50;

/** Starts them all, or none: throws an Error that says what is wrong with each that did not come up. */
export async function startServices(
  services: readonly ServiceDefinition[],
  projectDirectory: string,
  dataDirectory: string,
): Promise<RunningService[]> {
  const started = await Promise.allSettled(
    services.map((service) => startService(service, projectDirectory, dataDirectory)),
  );
  const wrong = started.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (wrong.length === 0) return running;
  await Promise.all(running.map((service) => service.stop()));
  throw new Error(wrong.map(({ message }) => message).join('\n'), { cause: wrong[0] });
}

/**
 * Starts a companion process and waits until `GET /healthz` answers. It gets PORT and DATA_DIR, and an IPC channel
 * whose end tells it that the platform is gone. Throws when it does not come up in time.
 */
async function startService(
  service: ServiceDefinition,
  projectDirectory: string,
  dataDirectory: string,
): Promise<RunningService> {
  const url = `http://127.0.0.1:${service.port}`;
  const serviceDirectory = join(dataDirectory, 'services', service.name);
  mkdirSync(serviceDirectory, { recursive: true });
  await untilPortIsFree(url, service);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', resolve(projectDirectory, service.command)],
    {
      cwd: projectDirectory,
      env: { ...process.env, PORT: String(service.port), DATA_DIR: serviceDirectory },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const deadlineMs = Date.now() + startMs;
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      child.kill('SIGKILL');
      throw new Error(
        `The service '${service.name}' (${service.command}) did not answer on ${url}/healthz within ${startMs / 1000} s` +
          `${child.exitCode === null ? '' : ` and ended with code ${child.exitCode}`}. Is port ${service.port} in use?`,
      );
    }
    await new Promise((done) => setTimeout(done, pollMs));
  }
  return { name: service.name, url, stop: () => stopChild(child) };
}

/** The service of a platform that was killed a moment ago may not have noticed yet. */
async function untilPortIsFree(url: string, service: ServiceDefinition): Promise<void> {
  const deadlineMs = Date.now() + startMs / 2;
  while (await isHealthy(url)) {
    if (Date.now() > deadlineMs) {
      throw new Error(`Port ${service.port}, which the service '${service.name}' needs, is in use by another process.`);
    }
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(patience);
}
