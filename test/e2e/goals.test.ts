import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { holdfast } from '../cli/command.ts';
import type { FakeBehaviour, FakeModels, FakeScript } from '../fixtures/fake-models.ts';
import { startFakeModels } from '../fixtures/fake-models.ts';
import { bookFlight, bookHotel, plans, purposeOf, says, searchFlight } from './planner.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, repository, RunningPlatform, untilAtRest } from './running-platform.ts';
import { bookedFor, setFault, tripOf } from './travel.ts';

let folder: ProjectFolder;
let models: FakeModels;
let platform: RunningPlatform;

/** Plans a few steps at a time, and asks at the end whether the goal is reached. */
const carefulPlanner = `import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';
export default defineAgent({
  name: 'careful-planner',
  description: 'Books trips step by step.',
  grants: ['FlightBooking:v1', 'HotelBooking:v1'],
  deadline: '1h',
  planning: 'incremental',
  verify: true,
  playbooks: {
    advise: definePlaybook({
      description: 'Say which flight to take.',
      input: z.object({}).loose(),
      steps: [
        ${JSON.stringify(searchFlight)},
        {
          id: 'choose',
          skill: 'Model:v1',
          action: 'reason',
          input: { question: 'Which flight?', material: '\${steps.search-flight.output}' },
          why: 'People want advice.',
        },
      ],
      output: '\${steps.choose.output.answer}',
    }),
  },
});
`;

beforeEach(async () => {
  folder = await makeProjectFolder();
  const agents = join(folder.directory, 'agents');
  rmSync(agents);
  cpSync(join(repository, 'agents'), agents, { recursive: true });
  mkdirSync(join(agents, 'careful-planner'));
  writeFileSync(join(agents, 'careful-planner', 'agent.ts'), carefulPlanner);
  models = await startFakeModels();
  platform = await startPlatform();
});
afterEach(async () => {
  await RunningPlatform.killAll();
  await models.stop();
  folder.remove();
});

function startPlatform(): Promise<RunningPlatform> {
  return RunningPlatform.start(folder, {
    environment: {
      ...{ OPENAI_BASE_URL: models.baseUrl, OPENAI_API_KEY: 'test-key' },
      ...{ HOLDFAST_MODELS: 'openai:fake-large,openai:fake-small' },
    },
  });
}

const goal = 'Book a flight and a hotel for the trip';
let travellers = 0;

/** A traveller of this run alone, by whose name its bookings are found. */
function newTraveller(): string {
  travellers += 1;
  return `Traveller ${travellers}`;
}

async function runOf(traveller: string, more: JsonObject = {}): Promise<string> {
  return platform.startRun({ agent: 'trip-planner', goal, input: tripOf(traveller), ...more });
}

/** One answer after the other, then the last one for ever. */
function inTurn(...answers: readonly FakeBehaviour[]): FakeScript {
  return (_request, call) => answers[Math.min(call, answers.length) - 1] as FakeBehaviour;
}

function reasonOf({ waitingFor, ending }: RunView): string {
  return waitingFor?.reason ?? ending ?? '';
}

it('plans for a goal with a model, and carries the plan out like any other', async () => {
  const traveller = newTraveller();
  models.follow(
    inTurn(plans([searchFlight, bookFlight, bookHotel], { output: '${steps.book-hotel.output}', final: true })),
  );
  const run = await untilAtRest(platform, await runOf(traveller));
  expect(run).toMatchObject({ status: 'completed', goal });
  expect(run.output).toBeDefined();
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1, hotels: 1, cars: 0 });
  expect(models.requests).toHaveLength(1);
  const [line = ''] = readFileSync(join(repository, 'agents/trip-planner/prompts/plan.md'), 'utf8').split(/\r?\n/);
  expect(models.requests[0]?.raw).toContain(`${line}\\n`);
});

it('a goal is given on the command line', async () => {
  models.follow(inTurn(plans([searchFlight], { output: '${steps.search-flight.output.best}', final: true })));
  const input = JSON.stringify(tripOf(newTraveller()));
  const ended = await holdfast(['run', 'trip-planner', '--goal', goal, '--input', input, '--watch'], {
    env: { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory },
  });
  expect(ended).toMatchObject({ exitCode: 0 });
  expect(ended.stdout).toContain('search-flight');
});

