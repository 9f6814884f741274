import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'node:net';
import { connect, dataDirectoryOf, platformUrl } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { CliError } from '../errors.ts';

type Check = 'node' | 'project' | 'data directory' | 'port' | 'platform' | 'token' | 'service';

/** What a check found, and what to do when it is a problem. */
export type Finding =
  | { readonly check: Check; readonly verdict: 'ok'; readonly found: string }
  | { readonly check: Check; readonly verdict: 'problem'; readonly found: string; readonly remedy: string };

export interface ExamineOptions extends ApiOptions {
  /** Absolute. */
  readonly projectDirectory: string;
}

interface Service {
  readonly name: string;
  readonly port: number;
}

const neededNodeMajor = 24;
const probeMs = 2_000;

/** Checks everything that a command needs, one after the other; a problem of one does not hide another. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const { findings, services } = await examineProject(options.projectDirectory, dataDirectoryOf(options.data));
  return [
    examineNode(process.versions.node),
    ...findings,
    await examineDataDirectory(dataDirectoryOf(options.data)),
    ...(await examinePlatform(options)),
    ...(await Promise.all(services.map(examineService))),
  ];
}

export function examineNode(version: string): Finding {
  const found = `version ${version}`;
  if (Number(version.split('.')[0]) >= neededNodeMajor) return { check: 'node', verdict: 'ok', found };
  const remedy = `use Node.js ${neededNodeMajor} or newer; 'npm ci' puts one first for npm scripts and npx.`;
  return { check: 'node', verdict: 'problem', found, remedy };
}

async function examineProject(
  directory: string,
  dataDirectory: string,
): Promise<{ findings: Finding[]; services: readonly Service[] }> {
  const { secretNames } = await import('../../local/secrets.ts');
  const { loadProject } = await import('../../local/project/load-project.ts');
  try {
    const { registry, services, warnings } = await loadProject(directory, {
      secretNames: await secretNames(dataDirectory),
    });
    const found = `${registry.skills.size} skills and ${registry.agents.size} agents in ${directory}`;
    const findings = warnings.map((warning): Finding => ({
      check: 'project',
      verdict: 'problem',
      found: warning,
      remedy: 'mend the project.',
    }));
    return { findings: [{ check: 'project', verdict: 'ok', found }, ...findings], services };
  } catch (error) {
    const remedy = 'mend what is named, or name another folder with --project.';
    return { findings: [{ check: 'project', verdict: 'problem', found: messageOf(error), remedy }], services: [] };
  }
}

/** @param directory absolute; it need not exist yet, but then its parent must let it be made */
export async function examineDataDirectory(directory: string): Promise<Finding> {
  const check = 'data directory';
  const remedy = 'choose a directory that you may write to with --data or HOLDFAST_DATA.';
  const existing = await nearestExisting(directory);
  try {
    if (!(await stat(existing)).isDirectory()) {
      return { check, verdict: 'problem', found: `${existing} is not a directory`, remedy };
    }
    await access(existing, constants.W_OK | constants.X_OK);
    const found = existing === directory ? directory : `${directory} (made at the first start)`;
    return { check, verdict: 'ok', found };
  } catch (error) {
    return { check, verdict: 'problem', found: `${directory} cannot be written to (${messageOf(error)})`, remedy };
  }
}

async function nearestExisting(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nearestExisting(parent);
    // What cannot be looked at is what the caller has to report.
    return path;
  }
}

async function examinePlatform(options: ApiOptions): Promise<Finding[]> {
  try {
    const url = new URL(platformUrl());
    const client = connect(options);
    const port = await examinePort(url);
    if (port.verdict === 'problem') {
      const remedy = `start it with 'npm start' or 'holdfast start', or set HOLDFAST_URL to where it listens.`;
      return [port, { check: 'platform', verdict: 'problem', found: `${client.url} does not answer`, remedy }];
    }
    try {
      await client.health();
    } catch (error) {
      const remedy = 'another program may listen there: stop it, or use another port (start --port, HOLDFAST_URL).';
      return [port, { check: 'platform', verdict: 'problem', found: messageOf(error), remedy }];
    }
    return [port, { check: 'platform', verdict: 'ok', found: `${client.url} is healthy` }, await examineToken(options)];
  } catch (error) {
    const remedy = 'set HOLDFAST_URL and HOLDFAST_TOKEN as the message says.';
    return [{ check: 'platform', verdict: 'problem', found: messageOf(error), remedy }];
  }
}

async function examineToken(options: ApiOptions): Promise<Finding> {
  const source = process.env['HOLDFAST_TOKEN'] ? 'HOLDFAST_TOKEN' : 'a token made from the data directory';
  try {
    await connect(options).listRuns({ limit: 1 });
    return { check: 'token', verdict: 'ok', found: `${source} is accepted` };
  } catch (error) {
    const remedy =
      error instanceof CliError && error.details.length > 0
        ? error.details.join(' ')
        : 'set HOLDFAST_TOKEN, or name the data directory of the running platform with --data.';
    return { check: 'token', verdict: 'problem', found: messageOf(error), remedy };
  }
}

async function examinePort(url: URL): Promise<Finding> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (await isListening(url.hostname.replace(/^\[|\]$/g, ''), port)) {
    return { check: 'port', verdict: 'ok', found: `something listens on ${url.hostname}:${port}` };
  }
  const found = `nothing listens on ${url.hostname}:${port}`;
  return { check: 'port', verdict: 'problem', found, remedy: 'see the next line.' };
}

async function examineService({ name, port }: Service): Promise<Finding> {
  const url = `http://127.0.0.1:${port}`;
  if (await isListening('127.0.0.1', port)) {
    return { check: 'service', verdict: 'ok', found: `${name} listens on ${url}` };
  }
  const remedy = `it starts with the platform; if the platform runs, start it again and read what it says about ${name}.`;
  return { check: 'service', verdict: 'problem', found: `${name} does not listen on ${url}`, remedy };
}

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = createConnection({ host, port });
  try {
    return await Promise.race([
      new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
      }),
      delay(probeMs, false, { ref: false }),
    ]);
  } finally {
    socket.destroy();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
