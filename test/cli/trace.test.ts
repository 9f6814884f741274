import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditView, TraceEvent } from '../../core/contract/api.ts';
import { holdfast } from './command.ts';
import { runId, startPlatform } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

const at = '2026-11-28T10:00:00.000Z';
const step = { stepId: 'hotel', skill: 'HotelBooking:v1', action: 'book' };
const planned = {
  ...{ id: 'hotel', skill: step.skill, action: 'book', input: {}, why: '', after: [], optional: false, wave: 1 },
};
const events: TraceEvent[] = [
  {
    ...{ seq: 1, at, revision: 0, type: 'run.started', agent: 'trip-planner', goal: 'a trip \u001b[31mnow' },
    ...{ input: {}, labels: {}, requestedBy: 'ada' },
  },
  {
    ...{ at, author: 'planner', read: 'trusted', final: true, planHash: 'h', unavailable: [], steps: [planned] },
    ...{ seq: 100_001, revision: 1, type: 'plan.created', basedOn: 0, reason: 'the shortest way' },
    diff: { added: ['hotel'], superseded: [], changed: [], output: 'same' },
    considered: { offered: ['HotelBooking:v1'], rejected: [{ reason: 'grant', skills: ['Billing:v1'], count: 3 }] },
    model: {
      ...{ selfReported: true, stepId: 'plan-1', reasoning: 'It fits.' },
      options: [
        { option: 'a hotel', chosen: true, reason: 'It fits.' },
        { option: 'a tent', chosen: false, reason: 'It rains.' },
      ],
    },
  },
  {
    ...{ seq: 100_002, at, revision: 1, type: 'step.failed', ...step, attempts: 1, final: false },
    failure: { class: 'throttled', message: 'come back later' },
  },
  {
    ...{ seq: 100_003, at, revision: 1, type: 'step.completed', ...step, attempts: 2, trust: 'untrusted' },
    ...{ output: { kind: 'inline', value: { ref: 'r1' } }, outputHash: 'h' },
  },
  { seq: 100_004, at, revision: 1, type: 'run.completed' },
];

let platform: ScriptedPlatform;
let audit: AuditView = { runId, status: 'completed', verdict: 'intact', sealed: 5, sealedAt: at, head: 'ab', later: 0 };
beforeAll(async () => {
  platform = await startPlatform({
    auditRun: () => audit,
    showTrace: ({ query }) => {
      if (query['format'] === 'otlp') return { resourceSpans: [] };
      if (query['since'] !== undefined) {
        const told = Number(query['since']);
        const fresh = events.slice(told, told + 2);
        const [since, more] = [String(told + fresh.length), told + fresh.length < events.length];
        return { runId, agent: 'trip-planner', status: 'completed', events: fresh, nextAfter: null, since, more };
      }
      const after = Number(query['after']);
      const rest = events.filter(({ seq }) => seq > after);
      const shown = rest.slice(0, 2);
      const nextAfter = rest.length > shown.length ? (shown.at(-1)?.seq ?? null) : null;
      return { runId, agent: 'trip-planner', status: 'completed', events: shown, nextAfter };
    },
  });
});
afterAll(() => platform.stop());
const env = () => ({ env: { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'token' } });

it('shows what happened, what was chosen and what was not, page after page', async () => {
  const { exitCode, stdout } = await holdfast(['trace', runId], env());
  expect(exitCode).toBe(0);
  for (const text of [
    'plan.created',
    'wave 1: hotel HotelBooking:v1/book',
    'rejected by grant: Billing:v1, and 2 more',
    'rejected (the model says): a tent: It rains.',
    'throttled: come back later',
    'hotel  2 attempts, untrusted: {"ref":"r1"}',
    'run.completed',
  ]) {
    expect(stdout).toContain(text);
  }
  expect(stdout).not.toContain('\u001b[31mnow');
  expect(stdout).toContain('\\x1b[31mnow');
});

it('gives one JSON document, as events or as spans', async () => {
  const json = await holdfast(['trace', runId, '--json'], env());
  expect(JSON.parse(json.stdout)).toEqual({ runId, agent: 'trip-planner', status: 'completed', events });
  const followed = await holdfast(['trace', runId, '--format', 'json', '--follow'], env());
  expect(followed.stdout).toBe(json.stdout);
  const spans = await holdfast(['trace', runId, '--format', 'otlp'], env());
  expect(JSON.parse(spans.stdout)).toEqual({ resourceSpans: [] });
});

it('verifies a run, and succeeds only when it is whole', async () => {
  const whole = await holdfast(['audit', 'verify', runId], env());
  expect(whole).toMatchObject({ exitCode: 0 });
  expect(whole.stdout).toContain('intact');
  audit = {
    ...{ runId, status: 'completed', verdict: 'tampered', sealed: 5, sealedAt: at, head: 'ab', later: 0 },
    first: { position: 3, key: 'step HotelBooking:v1/hotel', type: 'step.completed', problem: 'changed' },
  };
  const broken = await holdfast(['audit', 'verify', runId], env());
  expect(broken.exitCode).toBe(1);
  expect(broken.stdout).toContain('step.completed (step HotelBooking:v1/hotel), number 3 of 5: it was changed');
  const json = await holdfast(['audit', 'verify', runId, '--json'], env());
  expect(JSON.parse(json.stdout)).toEqual(audit);
});
