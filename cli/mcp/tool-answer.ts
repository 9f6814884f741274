import type { CallToolResult } from '@modelcontextprotocol/server';
import type { RunView } from '../../core/contract/api.ts';
import { approvalCommands, attestCommands } from '../outcome.ts';

/**
 * What an MCP client is told of a run that is over or waits for a person. A run that waits is no error: nothing has gone
 * wrong, and calling again would ask for the same thing twice.
 */
export function answerOf(run: RunView): CallToolResult {
  const { runId, status, output } = run;
  if (status === 'completed' && run.outputProblem === undefined) {
    return {
      content: [{ type: 'text', text: JSON.stringify(output ?? null) }],
      structuredContent: { status, runId, output: output ?? null },
    };
  }
  if (status === 'completed') return failed(run, `It was done, but its output cannot be shown: ${run.outputProblem}`);
  if (run.waitingFor?.kind === 'human' || status === 'escalated') return waiting(run);
  return failed(run, `${status}: ${run.ending ?? 'no reason was recorded'}`);
}

function failed({ runId, status }: RunView, reason: string): CallToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: `${reason} (run ${runId})` }],
    structuredContent: { status, runId, reason },
  };
}

function waiting(run: RunView): CallToolResult {
  const { runId, waitingFor } = run;
  if (waitingFor?.kind !== 'human') return failed(run, 'It waits for a person, who was not told why.');
  const { escalationId, escalation, reason } = waitingFor;
  const doubtful = run.steps.window.find(({ status }) => status === 'inDoubt');
  const commands =
    escalation === 'approval' ? approvalCommands(escalationId) : doubtful ? attestCommands(escalationId, doubtful) : [];
  const text = [
    `Not done yet: this waits for a person (${escalation}): ${reason}.`.replace(/\.\.$/, '.'),
    `Do not call again: that would be a second request. Tell the person about ${escalationId} of run ${runId}, who decides with:`,
    ...(commands.length > 0 ? commands : [`holdfast inbox show ${escalationId}`]),
  ].join('\n');
  return {
    content: [{ type: 'text', text }],
    structuredContent: { status: 'waiting', runId, escalationId, escalation, reason },
  };
}
