import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What is on stdout so far. */
  printed(): string;
  /** Resolves once stdout or stderr holds the text; rejects when the command ends without it. */
  saw(text: string): Promise<void>;
}

interface CommandOptions {
  /** Besides PATH and HOME. Nothing of the tester's own environment reaches the command. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly nodeArguments?: readonly string[];
  /** Instead of this repository's own; relative to `cwd`. */
  readonly executable?: string;
}

const ownExecutable = new URL('../../bin/holdfast.mjs', import.meta.url).pathname;

/** An empty folder: no data directory of a real platform is in it. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'holdfast-cli-'));

/** Starts the real command as a process of its own. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const { nodeArguments = [], executable = ownExecutable } = options;
  const child = spawn(process.execPath, [...nodeArguments, executable, ...args], {
    cwd: options.cwd ?? emptyFolder(),
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    stdio: 'pipe',
  });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const saw = (expected: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if ((stdout + stderr).includes(expected)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      look();
      void ended.then(() => reject(new Error(`'${expected}' was not printed:\n${stdout}\n${stderr}`)), reject);
    });
  return { child, ended, printed: () => stdout, saw };
}

/** Runs a command to its end. */
export function holdfast(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startCommand(args, options).ended;
}
