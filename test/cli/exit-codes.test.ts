import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { Problem } from '../../core/contract/problems.ts';
import { holdfast } from './command.ts';
import { escalationId, portOf, runId, runView, startPlatform, stepView } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';
import type { RunView } from '../../core/contract/api.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const platform of open.splice(0)) await platform.stop();
});

async function platformWith(...script: Parameters<typeof startPlatform>): Promise<ScriptedPlatform> {
  const platform = await startPlatform(...script);
  open.push(platform);
  return platform;
}

const environment = ({ url }: { readonly url: string }) => ({ HOLDFAST_URL: url, HOLDFAST_TOKEN: 'a.b.c' });
const accepted = () => ({ runId, status: 'pending' }) as const;

async function watched(run: RunView) {
  const platform = await platformWith({ startRun: accepted, showRun: () => run });
  return holdfast(['run', 'trip-planner', '--playbook', 'book-trip', '--watch'], { env: environment(platform) });
}

it('a completed run prints the text of its output and exits with 0', async () => {
  const ended = await watched(runView({ status: 'completed', output: { text: 'Day 1: Lisbon\n\tHotel Sol\n' } }));
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatch(/\n\nDay 1: Lisbon\n\tHotel Sol\n$/);
});

it('an output without a text is printed as JSON', async () => {
  const ended = await watched(runView({ status: 'completed', output: { nights: 3 } }));
  expect(ended.exitCode).toBe(0);
  expect(ended.stdout).toMatch(/\{\n {2}"nights": 3\n\}\n$/);
});

it.each(['failed', 'declined', 'canceled'] as const)('a %s run tells why and exits with 1', async (status) => {
  const steps = [stepView({ id: 'hotel', status: 'failed', failure: { class: 'bug', message: 'no rooms' } })];
  const ended = await watched(runView({ status, ending: 'the reason', steps }));
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout).toContain(`${status}: the reason`);
  expect(ended.stdout).toContain('step hotel (HotelBooking:v1/book) is failed: bug: no rooms');
});

it('an escalated run tells why, which step and what to do next, and exits with 3', async () => {
  const failed = stepView({ id: 'hotel', status: 'failed', failure: { class: 'dependencyDown', message: 'HTTP 500' } });
  const ended = await watched(
    runView({
      status: 'escalated',
      waitingFor: { kind: 'human', escalationId, escalation: 'inDoubt', reason: 'the hotel cannot be booked' },
      steps: [failed],
    }),
  );
  expect(ended.exitCode).toBe(3);
  expect(ended.stdout).toContain('waiting for a person: the hotel cannot be booked');
  expect(ended.stdout).toContain('step hotel (HotelBooking:v1/book) is failed: dependencyDown: HTTP 500');
  expect(ended.stdout).toContain(`holdfast resume ${runId}`);
  expect(ended.stdout).toContain(`holdfast inbox show ${escalationId}`);
});

it('nobody is told to resume a run of which only a step in doubt is open', async () => {
  const steps = [stepView({ id: 'car', status: 'inDoubt', failure: { class: 'inDoubt', message: 'connection lost' } })];
  const waitingFor = { kind: 'human', escalationId, escalation: 'inDoubt', reason: 'unknown outcome' } as const;
  const ended = await watched(runView({ status: 'escalated', waitingFor, steps }));
  expect(ended.exitCode).toBe(3);
  expect(ended.stdout).toContain('step car (HotelBooking:v1/book) is in doubt');
  expect(ended.stdout).not.toContain('holdfast resume');
});

it('a rejected plan is shown with its code, each problem and the page about it, and exits with 2', async () => {
  const platform = await platformWith({
    startRun: () => {
      throw new Problem('plan-rejected', 'The plan has 2 problems.', {
        problems: [
          { code: 'unknownSkill', stepId: 'hotel', message: "There is no skill 'Hotl:v1'." },
          { code: 'missingInput', stepId: 'car', path: 'input.days', message: "there is no 'days'" },
        ],
      });
    },
  });
  const ended = await holdfast(['run', 'trip-planner', '--plan', '{"steps":[]}'], { env: environment(platform) });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr.split('\n')).toEqual([
    'error: plan-rejected: The plan has 2 problems.',
    "  - unknownSkill: step hotel: There is no skill 'Hotl:v1'.",
    "  - missingInput: step car, input.days: there is no 'days'",
    '  See docs/errors/plan-rejected.md',
    '',
  ]);
});

it.each([
  [['run']],
  [['fly']],
  [['run', 'trip-planner', '--playbok', 'x']],
  [['runs', '--limit', '0']],
  [['runs', '--limit', 'many']],
  [['show', 'latest']],
  [['skills', 'show', 'HotelBooking']],
  [['run', 'trip-planner', '--label', 'novalue']],
  [['run', 'trip-planner', '--input', '{"a":']],
  [['run', 'trip-planner', '--input', 'no-such-file.json']],
  [['token', '--expires', 'soon']],
  [['token', '--scopes', 'everything']],
  [['start', '--port', '99999']],
])('wrong use exits with 2 and a message, and asks nothing of the platform: %j', async (args) => {
  const platform = await platformWith({});
  const ended = await holdfast(args, { env: environment(platform) });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^error: /);
  expect(platform.received).toEqual([]);
});

it('exits with 4 when nothing listens, and says what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${portOf(server)}`;
  await new Promise((resolve) => server.close(resolve));
  for (const token of ['', 'a.b.c']) {
    const ended = await holdfast(['runs'], { env: { HOLDFAST_URL: url, HOLDFAST_TOKEN: token } });
    expect(ended).toMatchObject({ exitCode: 4, stdout: '' });
    expect(ended.stderr).toContain(`The platform at ${url} does not answer (ECONNREFUSED)`);
    expect(ended.stderr).toContain('holdfast start');
  }
});

it('exits with 4 when something else than Holdfast answers', async () => {
  const server = createServer((_, response) => response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  open.push({ stop: () => new Promise((resolve) => server.close(() => resolve())) });
  const env = environment({ url: `http://127.0.0.1:${portOf(server)}` });
  const ended = await holdfast(['runs'], { env });
  expect(ended.exitCode).toBe(4);
  expect(ended.stderr).toContain("does not speak this version of Holdfast's API");
});

it('help and version exit with 0', async () => {
  expect(await holdfast(['--help'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await holdfast(['run', '--help'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await holdfast(['--version'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});