it.each<[string, (text: string) => FakeBehaviour]>([
  ['cut off', (text) => ({ kind: 'truncated', text })],
  ['not JSON', () => ({ kind: 'says', text: 'First I would look for a flight.' })],
  ['JSON of another shape', () => ({ kind: 'says', text: '{"plan":["fly"]}' })],
])(
  'an answer that is %s is asked for again with what was wrong, and Markdown around one does not matter',
  async (_name, bad) => {
    const good = plans([searchFlight], { final: true });
    if (good.kind !== 'says') throw new Error('a plan is said');
    models.follow(inTurn(bad(good.text), { kind: 'fenced', text: good.text }));
    expect(await untilAtRest(platform, await runOf(newTraveller()))).toMatchObject({ status: 'completed' });
    const [first, second] = models.requests;
    expect(models.requests).toHaveLength(2);
    expect(second?.raw).not.toBe(first?.raw);
  },
);

it('skills that do not exist are never called: after three plans a person sees why', async () => {
  const wrong = { ...searchFlight, skill: 'Teleport:v9' };
  models.follow(() => plans([{ ...wrong }], { final: true }));
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(run).toMatchObject({ status: 'escalated' });
  expect(reasonOf(run)).toContain('Teleport:v9');
  expect(models.requests).toHaveLength(3);
});

it('the second plan is asked for with the problems of the first', async () => {
  models.follow((request, call) =>
    call === 1
      ? plans([{ ...searchFlight, skill: 'Teleport:v9' }])
      : plans([{ ...searchFlight, why: request.raw.includes('Teleport:v9') ? 'told' : 'not told' }], { final: true }),
  );
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(run).toMatchObject({ status: 'completed' });
  expect(run.steps.window.find(({ id }) => id === 'search-flight')).toMatchObject({ why: 'told' });
});

it('a model that declines ends the run with its reason', async () => {
  models.follow(() => says({ decision: 'decline', reason: 'No trips to the moon.' }));
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(reasonOf(run)).toContain('No trips to the moon.');
});

it('waits as long as all providers ask for, and then goes on', async () => {
  const askedAtMs: number[] = [];
  models.follow((_request, call) => {
    askedAtMs.push(Date.now());
    if (call <= 2) return { kind: 'fails', status: 429, headers: { 'retry-after': '4' } };
    return plans([searchFlight], { final: true });
  });
  expect(await untilAtRest(platform, await runOf(newTraveller()))).toMatchObject({ status: 'completed' });
  expect(models.requests.map(({ body }) => body['model']).slice(0, 2)).toEqual(['fake-large', 'fake-small']);
  const [, second = 0, third = 0] = askedAtMs;
  expect(third - second).toBeGreaterThanOrEqual(4_000);
});

it('another model answers when the first one is overloaded', async () => {
  models.follow(({ body }) =>
    body['model'] === 'fake-large' ? { kind: 'fails', status: 529 } : plans([searchFlight], { final: true }),
  );
  expect(await untilAtRest(platform, await runOf(newTraveller()))).toMatchObject({ status: 'completed' });
});

it('a step that fails is planned around, and what is done is not done again', async () => {
  const traveller = newTraveller();
  const unknownFlight = { ...bookFlight, input: { ...(bookFlight['input'] as JsonObject), flightId: 'NO-1' } };
  models.follow((request) =>
    purposeOf(request) === 'plan'
      ? plans([searchFlight, { ...unknownFlight, dependsOn: ['search-flight'] }], { final: true })
      : plans([{ ...bookFlight, id: request.raw.includes('NO-1') ? 'book-the-found' : 'not-told' }], { final: true }),
  );
  const run = await untilAtRest(platform, await runOf(traveller));
  expect(run).toMatchObject({ status: 'completed' });
  expect(models.requests.map(purposeOf)).toEqual(['plan', 'revise']);
  expect(run.steps.window.map(({ id, status }) => [id, status])).toContainEqual(['book-the-found', 'completed']);
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1 });
});

it('a plan that fails again and again is revised as often as the budget says, and then a person is asked', async () => {
  let plan = 0;
  models.follow(() => {
    plan += 1;
    const wrong = {
      ...bookFlight,
      id: `book-${plan}`,
      input: { ...(bookFlight['input'] as JsonObject), flightId: 'NO-1' },
    };
    return plans([wrong], { final: true });
  });
  const run = await untilAtRest(platform, await runOf(newTraveller(), { budget: { recoveries: 1 } }));
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'failure' } });
  expect(models.requests.map(purposeOf)).toEqual(['plan', 'revise']);
});

