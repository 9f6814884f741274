import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { dataDirectoryOf } from '../connection.ts';
import { usageError } from '../errors.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine, printNote } from '../output.ts';

interface SecretsOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** Secrets of the platform on this machine. They never pass through its API, nor through arguments that others can see. */
export function addSecrets(program: Command): void {
  const secrets = program.command('secrets').description('secrets of the local platform, for skills that declare them');
  withOptions(secrets.command('set'))
    .description('keep a secret; its value is read from standard input')
    .argument('<name>', 'name such as HOTEL_API_KEY')
    .action(async (name: string, options: SecretsOptions) => {
      if (process.stdin.isTTY)
        printNote(safe`Type the value, which others may see on the screen, and end it with Ctrl-D.`);
      // Shells and editors end a text with a line break, which is no part of a secret.
      const value = (await text(process.stdin)).replace(/\r?\n$/, '');
      const { setSecret } = await import('../../local/secrets.ts');
      const directory = dataDirectoryOf(options.data);
      await setSecret(directory, name, value).catch(asUsageError);
      if (options.json) printDocument({ name, dataDirectory: directory });
      else printLine(safe`${name} is kept in ${directory}.`);
    });
  withOptions(secrets.command('list', { isDefault: true }))
    .description('list the names of the secrets')
    .action(async (options: SecretsOptions) => {
      const { secretNames } = await import('../../local/secrets.ts');
      const names = await secretNames(dataDirectoryOf(options.data)).catch(asUsageError);
      if (options.json) printDocument({ names });
      else if (names.length === 0) printNote(safe`There are none. 'holdfast secrets set NAME' keeps one.`);
      else for (const name of names) printLine(safe`${name}`);
    });
}

function withOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory of the platform (HOLDFAST_DATA; default: .holdfast)')
    .option('--json', 'print one JSON document on stdout');
}

function asUsageError(error: unknown): never {
  throw usageError(error instanceof Error ? error.message : String(error), error);
}
