import { afterEach, expect, it } from 'vitest';
import type { RunView } from '../../core/contract/api.ts';
import { holdfast, startCommand } from './command.ts';
import { runId, runView, startPlatform, stepView } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

const open: ScriptedPlatform[] = [];
afterEach(async () => {
  for (const platform of open.splice(0)) await platform.stop();
});

async function platformShowing(showRun: () => RunView, port = 0): Promise<ScriptedPlatform> {
  const platform = await startPlatform({ startRun: () => ({ runId, status: 'pending' }), showRun }, port);
  open.push(platform);
  return platform;
}

const environment = ({ url }: ScriptedPlatform) => ({ HOLDFAST_URL: url, HOLDFAST_TOKEN: 'a.b.c' });
const done = runView({ status: 'completed', output: { text: 'All booked.' } });
const withoutTimes = (text: string): string[] => text.split('\n').map((line) => line.replace(/^ *\d+\.\d s {2}/, ''));

it('prints one line for each change of a step and of the run, and none for what stays', async () => {
  const flight = stepView({ id: 'flight', skill: 'FlightBooking:v1', status: 'running' });
  const hotel = stepView({ id: 'hotel', status: 'pending', attempts: 0 });
  const failure = { class: 'transient', message: 'HTTP 500' } as const;
  const views = [
    runView({ status: 'pending', steps: [hotel] }),
    runView({ steps: [flight, hotel] }),
    runView({ steps: [flight, hotel] }),
    runView({
      steps: [
        { ...flight, status: 'completed' },
        { ...hotel, status: 'running', attempts: 2, failure },
      ],
    }),
    runView({ status: 'completed', steps: [stepView({ id: 'hotel', status: 'completed', attempts: 2 })], output: 7 }),
  ];
  const platform = await platformShowing(() => views.shift() ?? done);
  const ended = await holdfast(['run', 'trip-planner', '--playbook', 'p', '--watch'], { env: environment(platform) });
  expect(withoutTimes(ended.stdout)).toEqual([
    `Run ${runId}`,
    `pending  ${runId}  trip-planner`,
    `running  ${runId}  trip-planner`,
    'running    flight  FlightBooking:v1/book',
    'completed  flight  FlightBooking:v1/book',
    'running    hotel  HotelBooking:v1/book, attempt 2: transient: HTTP 500',
    'completed  hotel  HotelBooking:v1/book, attempt 2',
    `completed  ${runId}  trip-planner`,
    '',
    '7',
    '',
  ]);
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
});

it('tells of steps that came and went between two looks', async () => {
  const long = (over: number, total: number, id: string): RunView => {
    const view = runView({ steps: [stepView({ id, status: 'running' })] });
    return { ...view, steps: { ...view.steps, over, total } };
  };
  const views = [long(0, 10, 's1'), long(300, 310, 's301')];
  const platform = await platformShowing(() => views.shift() ?? done);
  const ended = await holdfast(['show', runId, '--watch'], { env: environment(platform) });
  expect(withoutTimes(ended.stdout)).toContain('300 more steps over (300 of 310 planned)');
});

it('outlives a restart of the platform, and says so', async () => {
  const first = await platformShowing(() => runView({}));
  const command = startCommand(['show', runId, '--watch'], { env: environment(first) });
  await command.saw('running');
  open.splice(0);
  await first.stop();
  await command.saw('does not answer');
  await platformShowing(() => done, first.port);
  const ended = await command.ended;
  expect(ended.exitCode).toBe(0);
  expect(withoutTimes(ended.stdout).filter((line) => line === 'The platform answers again.')).toHaveLength(1);
  expect(ended.stdout).toContain('All booked.');
});

it('Ctrl-C ends the watching, says that the run goes on, and how to look again', async () => {
  const platform = await platformShowing(() => runView({}));
  const command = startCommand(['show', runId, '--watch'], { env: environment(platform) });
  await command.saw('running');
  command.child.kill('SIGINT');
  const ended = await command.ended;
  expect(ended.exitCode).toBe(130);
  expect(ended.stderr).toContain('the run goes on');
  expect(ended.stderr).toContain(`holdfast show ${runId} --watch`);
});

it('asks gently while nothing changes', async () => {
  const platform = await platformShowing(() => runView({}));
  const command = startCommand(['show', runId, '--watch'], { env: environment(platform) });
  await command.saw('running');
  const before = platform.received.length;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const asked = platform.received.length - before;
  command.child.kill('SIGKILL');
  await command.ended;
  expect(asked).toBeGreaterThanOrEqual(2);
  expect(asked).toBeLessThanOrEqual(9);
});
