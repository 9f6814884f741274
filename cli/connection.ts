import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Scope } from '../core/contract/api.ts';
import { createClient } from './client.ts';
import type { Client } from './client.ts';
import { usageError } from './errors.ts';

export const defaultPort = 4700;

/** Options of every command that calls the API. */
export interface ApiOptions {
  readonly json?: boolean;
  readonly data?: string;
}

/** Adds the options that every command takes that calls the API. */
export function withApiOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout')
    .option('--data <dir>', 'data directory of the local platform, for its token (HOLDFAST_DATA; default: .holdfast)');
}

/**
 * The data directory that a command means: `--data`, else HOLDFAST_DATA, else `.holdfast` in the given directory.
 * Absolute.
 */
export function dataDirectoryOf(option: string | undefined, within = process.cwd()): string {
  return resolve(option ?? (process.env['HOLDFAST_DATA'] || join(within, '.holdfast')));
}

/** Address of the API: HOLDFAST_URL or the local default. Throws a usage error when it is no http address. */
export function platformUrl(): string {
  const text = process.env['HOLDFAST_URL'] || `http://127.0.0.1:${defaultPort}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw usageError(`HOLDFAST_URL is '${text}'; it must be an http or https address, e.g. http://127.0.0.1:4700.`);
  }
  if (new URL(text).username !== '') {
    throw usageError('HOLDFAST_URL holds a user name or password; leave them out and set HOLDFAST_TOKEN instead.');
  }
  return text.replace(/\/+$/, '');
}

/** True for an address of this machine, for which a local token may be made. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

const ownScopes: readonly Scope[] = ['runs:read', 'runs:write', 'inbox:read', 'inbox:resolve'];

/**
 * A client for HOLDFAST_URL that authenticates as HOLDFAST_TOKEN, or locally with a token made when it is needed.
 *
 * @param scopes of a token that is made: no more than the command needs
 */
export function connect(options: ApiOptions, scopes: readonly Scope[] = ownScopes): Client {
  const url = platformUrl();
  return createClient({ url, token: tokenSource(url, options, scopes) });
}

const mintedSeconds = 3_600;
/** A minted token is replaced this long before it expires. */
const renewMs = 300_000;

function tokenSource(url: string, options: ApiOptions, scopes: readonly Scope[]): () => Promise<string> {
  const given = process.env['HOLDFAST_TOKEN']?.trim();
  if (given) {
    if (!/^[\x21-\x7e]+$/.test(given)) throw usageError('HOLDFAST_TOKEN holds characters that no token has.');
    return () => Promise.resolve(given);
  }
  if (!isLoopback(url)) {
    throw usageError(
      `HOLDFAST_TOKEN is not set, and ${url} is not on this machine, so no token can be made for it. ` +
        'Get one from your issuer and set HOLDFAST_TOKEN.',
    );
  }
  let minted: { readonly token: string; readonly renewAtMs: number } | undefined;
  return async () => {
    if (!minted || Date.now() >= minted.renewAtMs) {
      const token = await mint({ data: options.data, tenantId: 'default', scopes, seconds: mintedSeconds });
      minted = { token, renewAtMs: Date.now() + mintedSeconds * 1_000 - renewMs };
    }
    return minted.token;
  };
}

/** Signs a token of the local platform. Throws a usage error that says what is missing. */
export async function mint(options: {
  readonly data: string | undefined;
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  readonly seconds: number;
}): Promise<string> {
  const { mintLocalToken } = await import('../local/tokens.ts');
  try {
    return await mintLocalToken({
      dataDirectory: dataDirectoryOf(options.data),
      tenantId: options.tenantId,
      scopes: options.scopes,
      expiresInSeconds: options.seconds,
      subject: process.env['USER'] || process.env['USERNAME'] || 'cli',
    });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), error);
  }
}
