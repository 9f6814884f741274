import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { holdfast } from './command.ts';
import { escalationId, runId, runView, startPlatform, stepView } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

let platform: ScriptedPlatform;
let env: Record<string, string>;
let status: 'running' | 'compensating' | 'canceled';
const undo = { id: 'undo:car', undoes: 'car', skill: 'CarDesk:v1', action: 'reserve', status: 'inDoubt' } as const;
beforeAll(async () => {
  platform = await startPlatform({
    cancelRun: () => ({ runId, status }),
    showRun: () =>
      runView({
        status: 'escalated',
        waitingFor: { kind: 'human', escalationId, escalation: 'inDoubt', reason: "step 'undo:car' is in doubt" },
        compensation: { at: '2026-01-02T03:04:05.000Z', by: 'ada', reason: 'no trip', ending: 'canceled' },
        steps: [stepView({ id: 'car', status: 'completed' }), stepView(undo)],
      }),
  });
  env = { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' };
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.received.length = 0;
  status = 'running';
});

it('asks for compensation only when it is told to', async () => {
  await holdfast(['cancel', runId], { env });
  await holdfast(['cancel', runId, '--compensate', '--reason', 'wrong dates'], { env });
  expect(platform.received.map(({ body }) => body)).toEqual([{}, { reason: 'wrong dates', compensate: true }]);
});

it.each([
  ['running', [], 'was asked to end; it is running'],
  ['running', ['--compensate'], 'was asked to end and to undo what it has done; it is running'],
  ['compensating', ['--compensate'], 'is compensating: what it has done is being undone'],
  ['compensating', [], 'is compensating: what it has done is being undone'],
  ['canceled', [], 'was asked to end; it is canceled'],
] as const)('says how it stands with a run that is %s (%j)', async (now, options, said) => {
  status = now;
  const ended = await holdfast(['cancel', runId, ...options], { env });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain(said);
});

it('shows what is undone, and asks of a compensation in doubt only whether it happened', async () => {
  const { stdout } = await holdfast(['show', runId], { env });
  expect(stdout).toContain('undo:car');
  expect(stdout).toContain(`inbox resolve ${escalationId} --attest happened --reason 'how you know' --watch`);
  expect(stdout).not.toContain('--output');
});
