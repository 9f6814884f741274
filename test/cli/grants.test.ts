import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GrantedAction, GrantsPage } from '../../core/contract/api.ts';
import { Problem } from '../../core/contract/problems.ts';
import { holdfast } from './command.ts';
import { startPlatform } from './platform.ts';
import type { ScriptedPlatform } from './platform.ts';

const charge: GrantedAction = {
  ...{ skill: 'Billing:v1', action: 'charge', decision: 'allowed' },
  because: [
    {
      id: 'grant:senior<billing:Billing:v1/charge',
      effect: 'permits',
      applies: 'always',
      inheritedFrom: 'billing',
      inWords: [],
    },
  ],
};
const refund: GrantedAction = {
  ...{ skill: 'Billing:v1', action: 'refund', decision: 'depends', mayBe: ['approval', 'denied'] },
  sensitive: ['to'],
  because: [
    { id: 'house.cedar#freeze', effect: 'forbids', applies: 'untilApproved', inWords: ['Frozen \u001b[31m'] },
    { id: 'grant:senior:Billing:v1/refund', effect: 'permits', applies: 'depends', inWords: ['amountCents <= 5'] },
  ],
};
const none: GrantedAction = { skill: 'Text:v1', action: 'join', decision: 'denied', because: [] };
const first: GrantsPage = { items: [{ agent: 'idle', extends: [], actions: [none] }], nextCursor: 'second' };
const second: GrantsPage = {
  items: [{ agent: 'senior', extends: ['billing'], actions: [charge, refund, none] }],
  nextCursor: null,
};

let platform: ScriptedPlatform;
beforeAll(async () => {
  platform = await startPlatform({
    listGrants: ({ query }) => {
      if (query['agent'] === 'nobody') throw new Problem('unknown-agent', "There is no agent 'nobody'.");
      return query['cursor'] === 'second' ? second : first;
    },
  });
});
afterAll(() => platform.stop());

const grants = (...args: readonly string[]) =>
  holdfast(['grants', ...args], { env: { HOLDFAST_URL: platform.url, HOLDFAST_TOKEN: 'a.b.c' } });

it('holdfast grants shows what each agent may do and why, of every page, and counts what nothing speaks of', async () => {
  const { exitCode, stdout, stderr } = await grants();
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['AGENT', 'ACTION', 'DECISION', 'WHY'],
    ['senior', 'Billing:v1/charge', 'allowed', 'grant:senior<billing:Billing:v1/charge from billing permits'],
    [
      ...['senior', 'Billing:v1/refund', 'depends (approval or denied)'],
      expect.stringMatching(
        /^house\.cedar#freeze forbids until approved: Frozen .*; grant:senior:Billing:v1\/refund permits by arguments: amountCents <= 5; approval unless to is trusted$/,
      ),
    ],
  ]);
  expect(stdout).not.toContain('\u001b[31m');
  expect(stderr).toContain('2 more are denied: no grant speaks of them. Show them with --all.');
});

it('holdfast grants --all shows them too, and --json every page in one document', async () => {
  const { stdout, stderr } = await grants('--all');
  expect(stdout).toContain('no grant speaks of it');
  expect(stderr).toBe('');
  const { stdout: document } = await grants('--json');
  expect(JSON.parse(document)).toEqual({ items: [...first.items, ...second.items], nextCursor: null });
});

it('holdfast grants <agent> asks for that one, and says when there is none', async () => {
  await grants('senior');
  expect(platform.received.at(-1)?.query).toMatchObject({ agent: 'senior' });
  const { exitCode, stderr } = await grants('nobody');
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("There is no agent 'nobody'.");
});
