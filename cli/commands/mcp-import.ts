import type { Command } from 'commander';
import { skillIdArgument } from '../arguments.ts';
import { CliError, exitCodes, usageError } from '../errors.ts';
import { safe } from '../escape.ts';
import { printNote } from '../output.ts';

interface ImportOptions {
  readonly id: string;
  readonly server?: string;
  readonly bearer?: string;
}

const answerMs = 30_000;

export function addMcpImport(mcp: Command, version: string): void {
  mcp
    .command('import')
    .description('print the source of a skill that mounts an MCP server, for you to review')
    .argument('<url>', 'where the server listens (Streamable HTTP)')
    .requiredOption('--id <skill>', 'id of the new skill, e.g. Tickets:v1', skillIdArgument)
    .option('--server <address>', "what the skill is to call instead, e.g. '$TICKETS_MCP_URL' for a setting")
    .option('--bearer <NAME>', 'environment variable that holds the token now, and name of the secret in the skill')
    .action(async (url: string, { id, server, bearer }: ImportOptions) => {
      const tools = await toolsOf(url, bearer, version);
      if (tools.length === 0) throw new CliError(exitCodes.failed, `The server at ${url} offers no tools.`);
      const { skillSource } = await import('../mcp/skill-source.ts');
      // Every text of the server is a literal in it, without characters that a terminal would obey.
      process.stdout.write(skillSource({ id, server: server ?? url, bearerSecret: bearer, tools }));
      printNote(safe`${tools.length} tools. Review every line before you grant any of it.`);
    });
}

async function toolsOf(url: string, bearer: string | undefined, version: string) {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usageError(`'${url}' is no address; give one such as https://tickets.example.com/mcp.`);
  }
  const token = bearer === undefined ? undefined : process.env[bearer];
  if (bearer !== undefined && !token) {
    throw usageError(`--bearer names ${bearer}, which is not set; set it to the token of the server.`);
  }
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client({ name: 'holdfast', version }, { versionNegotiation: { mode: 'auto' } });
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }), {
      timeout: answerMs,
    });
    return (await client.listTools(undefined, { timeout: answerMs })).tools;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(exitCodes.unreachable, `The MCP server at ${url} cannot be asked for its tools: ${why}`, {
      cause: error,
    });
  } finally {
    await client.close();
  }
}