it('an answer that was paid for is not asked for again when the platform is killed', async () => {
  const traveller = newTraveller();
  await setFault(folder, 'flights', 'hang');
  models.follow(inTurn(plans([searchFlight, bookFlight], { final: true })));
  const runId = await runOf(traveller);
  await platform.runUntil(runId, ({ steps }) => steps.window.some(({ id }) => id === 'search-flight'));
  await platform.kill();
  platform = await startPlatform();
  await setFault(folder, 'flights', 'none');
  expect(await untilAtRest(platform, runId, 120_000)).toMatchObject({ status: 'completed' });
  expect(models.requests).toHaveLength(1);
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1 });
});

it('a run that may not afford its next call sends nothing and waits for a person, who may raise the budget', async () => {
  models.follow(() => plans([searchFlight], { final: true }));
  const runId = await runOf(newTraveller(), { budget: { tokens: 10 } });
  const poor = await untilAtRest(platform, runId);
  expect(poor).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human', escalation: 'budget' } });
  expect(models.requests).toHaveLength(0);

  const resumed = await platform.call('POST', `/v1/runs/${runId}/resume`, { budget: { tokens: 1_000_000 } });
  expect(resumed.status, platform.output).toBe(202);
  const rich = await platform.runUntil(runId, ({ status }) => status === 'completed');
  expect(rich).toMatchObject({ budget: { tokens: 1_000_000 } });
  const { inputTokens, outputTokens } = models.countOf('test-key');
  expect(rich.spend).toMatchObject({ tokens: inputTokens + outputTokens });
});

it('a budget in dollars needs a price, and says so before anything is sent', async () => {
  const run = await untilAtRest(platform, await runOf(newTraveller(), { budget: { usd: 1 } }));
  expect(reasonOf(run)).toContain("no price of the model 'openai:fake-large' is known");
  expect(models.requests).toHaveLength(0);
});

it('more steps than the budget allows are not begun', async () => {
  const traveller = newTraveller();
  models.follow(() => plans([searchFlight, bookFlight, bookHotel], { final: true }));
  const run = await untilAtRest(platform, await runOf(traveller, { budget: { steps: 3 } }));
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { escalation: 'budget' } });
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 0, hotels: 0 });
});

it.each<[string, FakeBehaviour]>([
  ['garbage', { kind: 'garbage', bytes: 100_000 }],
  ['JSON without an end', { kind: 'says', text: '{"decision":"plan","steps":[' }],
  ['JSON of 10,000 levels', { kind: 'nested', depth: 10_000 }],
  ['a name twice', { kind: 'says', text: '{"reasoning":"a","reasoning":"b"}' }],
  ['a tool call', { kind: 'callsTool', name: 'book', input: '{}' }],
  ['refusals', { kind: 'refuses', text: 'I cannot help with that.' }],
  ['nothing, because of a filter', { kind: 'filtered' }],
  ['connections that break', { kind: 'resets', text: '{"decision":"plan"}' }],
  ['overload', { kind: 'fails', status: 529 }],
])('a model that only ever gives %s does nothing, and a person is asked', async (_name, behaviour) => {
  const traveller = newTraveller();
  models.follow(() => behaviour);
  const run = await untilAtRest(platform, await runOf(traveller), 180_000);
  expect(run).toMatchObject({ status: 'escalated', waitingFor: { kind: 'human' } });
  expect(reasonOf(run)).not.toBe('');
  expect(await bookedFor(folder, traveller)).toEqual({ flights: 0, hotels: 0, cars: 0 });
});

it('a slow answer is an answer', async () => {
  const good = plans([searchFlight], { final: true });
  if (good.kind !== 'says') throw new Error('a plan is said');
  models.follow(() => ({ kind: 'drips', text: good.text, pauseMs: 200, pieces: 20 }));
  expect(await untilAtRest(platform, await runOf(newTraveller()))).toMatchObject({ status: 'completed' });
});

it('plans a few steps at a time, and goes on when the verdict is that something is missing', async () => {
  const traveller = newTraveller();
  const verdicts = [
    says({ satisfied: false, findings: ['The hotel is missing.'] }),
    says({ satisfied: true, findings: [] }),
  ];
  models.follow((request) => {
    const { raw } = request;
    switch (purposeOf(request)) {
      case 'verify':
        return verdicts.shift() ?? says({ satisfied: false, findings: ['too often'] });
      case 'revise':
        return plans([raw.includes('The hotel is missing.') ? { ...bookHotel, dependsOn: [] } : searchFlight], {
          final: true,
          output: { hotel: '${steps.book-hotel.output}' },
        });
      default:
        return raw.includes('# Results') ? plans([bookFlight], { final: true }) : plans([searchFlight]);
    }
  });
  const run = await untilAtRest(platform, await runOf(traveller, { agent: 'careful-planner' }));
  expect(run).toMatchObject({ status: 'completed', output: { hotel: expect.anything() as unknown } });
  expect(models.requests.map(purposeOf)).toEqual(['plan', 'plan', 'verify', 'revise', 'verify']);
  expect(await bookedFor(folder, traveller)).toMatchObject({ flights: 1, hotels: 1 });
});

