import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../core/contract/problems.ts';
import { emptyFolder, holdfast } from './command.ts';
import { escalationId, runId, runView, platformsOfTests, stepView } from './platform.ts';

const platformWith = platformsOfTests();
const accept = () => ({ runId, status: 'running' }) as const;
const resolve = ['inbox', 'resolve', escalationId];

describe('inbox resolve', () => {
  it('sends what the options say, with the output as JSON or from a file', async () => {
    const { platform, env } = await platformWith({ resolveEscalation: accept });
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'car.json'), '{"reservationId":"c-1"}');
    const ended = await holdfast([...resolve, '--attest', 'not-happened', '--reason', 'asked them'], { env });
    expect(ended).toMatchObject({ exitCode: 0, stdout: `Run ${runId} is running\n`, stderr: '' });
    const happened = [...resolve, '--attest', 'happened', '--reason', 'seen', '--output'];
    await holdfast([...happened, '{"reservationId":"c-1"}', '--json'], { env });
    await holdfast([...happened, 'car.json'], { env, cwd });
    const said = { resolution: 'attest', happened: true, reason: 'seen', output: { reservationId: 'c-1' } };
    expect(platform.received.map(({ segment, body }) => [segment, body])).toEqual([
      [escalationId, { resolution: 'attest', happened: false, reason: 'asked them' }],
      [escalationId, said],
      [escalationId, said],
    ]);
  });

  it('follows the run with --watch, and exits as the run ends', async () => {
    const { env } = await platformWith({
      resolveEscalation: accept,
      showRun: () => runView({ status: 'completed', output: { text: 'All booked.' } }),
    });
    const ended = await holdfast([...resolve, '--attest', 'not-happened', '--reason', 'x', '--watch'], { env });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toContain('All booked.');
  });

  it('tells why an attest was refused, and exits with 2', async () => {
    const { env } = await platformWith({
      resolveEscalation: () => {
        throw new Problem('invalid-output', 'The output does not fit.', {
          problems: [{ stepId: 'car', path: 'output.days', message: 'expected number' }],
        });
      },
    });
    const ended = await holdfast([...resolve, '--attest', 'happened', '--reason', 'x'], { env });
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr.split('\n').slice(0, 3)).toEqual([
      'error: invalid-output: The output does not fit.',
      '  - step car, output.days: expected number',
      '  See docs/errors/invalid-output.md',
    ]);
  });

  it.each([
    [resolve],
    [[...resolve, '--attest', 'happened']],
    [[...resolve, '--reason', 'x']],
    [[...resolve, '--attest', 'maybe', '--reason', 'x']],
    [[...resolve, '--attest', 'happened', '--output', '{"a":', '--reason', 'x']],
    [['inbox', 'resolve', 'the-first', '--attest', 'happened', '--reason', 'x']],
  ])('used wrongly exits with 2 and asks nothing of the platform: %j', async (args) => {
    const { platform, env } = await platformWith({});
    const ended = await holdfast(args, { env });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error: /);
    expect(platform.received).toEqual([]);
  });
});

describe('a run that waits with a step in doubt', () => {
  const waitingFor = { kind: 'human', escalationId, escalation: 'inDoubt', reason: 'unknown outcome' } as const;
  const waiting = (effectClass: 'N' | 'Q') =>
    runView({
      status: 'escalated',
      waitingFor,
      steps: [stepView({ id: 'car', status: 'inDoubt', effectClass, skill: 'CarDesk:v1', action: 'reserve' })],
    });
  const attest = `holdfast inbox resolve ${escalationId} --attest`;

  it.each([[['show', runId]], [['show', runId, '--watch']]])('names the commands that attest it: %j', async (args) => {
    const { env } = await platformWith({ showRun: () => waiting('N') });
    const { stdout } = await holdfast(args, { env });
    expect(stdout).toContain(`  ${attest} not-happened --reason 'how you know' --watch\n`);
    expect(stdout).toContain(
      `  ${attest} happened --output '<JSON: what CarDesk:v1/reserve would have answered>' --reason`,
    );
    expect(stdout).toContain('holdfast skills show CarDesk:v1');
    expect(stdout).not.toContain('holdfast resume');
  });

  it('can also be resumed where the provider can be asked', async () => {
    const { env } = await platformWith({ showRun: () => waiting('Q') });
    const { stdout } = await holdfast(['show', runId], { env });
    expect(stdout).toContain(`  holdfast resume ${runId} --watch   ask the provider again`);
    expect(stdout).toContain(`${attest} not-happened`);
  });

  it('is told the same by its inbox item', async () => {
    const { env } = await platformWith({
      showEscalation: () => ({
        ...{ escalationId, runId, agent: 'trip-planner', kind: 'inDoubt', status: 'open', reason: 'unknown outcome' },
        openedAt: '2026-01-02T03:04:05.000Z',
      }),
    });
    const { stdout } = await holdfast(['inbox', 'show', escalationId], { env });
    expect(stdout).toContain(`${attest} not-happened`);
    expect(stdout).toContain(`${attest} happened --output`);
  });
});
