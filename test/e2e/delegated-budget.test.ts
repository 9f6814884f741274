import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import { spendView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { FakeModels, FakeRequest } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { plans, searchFlight } from './planner.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform, untilAtRest } from './running-platform.ts';
import { tripOf } from './travel.ts';

let folder: ProjectFolder;
let models: FakeModels;
let platform: RunningPlatform;

/** Plans with a model, and lets two agents with models do it. */
const agencyAgent = `import { defineAgent } from 'holdfast';
export default defineAgent({
  name: 'agency',
  description: 'Lets others book trips.',
  grants: ['Agent:v1/trip-planner', 'Agent:v1/second-planner'],
  deadline: '1h',
});
`;
const secondAgent = `import { defineAgent } from 'holdfast';
export default defineAgent({
  name: 'second-planner',
  description: 'Finds flights as well.',
  grants: ['FlightBooking:v1'],
  deadline: '1h',
});
`;

beforeAll(async () => {
  folder = await makeProjectFolder();
  const agents = join(folder.directory, 'agents');
  rmSync(agents);
  cpSync(join(repository, 'agents'), agents, { recursive: true });
  for (const [name, text] of Object.entries({ agency: agencyAgent, 'second-planner': secondAgent })) {
    mkdirSync(join(agents, name));
    writeFileSync(join(agents, name, 'agent.ts'), text);
  }
  models = await startFakeModels();
  platform = await RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key', HOLDFAST_MODELS: 'openai:fake' },
    },
  });
});
afterAll(async () => {
  await RunningPlatform.killAll();
  await models.stop();
  folder.remove();
});

let usedBefore = 0;
beforeEach(() => {
  usedBefore = counted();
});

const goal = 'Find flights in two places';
/** Everything that the server has counted. */
function counted(): number {
  const { inputTokens, outputTokens } = models.countOf('test-key');
  return inputTokens + outputTokens;
}
const isAboveOthers = ({ raw }: FakeRequest): boolean => raw.includes(goal);

const handOn = (agent: string, more: JsonObject = {}): JsonObject => ({
  id: `to-${agent}`,
  skill: 'Agent:v1',
  action: agent,
  input: { goal: `Find a flight as ${agent}`, input: '${input}', ...more },
  why: 'It knows flights.',
});

function stepOf(run: RunView, id: string): RunView['steps']['window'][number] {
  const found = run.steps.window.find((step) => step.id === id);
  if (!found) throw new Error(`run ${run.runId} has no step '${id}'`);
  return found;
}

async function childOf(run: RunView, stepId: string): Promise<RunView> {
  return platform.showRun(stepOf(run, stepId).runId ?? '');
}

async function billed(): Promise<number> {
  return spendView.parse(await (await platform.call('GET', '/v1/spend?by=tenant')).json()).total.tokens;
}

it('two agents at once get parts of the budget, and the account of the run above shows all of what was used', async () => {
  const before = await billed();
  models.follow((request) =>
    isAboveOthers(request)
      ? plans([handOn('trip-planner'), handOn('second-planner', { budget: { tokens: 60_000 } })], { final: true })
      : plans([searchFlight], { output: '${steps.search-flight.output.best}', final: true }),
  );
  const tokens = 400_000;
  const runId = await platform.startRun({ agent: 'agency', goal, input: tripOf('Ada'), budget: { tokens } });
  const run = await untilAtRest(platform, runId, 120_000);
  expect(run).toMatchObject({ status: 'completed', budget: { tokens } });
  const children = [await childOf(run, 'to-trip-planner'), await childOf(run, 'to-second-planner')];
  const [first, second] = children;
  expect(children.map(({ status }) => status)).toEqual(['completed', 'completed']);
  expect(second?.budget?.tokens).toBe(60_000);
  expect(first?.budget?.tokens).toBeGreaterThan(0);
  expect(first?.budget?.tokens).toBeLessThanOrEqual(tokens / 2);

  const real = counted() - usedBefore;
  expect(run.spend?.tokens).toBe(real);
  expect((await billed()) - before).toBe(real);
  const ofChildren = children.reduce((sum, { spend }) => sum + (spend?.tokens ?? 0), 0);
  expect(ofChildren).toBeGreaterThan(0);
  expect(ofChildren).toBeLessThan(real);
  expect(real).toBeLessThanOrEqual(tokens);
});

it('an agent that has used up its part stops and asks a person; the run above waits, and has used no more than it may', async () => {
  models.follow((request) =>
    isAboveOthers(request)
      ? plans([handOn('second-planner', { budget: { tokens: 200 } })], { final: true })
      : plans([searchFlight], { final: true }),
  );
  const tokens = 200_000;
  const runId = await platform.startRun({ agent: 'agency', goal, input: tripOf('Bo'), budget: { tokens } });
  const waiting = await platform.runUntil(runId, ({ status }) => status === 'waiting', 120_000);
  const child = await platform.runUntil(
    stepOf(waiting, 'to-second-planner').runId ?? '',
    ({ status }) => status === 'escalated',
  );
  expect(child).toMatchObject({ budget: { tokens: 200 }, waitingFor: { escalation: 'budget' } });
  expect(child.spend?.tokens ?? 0).toBe(0);
  // What is set aside counts in full until it is over.
  expect((await platform.showRun(runId)).spend?.tokens).toBe(counted() - usedBefore + 200);
  await platform.call('POST', `/v1/runs/${runId}/cancel`, {});
  const canceled = await platform.runUntil(runId, ({ status }) => status === 'canceled');
  expect(canceled.spend?.tokens).toBe(counted() - usedBefore);
});

it('a part that is larger than what is left is refused with the numbers, and nothing is begun', async () => {
  models.follow((request) =>
    isAboveOthers(request)
      ? plans([handOn('second-planner', { budget: { tokens: 200_000 } })], { final: true })
      : plans([searchFlight], { final: true }),
  );
  const tokens = 200_000;
  const runId = await platform.startRun({ agent: 'agency', goal, input: tripOf('Cy'), budget: { tokens } });
  const run = await untilAtRest(platform, runId, 120_000);
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'budget' } });
  const refused = stepOf(run, 'to-second-planner');
  expect(refused).toMatchObject({ status: 'failed', failure: { class: 'budgetExceeded' } });
  expect(refused.failure?.message).toMatch(/may use 200000 tokens, has used or set aside \d+, .*would need 200000/);
  expect(refused.runId).toBeUndefined();
  const resumed = await platform.call('POST', `/v1/runs/${runId}/resume`, { budget: { tokens: 1_000_000 } });
  expect(resumed.status).toBe(202);
  const ended = await platform.runUntil(runId, ({ status }) => status === 'completed', 120_000);
  expect(ended.spend?.tokens).toBe(counted() - usedBefore);
});