it('verdicts that never agree end with a person, after as many revisions as are allowed', async () => {
  let count = 0;
  models.follow((request) => {
    if (purposeOf(request) === 'verify') return says({ satisfied: false, findings: ['Not good enough.'] });
    count += 1;
    return plans([{ ...searchFlight, id: `search-${count}` }], { final: true });
  });
  const run = await untilAtRest(platform, await runOf(newTraveller(), { agent: 'careful-planner' }));
  expect(run).toMatchObject({ status: 'escalated' });
  expect(reasonOf(run)).toContain('Not good enough.');
  expect(models.requests.map(purposeOf).filter((purpose) => purpose === 'revise')).toHaveLength(3);
});

it('a model may choose a playbook that a person has written', async () => {
  const traveller = newTraveller();
  models.follow(() => says({ decision: 'playbook', playbook: 'book-trip', playbookInput: tripOf(traveller) }));
  const run = await untilAtRest(platform, await runOf(traveller));
  expect(run.status, JSON.stringify(run)).toBe('completed');
  expect(await bookedFor(folder, traveller)).toEqual({ flights: 1, hotels: 1, cars: 1 });
});

it('a model that chooses a playbook that is not there is asked again', async () => {
  models.follow((request, call) =>
    call === 1
      ? says({ decision: 'playbook', playbook: 'book-moon', playbookInput: {} })
      : plans([{ ...searchFlight, why: request.raw.includes('book-moon') ? 'told' : 'not told' }], { final: true }),
  );
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(run).toMatchObject({ status: 'completed' });
  expect(run.steps.window.find(({ id }) => id === 'search-flight')).toMatchObject({ why: 'told' });
});

it('when a model was wrong three times, a person who resumes the run has it asked again', async () => {
  let good = false;
  models.follow(() => plans([good ? searchFlight : { ...searchFlight, skill: 'Teleport:v9' }], { final: true }));
  const runId = await runOf(newTraveller());
  expect(await untilAtRest(platform, runId)).toMatchObject({ status: 'escalated' });
  good = true;
  expect((await platform.call('POST', `/v1/runs/${runId}/resume`, {})).status).toBe(202);
  await platform.runUntil(runId, ({ status }) => status === 'completed');
});

it('a model that plans the same again does not get an old result for a new one, and comes to an end', async () => {
  models.follow(() => plans([searchFlight]));
  const run = await untilAtRest(platform, await runOf(newTraveller(), { agent: 'careful-planner' }));
  expect(run).toMatchObject({ status: 'escalated' });
  expect(reasonOf(run)).toContain("'search-flight' of an earlier revision has begun");
});

it('a model that only ever adds steps comes to the end of its steps', async () => {
  let count = 0;
  models.follow(() => {
    count += 1;
    return plans([{ ...searchFlight, id: `search-${count}` }]);
  });
  const runId = await runOf(newTraveller(), { agent: 'careful-planner', budget: { steps: 20 } });
  expect(await untilAtRest(platform, runId)).toMatchObject({
    status: 'escalated',
    waitingFor: { escalation: 'budget' },
  });
  expect(models.requests).toHaveLength(10);
});

it('a playbook may ask a model to think about what a step has found', async () => {
  models.follow((request) => says({ answer: request.raw.includes('flightId') ? 'The early one.' : 'None.' }));
  const request = { agent: 'careful-planner', playbook: 'advise', input: tripOf(newTraveller()) };
  const run = await untilAtRest(platform, await platform.startRun(request));
  expect(run).toMatchObject({ status: 'completed', output: 'The early one.' });
  expect(models.requests.map(purposeOf)).toEqual(['reason']);
});

it.each(['plan', 'verify', 'compact'])('a plan cannot ask what only the platform asks: %s', async (action) => {
  const step = { id: 'ask', skill: 'Model:v1', action, input: { texts: '{}', input: {}, completed: [] }, why: '' };
  models.follow(() => plans([step], { final: true }));
  const run = await untilAtRest(platform, await runOf(newTraveller()));
  expect(reasonOf(run)).toContain('is asked by the platform itself');
  const response = await platform.call('POST', '/v1/runs', { agent: 'trip-planner', plan: { steps: [step] } });
  expect(response.status).toBe(422);
});
