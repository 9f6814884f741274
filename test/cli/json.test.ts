import { afterAll, beforeAll, expect, it } from 'vitest';
import * as api from '../../core/contract/api.ts';
import { Problem } from '../../core/contract/problems.ts';
import { holdfast } from './command.ts';
import { escalationId, runId, runView, startPlatform, stepView } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

const steps = [stepView({ id: 'hotel', status: 'completed', output: { stars: 4 } })];
const completed = runView({ status: 'completed', steps, output: { text: 'done \u009b2J\u202e' } });
const escalation = {
  escalationId,
  runId,
  agent: 'trip-planner',
  kind: 'failure',
  status: 'open',
  reason: 'no rooms',
  openedAt: '2026-01-02T03:04:05.000Z',
} as const;
const action = { name: 'book', description: 'Book.', timeoutSeconds: 10, maxAttempts: 3 };
const skill = { id: 'HotelBooking:v1', release: '1.0.0', description: 'Books hotels.' };
const summary = { ...skill, actions: [{ ...action, effect: { class: 'Q', settleMs: 1_000 } as const }] };

let platform: ScriptedPlatform;
beforeAll(async () => {
  const accepted = () => ({ runId, status: 'running' }) as const;
  platform = await startPlatform({
    startRun: accepted,
    resumeRun: accepted,
    cancelRun: ({ segment }) => {
      if (segment === runId) return { runId, status: 'canceled' };
      throw new Problem('unknown-run', `There is no run '${segment}'.`);
    },
    showRun: () => completed,
    listRuns: () => ({
      items: [{ runId, agent: 'trip-planner', status: 'completed', createdAt: completed.createdAt }],
      nextCursor: 'next',
    }),
    listSkills: () => ({ items: [summary], nextCursor: null }),
    showSkill: () => ({
      ...skill,
      skillHash: 'abc',
      actions: [{ ...action, effect: { class: 'P' }, input: { type: 'object' }, output: {} }],
    }),
    listAgents: () => ({
      items: [{ name: 'trip-planner', description: 'Plans.', grants: [], deadlineSeconds: 60, playbooks: [] }],
      nextCursor: null,
    }),
    showSpend: ({ query }) => ({
      by: query['by'] === 'model' ? 'model' : 'agent',
      from: query['from'] ?? '2026-11-01',
      to: '2026-11-30',
      items: [{ key: 'trip-planner', usdMicros: 12_500, usd: '0.0125', tokens: 900, calls: 3 }],
      total: { usdMicros: 12_500, usd: '0.0125', tokens: 900, calls: 3 },
    }),
    listEscalations: () => ({ items: [escalation], nextCursor: null }),
    showEscalation: () => escalation,
  });
});
afterAll(() => platform.stop());

const run = (args: readonly string[]) =>
  holdfast([...args, '--json'], { env: { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' } });

it.each([
  [['run', 'trip-planner', '--goal', 'a trip'], api.runAccepted],
  [['run', 'trip-planner', '--goal', 'a trip', '--watch'], api.runView],
  [['runs'], api.runPage],
  [['show', runId], api.runView],
  [['show', runId, '--watch'], api.runView],
  [['cancel', runId], api.runAccepted],
  [['resume', runId], api.runAccepted],
  [['resume', runId, '--watch'], api.runView],
  [['skills'], api.skillPage],
  [['skills', 'list'], api.skillPage],
  [['skills', 'show', 'HotelBooking:v1'], api.skillView],
  [['agents'], api.agentPage],
  [['spend', '--by', 'model', '--from', '2026-11-27'], api.spendView],
  [['inbox'], api.escalationPage],
  [['escalations', 'list'], api.escalationPage],
  [['inbox', 'show', escalationId], api.escalationView],
])('%j with --json prints the document of the API and nothing else on stdout', async (args, schema) => {
  const ended = await run(args);
  expect(ended.exitCode).toBe(0);
  expect(schema.safeParse(JSON.parse(ended.stdout))).toMatchObject({ success: true });
});

it('the progress of --watch goes to stderr', async () => {
  const ended = await run(['show', runId, '--watch']);
  expect(ended.stderr).toContain('completed  hotel  HotelBooking:v1/book');
  expect(JSON.parse(ended.stdout)).toEqual(completed);
});

it('the document holds no character that a terminal would obey, and is equal in value', async () => {
  const ended = await run(['show', runId]);
  expect(ended.stdout).toMatch(/^[\n\x20-\x7e]+$/);
  expect(JSON.parse(ended.stdout)).toEqual(completed);
});

it('a problem is one document too, with the answer of the API in it', async () => {
  const ended = await run(['cancel', 'run-01hzy3v8m6n7p8q9r0s1t2v3w5']);
  expect(ended.exitCode).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    error: { exitCode: 2, problem: { code: 'unknown-run', status: 404 } },
  });
  expect(ended.stderr).toContain('error: unknown-run');
});

it('wrong use is one document too', async () => {
  const ended = await run(['show', 'latest']);
  expect(ended.exitCode).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    error: { exitCode: 2, message: expect.stringContaining('latest') },
  });
});
