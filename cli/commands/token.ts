import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { runSummary, scope, scopes } from '../../core/contract/api.ts';
import type { Scope } from '../../core/contract/api.ts';
import { durationArgument } from '../arguments.ts';
import { mint } from '../connection.ts';
import { Safe } from '../escape.ts';
import { printDocument, printLine } from '../output.ts';

interface TokenOptions {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly expires: number;
  readonly data?: string;
  readonly json?: boolean;
}

const defaultScopes: readonly Scope[] = ['runs:read', 'runs:write', 'inbox:read', 'inbox:resolve'];
const defaultSeconds = 3_600;

export function addToken(program: Command): void {
  program
    .command('token')
    .description('print a token for the local platform, e.g. for curl')
    .option('--tenant <name>', 'tenant that it stands for', tenantArgument, 'default')
    .option('--scopes <list>', `some of ${scopes.join(',')}`, scopesArgument, defaultScopes)
    .option('--expires <duration>', 'how long it is valid, e.g. 15m, 1h, 7d', durationArgument, defaultSeconds)
    .option('--data <dir>', 'data directory of the platform (HOLDFAST_DATA; default: .holdfast)')
    .option('--json', 'print one JSON document on stdout')
    .action(async (options: TokenOptions) => {
      const { tenant: tenantId, scopes: allowed, expires: seconds, data } = options;
      const expiresAt = new Date(Date.now() + seconds * 1_000).toISOString();
      const token = await mint({ data, tenantId, scopes: allowed, seconds });
      if (options.json) printDocument({ token, tenantId, scopes: allowed, expiresAt });
      else printLine(Safe.line(token));
    });
}

function tenantArgument(text: string): string {
  // Tenants and agents follow one rule.
  const parsed = runSummary.shape.agent.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`A tenant's name ${parsed.error.issues[0]?.message ?? 'is not valid'}.`);
}

function scopesArgument(text: string): Scope[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const parsed = scope.safeParse(word);
      if (parsed.success) return parsed.data;
      throw new InvalidArgumentError(`There is no scope '${word}'; there are ${scopes.join(', ')}.`);
    });
}
