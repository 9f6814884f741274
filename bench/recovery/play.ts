import type { FakeModels } from '../../test/fixtures/fake-models.ts';
import type { AgentRun, AgentRunResult } from '../../testing/index.ts';
import { runAgent } from '../../testing/index.ts';
import { Market } from './market.ts';
import type { Mode, Scenario } from './scenario.ts';
import { handsOver } from './scenario.ts';
import { organiser, skills } from './stalls.ts';

/** A scenario that was played: what the platform says of it, and the market that saw it. */
export interface Played {
  readonly result: AgentRunResult;
  readonly market: Market;
  /** Purposes that models were asked for, in order. */
  readonly asked: readonly string[];
}

/**
 * Plays a scenario once, from its request until it is over or rests with a person. Throws TestSetupError for a scenario
 * that is wrong, and when one of its faults never applied.
 *
 * @param models the server that is asked in mode `model`; scenarios are played one at a time, for it follows one script
 */
export async function play(scenario: Scenario, mode: Mode, models: FakeModels): Promise<Played> {
  const market = new Market();
  const asked: string[] = [];
  models.follow((request) => {
    const purpose = purposeIn(request.raw);
    asked.push(purpose);
    const call = asked.filter((one) => one === purpose).length;
    const model = String(request.body['model']);
    return (scenario.model ?? handsOver)({ purpose, model, prompt: request.raw, call });
  });
  const run: AgentRun = {
    ...{ agent: organiser(), skills, http: market.http },
    ...scenario.given(market, mode),
    ...(mode === 'model' ? { models: { baseUrl: models.baseUrl } } : {}),
  };
  const result = await runAgent(run);
  const unused = result.unusedFaults.filter(({ optional }) => !optional);
  if (unused.length > 0) {
    throw new Error(`Scenario '${scenario.name}' is about less than it says: ${JSON.stringify(unused)} never applied.`);
  }
  return { result, market, asked };
}

/** What a request to a model is for, as the platform's own prompt says. */
function purposeIn(prompt: string): string {
  if (prompt.includes('# This time: revise')) return 'revise';
  return /# Your task: ([a-z]+)/.exec(prompt)?.[1] ?? 'unknown';
}
