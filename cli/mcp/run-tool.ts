import { createHash, randomUUID } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { RunView } from '../../core/contract/api.ts';
import type { Json } from '../../core/model/json.ts';
import type { Client } from '../client.ts';
import { CliError, Unreachable } from '../errors.ts';
import { watchRun } from '../watch/watch-run.ts';
import { answerOf } from './tool-answer.ts';
import type { NamedAction } from './tool-names.ts';

/** One call of a tool as it came. */
export interface ToolCall {
  readonly agent: string;
  readonly action: NamedAction;
  readonly arguments: { readonly [name: string]: Json };
  /** Calls with one key are one wish; a call without is a wish of its own. */
  readonly key: string | undefined;
  /** Aborts when nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
  /** Whether the run is to end as well then. */
  readonly cancels: (reason: unknown) => boolean;
  readonly onProgress: (run: RunView) => void;
}

/**
 * Makes a call of a tool a run of the agent, waits for its end or until it waits for a person, and says what became of it.
 * A call that was canceled cancels its run, then throws the reason of the signal.
 */
export async function runTool(call: ToolCall, client: Client): Promise<CallToolResult> {
  const { agent, signal, onProgress } = call;
  const { skill, action } = call.action;
  const step = { id: 'call', skill, action, input: call.arguments, why: 'An MCP client asked for it.' };
  try {
    const { runId } = await client.startRun(
      {
        agent,
        goal: `${skill}/${action}, asked for through MCP`,
        plan: { steps: [step], output: '${steps.call.output}' },
        // Nobody knows whether a person has seen what an MCP client passes on.
        planAuthor: 'model',
        labels: { via: 'mcp' },
      },
      keyFor(call),
    );
    try {
      const progress = { update: onProgress, note: () => undefined };
      return answerOf(await watchRun(client, runId, progress, signal));
    } catch (error) {
      if (signal.aborted && call.cancels(signal.reason)) await cancel(client, runId);
      throw error;
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof CliError)) throw error;
    return problemAnswer(error);
  }
}

/** Keys of callers may be anything; those of the API are bounded, and one tenant's are shared by all that call it. */
function keyFor({ agent, action, key }: ToolCall): string {
  if (key === undefined) return `mcp-${randomUUID()}`;
  const text = JSON.stringify([agent, action.skill, action.action, key]);
  return `mcp-${createHash('sha256').update(text).digest('hex')}`;
}

async function cancel(client: Client, runId: string): Promise<void> {
  try {
    await client.cancelRun(runId, { reason: 'the MCP client canceled its call' });
  } catch (error) {
    // It was faster than the cancellation.
    if (!(error instanceof CliError) || error.problem?.code !== 'run-over') throw error;
  }
}

function problemAnswer(error: CliError): CallToolResult {
  const { message, problem } = error;
  const items = (problem?.problems ?? []).map(({ path, message: text }) => `- ${path ? `${path}: ` : ''}${text}`);
  const advice =
    error instanceof Unreachable && error.reason === 'lost'
      ? ['It is not known whether the call was received. Look at the runs before you call again.']
      : [];
  return {
    isError: true,
    content: [{ type: 'text', text: [message, ...items, ...advice].join('\n') }],
    structuredContent: { status: 'refused', reason: message, ...(problem === undefined ? {} : { code: problem.code }) },
  };
}
