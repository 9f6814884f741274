import { expectNoDuplicates, expectStatus, runAgent, storyOf } from 'holdfast/testing';
import type { ActionFaultKind, AgentRun, AgentRunResult } from 'holdfast/testing';
import { describe, expect, it } from 'vitest';
import fulfiller from './agents/fulfiller/agent.ts';
import { Shop } from './shop.ts';
import skill from './skills/shop-v1/skill.ts';

async function fulfil(options: Partial<AgentRun> = {}): Promise<AgentRunResult & { readonly shop: Shop }> {
  const shop = new Shop();
  const result = await runAgent({
    agent: fulfiller,
    skills: [skill],
    playbook: 'fulfil',
    input: { goods: 'a lamp', cents: 4_900 },
    settings: { SHOP_URL: 'http://shop.example' },
    http: shop.http,
    ...options,
  });
  return { ...result, shop };
}

/** What a customer may expect, whatever goes wrong. */
function expectHonest(result: AgentRunResult & { readonly shop: Shop }): void {
  const { stock, till, parcels } = result.shop.books;
  const story = storyOf(result);
  expectNoDuplicates(result);
  expect(stock.length, story).toBeLessThanOrEqual(1);
  expect(till.length, story).toBeLessThanOrEqual(1);
  expect(parcels.length, story).toBeLessThanOrEqual(1);
  // Nothing is paid for that is not there, and nothing leaves unpaid.
  expect(till.length, story).toBeLessThanOrEqual(stock.length);
  expect(parcels.length, story).toBeLessThanOrEqual(till.length);
  if (result.status === 'completed') expect(parcels, story).toHaveLength(1);
  // What did not complete waits for a person, who is told why.
  else expect(result.escalation?.reason, story).toBeTruthy();
}

const faults: ActionFaultKind[] = [
  ...(['hang', 'apply-then-drop', 'crash-before-send', 'crash-after-send', 'wrong-output'] as const),
  ...[{ status: 429, retryAfterSeconds: 30 }, { status: 500 }, { status: 500, applied: true }, { status: 403 }],
  ...(['refused', 'reset', 'dropped'] as const).map((connection) => ({ connection })),
  { throw: new Error('a mistake in the skill') },
];
const actions = ['setAside', 'charge', 'sendParcel'];

describe('an order', () => {
  it('is fulfilled', async () => {
    const result = await fulfil();
    expectStatus(result, 'completed');
    expect(result.output).toEqual({ parcelId: 'parcels-1' });
  });

  it.each(actions.flatMap((action) => faults.map((fault) => ({ action, fault }))))(
    'whose $action meets $fault is honest',
    async ({ action, fault }) => {
      const once = await fulfil({ faults: [{ at: `Shop:v1/${action}`, fault }] });
      expect(once.unusedFaults).toEqual([]);
      expectHonest(once);
      expectHonest(await fulfil({ faults: [{ at: `Shop:v1/${action}`, attempt: 'every', fault }] }));
    },
  );

  it('is honest when the platform dies, at any moment', async () => {
    for (let call = 1; ; call += 1) {
      const result = await fulfil({ faults: [{ crash: { at: 'after', call } }] });
      if (result.unusedFaults.length > 0) break;
      expectHonest(result);
    }
  });

  it('waits for a shop that is closed for the night, and a person only says to try again', async () => {
    const result = await fulfil({
      faults: [{ dependency: 'shop', downFor: '8h' }],
      people: ({ kind }) => (kind === 'failure' || kind === 'inDoubt' ? { resolution: 'resume' } : undefined),
    });
    expectStatus(result, 'completed');
    expectHonest(result);
  });
});
