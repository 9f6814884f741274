import { afterEach, expect, it } from 'vitest';
import { Problem } from '../../core/contract/problems.ts';
import { holdfast } from './command.ts';
import { escalationId, runId, runView, startPlatform, stepView } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

/** Clears the screen, sets the window's title, hides text, turns the direction of writing, starts a new line. */
const hostile = 'x\u001b[2J\u001b]0;owned\u0007\u009b8m\u202ey\r\u0000\nz';
/** What a terminal may be sent when no colours are wanted. */
const harmless = /^[\n\t\x20-\x7e\u2026]*$/;

const steps = [stepView({ id: 'hotel', status: 'failed', why: hostile, failure: { class: 'bug', message: hostile } })];
const waitingFor = { kind: 'human', escalationId, escalation: 'inDoubt', reason: hostile } as const;
const run = {
  goal: hostile,
  input: { text: hostile },
  labels: { a: hostile },
  requestedBy: hostile,
  steps,
} as const;

let platform: ScriptedPlatform;
afterEach(() => platform.stop());

async function shown(script: Parameters<typeof startPlatform>[0], args: readonly string[]) {
  platform = await startPlatform(script);
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' };
  return holdfast(args, { env });
}

const escaped = String.raw`x\x1b[2J\x1b]0;owned\x07\x9b8m\u{202e}y\r\x00`;

it('a run with hostile texts is shown with its control characters visible', async () => {
  const view = runView({ ...run, status: 'escalated', waitingFor });
  const ended = await shown({ showRun: () => view }, ['show', runId]);
  expect(ended.stdout).toMatch(harmless);
  expect(ended.stdout).toContain(String.raw`goal              ${escaped}\nz`);
});

it('so are the lines of a watched run and its end', async () => {
  const view = runView({ ...run, status: 'failed', ending: hostile });
  const ended = await shown({ showRun: () => view }, ['show', runId, '--watch']);
  expect(ended.stdout).toMatch(harmless);
  expect(ended.stdout).toContain(String.raw`failed: ${escaped}\nz`);
});

it('a text output keeps its lines and nothing else', async () => {
  const view = runView({ status: 'completed', output: { text: hostile } });
  const ended = await shown({ showRun: () => view }, ['show', runId, '--watch']);
  expect(ended.stdout).toMatch(harmless);
  expect(ended.stdout).toContain(`\n${escaped}\nz\n`);
});

it('so is a problem', async () => {
  const ended = await shown(
    {
      startRun: () => {
        throw new Problem('plan-rejected', hostile, {
          problems: [{ code: hostile, stepId: hostile, message: hostile }],
        });
      },
    },
    ['run', 'a'],
  );
  expect(ended.stderr).toMatch(harmless);
  expect(ended.stderr).toContain(escaped);
});

it('so are tables, and what the user typed', async () => {
  const escalation = {
    escalationId,
    runId,
    agent: 'a',
    kind: 'failure',
    status: 'open',
    reason: hostile,
    stepId: hostile,
    openedAt: '2026-01-02T03:04:05.000Z',
  } as const;
  const listed = await shown({ listEscalations: () => ({ items: [escalation], nextCursor: null }) }, ['inbox']);
  expect(listed.stdout).toMatch(harmless);
  expect(listed.stdout).toContain(escaped);
  const typed = await holdfast(['show', 'x\u001b[2J']);
  expect(typed.stderr).toMatch(harmless);
  const unknown = await holdfast(['x\u001b[2J']);
  expect(unknown.stderr).toMatch(harmless);
});

it('colours appear when they are asked for, and not with NO_COLOR', async () => {
  const view = runView({ status: 'completed', output: 1 });
  platform = await startPlatform({ showRun: () => view });
  const env = { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' };
  const plain = await holdfast(['show', runId], { env });
  const coloured = await holdfast(['show', runId], { env: { ...env, FORCE_COLOR: '1' } });
  const refused = await holdfast(['show', runId], { env: { ...env, NO_COLOR: '1' } });
  expect(coloured.stdout).toContain('\u001b[32mcompleted\u001b[39m');
  expect(plain.stdout).toMatch(harmless);
  expect(refused.stdout).toBe(plain.stdout);
});
