import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BreakerView } from '../../core/contract/api.ts';
import { Problem } from '../../core/contract/problems.ts';
import { holdfast } from './command.ts';
import { startPlatform } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

const at = '2026-11-27T10:00:00.000Z';
const closed: BreakerView = {
  ...{ breakerId: 'hotel-api', kind: 'dependency', dependency: 'hotel-api', usedBy: ['HotelBooking:v1'] },
  ...{ state: 'closed', since: at, calls: 6, failures: 2 },
};
const open: BreakerView = {
  ...{ breakerId: 'mail', kind: 'dependency', dependency: 'mail', usedBy: ['Email:v1'], state: 'open' },
  ...{ since: at, openUntil: '2026-11-27T10:00:30.000Z', calls: 0, failures: 0 },
};
const modelId = 'model:openai:gpt/small';
const isolated: BreakerView = {
  ...{ breakerId: modelId, kind: 'model', dependency: 'openai:gpt/small', usedBy: ['writer'], state: 'isolated' },
  ...{
    since: at,
    calls: 0,
    failures: 0,
    byHand: { act: 'isolated', by: 'ada', reason: 'wrong \u001b[31manswers', at },
  },
};

let platform: ScriptedPlatform;
let items: BreakerView[] = [closed, open, isolated];
beforeAll(async () => {
  platform = await startPlatform({
    listBreakers: () => ({ items, nextCursor: null }),
    isolateBreaker: () => isolated,
    closeBreaker: ({ segment }) => {
      if (segment === 'none') throw new Problem('unknown-breaker', "There is no breaker 'none'.");
      return closed;
    },
  });
});
afterAll(() => platform.stop());

const breakers = (...args: readonly string[]) =>
  holdfast(['breakers', ...args], { env: { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' } });

it('holdfast breakers shows each with its state, what failed, and what a person said', async () => {
  const { exitCode, stdout } = await breakers();
  expect(exitCode).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));
  expect(lines[0]).toEqual(['BREAKER', 'STATE', 'SINCE', 'FAILED', 'USED BY', 'NOTE']);
  expect(lines[1]).toEqual(['hotel-api', 'closed', at, '2 of 6', 'HotelBooking:v1']);
  expect(lines[2]).toEqual(['mail', 'open', at, 'Email:v1', 'tried again at 2026-11-27T10:00:30.000Z']);
  expect(lines[3]?.slice(0, 4)).toEqual([modelId, 'isolated', at, 'writer']);
  expect(stdout).toContain('isolated by ada: wrong');
  expect(stdout).not.toContain('\u001b[31m');
});

it('holdfast breakers list --json is what the API says, and says when there is none', async () => {
  expect(JSON.parse((await breakers('list', '--json')).stdout)).toEqual({ items, nextCursor: null });
  items = [];
  const { exitCode, stdout, stderr } = await breakers();
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(stderr).toContain('No skill declares a dependency, and no agent has a model');
});

it('holdfast breakers isolate and close name the breaker and give the reason', async () => {
  const answer = await breakers('isolate', modelId, '--reason', 'wrong answers');
  expect(answer).toMatchObject({ exitCode: 0, stdout: `Breaker ${modelId} is isolated\n` });
  expect(platform.received.at(-1)).toMatchObject({ operation: 'isolateBreaker', body: { reason: 'wrong answers' } });
  const again = await breakers('close', 'hotel-api', '--reason', 'repaired', '--json');
  expect(JSON.parse(again.stdout)).toEqual(closed);
  expect(platform.received.at(-1)).toMatchObject({ operation: 'closeBreaker', segment: 'hotel-api' });
});

it('holdfast breakers wants a reason, and says when there is no such breaker', async () => {
  const { exitCode, stderr } = await breakers('isolate', 'hotel-api');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--reason <text>');
  const unknown = await breakers('close', 'none', '--reason', 'repaired');
  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.stderr).toContain("There is no breaker 'none'.");
});
