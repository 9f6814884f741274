import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Platform } from '../../local/start.ts';
import { portArgument } from '../arguments.ts';
import { dataDirectoryOf, defaultPort } from '../connection.ts';
import { CliError, exitCodes, usageError } from '../errors.ts';
import { safe } from '../escape.ts';
import { printLine, printNote, styled } from '../output.ts';

interface StartCommandOptions {
  readonly port: number;
  readonly project: string;
  readonly data?: string;
  readonly fresh?: boolean;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start the platform on this machine; Ctrl-C stops it, and its runs go on at the next start')
    .option('--port <port>', 'port of the HTTP API; 0 chooses a free one', portArgument, defaultPort)
    .option('--project <dir>', 'folder with skills/ and agents/', '.')
    .option('--data <dir>', 'where everything is kept (HOLDFAST_DATA; default: .holdfast in the project)')
    .option('--fresh', 'forget what is kept there first, all but secrets')
    .action(async (options: StartCommandOptions) => {
      const projectDirectory = resolve(options.project);
      const dataDirectory = dataDirectoryOf(options.data, projectDirectory);
      if (options.fresh) await refuseForeignDirectory(dataDirectory);
      const platform = await startPlatformFor({ ...options, projectDirectory, dataDirectory });
      const stopped = untilStopped(platform);
      printBanner(platform);
      await stopped;
      // Whatever an emulator left open must not keep a stopped platform alive.
      process.exit(exitCodes.completed);
    });
}

/** Made at the first start of a data directory (local/tokens.ts). */
const tokenKeyFile = 'token-key.json';
/** Made by the first `holdfast secrets set` (local/secrets.ts). */
const secretsFile = 'secrets.json';

/** What is wiped must be ours: a mistyped `--data` would cost somebody a folder. */
async function refuseForeignDirectory(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw usageError(`--fresh: ${directory} cannot be read (${error.message}).`, error);
  });
  if (names.includes(tokenKeyFile) || names.every((name) => name === secretsFile)) return;
  throw usageError(
    `--fresh would wipe ${directory}, which holds files but was never a data directory of Holdfast. ` +
      'Name another one with --data, or empty it yourself.',
  );
}

async function startPlatformFor(options: {
  readonly port: number;
  readonly fresh?: boolean;
  readonly projectDirectory: string;
  readonly dataDirectory: string;
}): Promise<Platform> {
  const { port, projectDirectory, dataDirectory, fresh = false } = options;
  const { startPlatform } = await import('../../local/start.ts');
  try {
    return await startPlatform({ port, projectDirectory, dataDirectory, fresh });
  } catch (error) {
    // These come from mistakes in our code; everything else has a message for the person who starts the platform.
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) throw error;
    const [message = '', ...details] = error.message.split('\n');
    throw new CliError(exitCodes.rejected, message, { details, cause: error });
  }
}

/** Resolves once the platform was asked to end and has. A second signal ends it at once. */
async function untilStopped(platform: Platform): Promise<void> {
  const asked = Promise.withResolvers<void>();
  let isStopping = false;
  const ask = (): void => {
    if (isStopping) process.exit(exitCodes.interrupted);
    isStopping = true;
    asked.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  await asked.promise;
  printNote(safe`Stopping; once more to end at once.`);
  await platform.stop();
  printNote(safe`Stopped. Runs that were going on go on at the next start.`);
}

function printBanner(platform: Platform): void {
  const { url, projectDirectory, dataDirectory, services, resumedRuns, warnings, tour } = platform;
  printLine(safe`${styled('bold', 'Holdfast is ready.')}`);
  const facts: (readonly [string, string])[] = [
    ['console', `${url}/`],
    ['API', url],
    ['project', projectDirectory],
    ['data', dataDirectory],
    ...services.map((service) => [service.name, service.url] as const),
    ['resuming', resumedRuns === 1 ? '1 run' : `${resumedRuns} runs`],
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  for (const [label, value] of facts) printLine(safe`  ${styled('dim', label.padEnd(width))}  ${value}`);
  for (const warning of warnings) printNote(safe`${styled('yellow', 'warning:')} ${warning}`);

  const settings = settingsFor(platform);
  if (tour.length > 0 || settings.length > 0) {
    printLine(safe``);
    printLine(safe`Try it, in another terminal${settings.length > 0 ? '; first:' : ':'}`);
    for (const setting of settings) printLine(safe`  ${styled('cyan', setting)}`);
  }
  for (const [index, { title, command }] of tour.entries()) {
    printLine(safe`  ${index + 1}. ${title}`);
    for (const line of command.split('\n')) printLine(safe`     ${styled('cyan', line)}`);
  }
  printLine(safe``);
  printLine(safe`Ctrl-C stops it.`);
}

/** What another terminal must be told when the platform is not where the CLI looks by itself. */
function settingsFor({ url, projectDirectory, dataDirectory }: Platform): string[] {
  return [
    ...(url === `http://127.0.0.1:${defaultPort}` ? [] : [`export HOLDFAST_URL=${url}`]),
    ...(dataDirectory === join(projectDirectory, '.holdfast') && projectDirectory === process.cwd()
      ? []
      : [`export HOLDFAST_DATA='${dataDirectory.replaceAll("'", String.raw`'\''`)}'`]),
  ];
}
