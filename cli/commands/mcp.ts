import type { Command } from 'commander';
import { portArgument } from '../arguments.ts';
import { addMcpImport } from './mcp-import.ts';
import { connect, platformUrl } from '../connection.ts';
import { usageError } from '../errors.ts';
import { safe } from '../escape.ts';
import { printNote } from '../output.ts';

interface McpOptions {
  readonly agent?: string;
  readonly http?: boolean;
  readonly port?: number;
  readonly data?: string;
}

const defaultPort = 4701;

export function addMcp(program: Command, version: string): void {
  const mcp = program.command('mcp');
  addMcpImport(mcp, version);
  mcp
    .description("serve an agent's granted actions as MCP tools; each call is a run of the agent")
    .option('--agent <name>', "name of the agent ('agents' lists them)")
    .option('--http', 'over HTTP on this machine instead of standard input and output; callers bring a token')
    .option('--port <port>', `port for --http; 0 chooses a free one (default: ${defaultPort})`, portArgument)
    .option('--data <dir>', 'data directory of the local platform, for its token (HOLDFAST_DATA; default: .holdfast)')
    .action(async ({ agent, http, port, data }: McpOptions) => {
      if (port !== undefined && !http)
        throw usageError('--port is for --http; without it, tools are served on standard input and output.');
      if (agent === undefined)
        throw usageError("--agent is missing: name the agent whose actions are served; 'holdfast agents' lists them.");
      const onError = (error: Error): void => printNote(safe`mcp: ${error.message}`);
      if (http) {
        const { serveHttp } = await import('../mcp/serve-http.ts');
        const address = await serveHttp({
          agent,
          version,
          onError,
          platformUrl: platformUrl(),
          port: port ?? defaultPort,
        });
        printNote(safe`Tools of ${agent} are at ${address}. Ctrl-C ends it; runs go on.`);
        return;
      }
      const client = connect(data === undefined ? {} : { data });
      // A wrong name or a platform that is not there is told now, and not at the first call.
      await client.listTools(agent);
      const { createAgentServer } = await import('../mcp/agent-server.ts');
      const { serveStdio } = await import('@modelcontextprotocol/server/stdio');
      // A client that goes away leaves its runs: they are durable, and it may come back to look.
      serveStdio(() => createAgentServer({ agent, version, client, onError, leavingCancels: false }), {
        onerror: onError,
      });
    });
}
