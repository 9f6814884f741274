import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { RunningCommand } from '../cli/command.ts';
import { startCommand } from '../cli/command.ts';
import type { ProjectFolder } from './running-platform.ts';
import { repository } from './running-platform.ts';

/** How the official client speaks: in sessions that begin with a greeting, or as both sides know best. */
export type Manner = 'legacy' | 'auto';

function newClient(manner: Manner): Client {
  return new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: manner } });
}

/** `holdfast mcp` as a child of an MCP client, as desktop programs start it. */
export async function connectStdio(
  folder: ProjectFolder,
  agent: string,
  manner: Manner,
): Promise<{ readonly client: Client; readonly transport: StdioClientTransport }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(repository, 'bin', 'holdfast.mjs'), 'mcp', '--agent', agent],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOLDFAST_URL: `http://127.0.0.1:${folder.port}`,
      HOLDFAST_DATA: folder.dataDirectory,
    },
    cwd: folder.directory,
  });
  const client = newClient(manner);
  await client.connect(transport);
  return { client, transport };
}

/** `holdfast mcp --http` on a free port. */
export async function serveHttp(
  folder: ProjectFolder,
  agent: string,
): Promise<{ readonly url: string; readonly command: RunningCommand }> {
  const command = startCommand(['mcp', '--agent', agent, '--http', '--port', '0'], {
    env: { HOLDFAST_URL: `http://127.0.0.1:${folder.port}` },
    cwd: folder.directory,
  });
  let noted = '';
  command.child.stderr?.on('data', (chunk: string) => (noted += chunk));
  await command.saw('Ctrl-C ends it');
  return { url: /http:\S+\/mcp/.exec(noted)?.[0] ?? '', command };
}

export async function connectHttp(url: string, token: string, manner: Manner): Promise<Client> {
  const client = newClient(manner);
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}
