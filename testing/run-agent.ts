import { closeNetworkToSkills } from './closed-network.ts';
import { Driver } from './drive.ts';
import { Platform } from './platform.ts';
import { reportOf } from './run-report.ts';
import type { AgentRunResult } from './run-report.ts';
import type { AgentRun } from './run-options.ts';
import { eventsInWords } from './story.ts';
import { TestSetupError } from './test-setup-error.ts';

const usualRealTimeoutMs = 30_000;

/**
 * Runs an agent in this process until its run is over, or rests with a person: the state machines, the decisions, the step
 * protocol, the policies and the inbox are those of production, the stores are in memory, and waits take no time.
 *
 * Throws TestSetupError for what is wrong with the test rather than with the agent: a run that is not accepted, a fault of an
 * action that there is not, a request without a network, a model without an answer. How the agent fares is in the result.
 */
export async function runAgent(options: AgentRun): Promise<AgentRunResult> {
  const platform = new Platform(options);
  const realTimeoutMs = options.realTimeoutMs ?? usualRealTimeoutMs;
  const giveUp = setTimeout(() => {
    const events = eventsInWords(platform.chronicle.events);
    platform.fail(
      new TestSetupError(
        `The run did not come to rest within ${realTimeoutMs} ms of real time. Something of the test is waited for, such as 'http' or 'people'. What happened:\n${events}`,
      ),
    );
  }, realTimeoutMs);
  const reopen = closeNetworkToSkills();
  try {
    return await Promise.race([driven(platform), platform.failed]);
  } finally {
    clearTimeout(giveUp);
    reopen();
    platform.close();
  }
}

async function driven(platform: Platform): Promise<AgentRunResult> {
  const driver = new Driver(platform);
  const runId = await driver.start();
  const head = await driver.untilAtRest(runId);
  platform.chronicle.tell(
    'run.ended',
    { runId },
    `${head.status}${head.ending === undefined ? '' : `: ${head.ending}`}`,
  );
  return reportOf(platform, runId);
}
