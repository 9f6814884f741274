import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdfast } from './command.ts';
import { startPlatform } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

const nothing = { usdMicros: 0, usd: '0.00', tokens: 0, calls: 0 };
const item = { key: 'trip-planner', usdMicros: 12_500, usd: '0.0125', tokens: 900, calls: 3 };
const { key: _, ...total } = item;

let platform: ScriptedPlatform;
beforeAll(async () => {
  platform = await startPlatform({
    showSpend: ({ query }) =>
      query['by'] === 'day'
        ? { by: 'day', from: '2026-11-01', to: '2026-11-30', items: [], total: nothing }
        : { by: 'agent', from: '2026-11-01', to: '2026-11-30', items: [item], total },
  });
});
afterAll(() => platform.stop());

const spend = (...args: readonly string[]) =>
  holdfast(['spend', ...args], { env: { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' } });

it('holdfast spend shows a table with a total', async () => {
  const { exitCode, stdout, stderr } = await spend();
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.trim().split(/\s+/))).toEqual([
    ['AGENT', 'USD', 'TOKENS', 'CALLS'],
    ['trip-planner', '0.0125', '900', '3'],
    ['total', '0.0125', '900', '3'],
  ]);
  expect(stderr).toContain('From 2026-11-01 to 2026-11-30, UTC.');
});

it('holdfast spend asks for the group and the days that it is given, and says when there is nothing', async () => {
  const { exitCode, stdout, stderr } = await spend('--by', 'day', '--from', '2026-11-01', '--to', '2026-11-30');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(stderr).toContain('Nothing was spent on models from 2026-11-01 to 2026-11-30.');
  expect(platform.received.at(-1)?.query).toEqual({ by: 'day', from: '2026-11-01', to: '2026-11-30' });
});

it('holdfast spend says how a day and a group are written', async () => {
  const wrongDay = await spend('--from', 'yesterday');
  expect(wrongDay.exitCode).toBe(2);
  expect(wrongDay.stderr).toContain('A day is written like 2026-11-27');
  const wrongGroup = await spend('--by', 'weather');
  expect(wrongGroup.exitCode).toBe(2);
  expect(wrongGroup.stderr).toContain('agent, tenant, model, day');
});
