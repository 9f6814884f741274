import type { CallToolRequest, CallToolResult, ServerContext, Tool } from '@modelcontextprotocol/server';
import { ProtocolError, ProtocolErrorCode, SdkError, SdkErrorCode, Server } from '@modelcontextprotocol/server';
import type { RunView, ToolPage } from '../../core/contract/api.ts';
import { mcpKeyMember } from '../../core/contract/api.ts';
import type { Json } from '../../core/model/json.ts';
import type { Client } from '../client.ts';
import { runTool } from './run-tool.ts';
import { actionNamed, mcpToolName } from './tool-names.ts';

export interface AgentServerOptions {
  readonly agent: string;
  readonly version: string;
  readonly client: Client;
  /** Whether a caller that goes away wants its run to end. */
  readonly leavingCancels: boolean;
  /** Is told what went wrong that no caller can be told. */
  readonly onError: (error: Error) => void;
}

/** A caller that hears nothing for long gives up. */
const quietMs = 10_000;

/** What an agent was granted, as tools of MCP. Each call becomes a run of the agent. */
export function createAgentServer(options: AgentServerOptions): Server {
  const { agent, version, client } = options;
  const server = new Server(
    { name: `holdfast-${agent}`, title: `Holdfast: ${agent}`, version },
    {
      capabilities: { tools: {} },
      instructions:
        "Each call is a durable run that is carried out once. An answer with status 'waiting' is not done yet and needs a person; do not call again.",
    },
  );
  // It is no source of events: this is how the SDK is told.
  Object.assign(server, { onerror: options.onError });
  server.setRequestHandler('tools/list', async () => {
    const { items } = await client.listTools(agent);
    return { tools: items.map(toolOf) };
  });
  server.setRequestHandler('tools/call', ({ params }, context) => callTool(params, context, options));
  return server;
}

function toolOf({ skill, action, description, input, limits }: ToolPage['items'][number]): Tool {
  // Where one grant has no limits, those of the others limit nothing.
  const said = limits.some((of) => of.length === 0) ? [] : limits.map((of) => of.join(', '));
  const { $schema: _, ...schema } = input;
  return {
    name: mcpToolName({ skill, action }),
    title: `${skill}/${action}`,
    description: said.length === 0 ? description : `${description}\nGranted within limits: ${said.join('; or ')}.`,
    inputSchema: { ...schema, type: 'object' },
  };
}

function callTool(
  params: CallToolRequest['params'],
  { mcpReq }: ServerContext,
  options: AgentServerOptions,
): Promise<CallToolResult> {
  const action = actionNamed(params.name);
  if (!action) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `There is no tool '${params.name.slice(0, 100)}'; tools/list names them, such as Billing_v1_refund.`,
    );
  }
  const key = mcpReq._meta?.[mcpKeyMember];
  return runTool(
    {
      agent: options.agent,
      action,
      // They came as JSON.
      arguments: (params.arguments ?? {}) as { [name: string]: Json },
      key: typeof key === 'string' ? key : undefined,
      signal: mcpReq.signal,
      cancels: (reason) => options.leavingCancels || !hasLeft(reason),
      onProgress: progressFor(mcpReq, options.onError),
    },
    options.client,
  );
}

function hasLeft(reason: unknown): boolean {
  return reason instanceof SdkError && reason.code === SdkErrorCode.ConnectionClosed;
}

/** Tells a caller that wants to know how its run moves: at each change, and now and then that it still goes on. */
function progressFor(mcpReq: ServerContext['mcpReq'], onError: (error: Error) => void): (run: RunView) => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  let said = '';
  let saidAtMs = 0;
  return (run) => {
    const message = `run ${run.runId} is ${run.status}, ${run.steps.over} of ${run.steps.total} steps are over`;
    if (message === said && Date.now() - saidAtMs < quietMs) return;
    [said, saidAtMs] = [message, Date.now()];
    progress += 1;
    mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, message } }).catch(onError);
  };
}
