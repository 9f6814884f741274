import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineAction, defineSkill } from '../core/sdk/index.ts';
import { clerk, deskSkill, DeskService } from '../test/fixtures/travel-desk.ts';
import { effectsOf, expectCompensations, expectEffects, ExpectationError, expectStatus, runAgent } from './index.ts';
import type { AgentRun, AgentRunResult, EffectCall } from './index.ts';

const run = (options: Partial<AgentRun> = {}): Promise<AgentRunResult> =>
  runAgent({
    ...{ agent: clerk, skills: [deskSkill], playbook: 'everything', input: { what: 'a room' } },
    ...{ http: new DeskService().http },
    ...options,
  });

function messageOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof ExpectationError) return error.message;
    throw error;
  }
  throw new Error('Nothing was wrong.');
}

describe('an expectation that is not met', () => {
  it('says what was expected, what was, and how it came to that', async () => {
    const result = await run({ faults: [{ at: 'Desk:v1/reserve', fault: 'apply-then-drop' }] });
    const status = messageOf(() => expectStatus(result, 'completed'));
    expect(status).toContain('Expected the run to be completed, but it is escalated.');
    expect(status).toMatch(/reserve \(Desk:v1\/reserve\) inDoubt, 1 attempt[\s\S]*fault\.applied reserve/);
    const times = messageOf(() => expectEffects(result, { 'Desk:v1/reserve': 'never' }));
    expect(times).toContain('Expected Desk:v1/reserve to take effect never, but it did, or may have, once.');
    expect(times).toContain('step reserve, attempt 1: took effect');
    const misspelt = messageOf(() => expectEffects(result, { 'Desk:v1/resrve': 'once' }));
    expect(misspelt).toContain(
      'It was not called. Called were Desk:v1/look, Desk:v1/charge, Desk:v1/book, Desk:v1/reserve.',
    );
    expect(messageOf(() => expectCompensations(result, { 'Desk:v1/book': 2 }))).toContain(
      'Expected the compensation of Desk:v1/book to take effect 2 times',
    );
  });

  it('names faults that never applied, unless they need not', async () => {
    const fault = { at: 'Desk:v1/book', attempt: 7, fault: 'hang' } as const;
    const result = await run({ faults: [fault] });
    expect(messageOf(() => expectStatus(result, 'completed'))).toMatch(/never applied:\n.*"attempt":7/);
    expect(messageOf(() => expectEffects(result, {}))).toContain('The test is about less than it says');
    expect(() => expectStatus({ ...result, unusedFaults: [{ ...fault, optional: true }] }, 'completed')).not.toThrow();
  });

  it('finds an effect that was sent twice', async () => {
    const result = await run();
    const [booked] = effectsOf(result, 'Desk:v1/book');
    const twice: EffectCall[] = booked ? [...result.effects, { ...booked, attempt: 2 }] : [];
    expect(messageOf(() => expectEffects({ ...result, effects: twice }, { 'Desk:v1/book': 'once' }))).toMatch(
      /Desk:v1\/book was sent 2 times under one effect key, and its service does not deduplicate \(class Q\)/,
    );
    const charged = effectsOf(result, 'Desk:v1/charge').map((one) => ({ ...one, attempt: 2 }));
    const effects = [...result.effects, ...charged];
    expect(() => expectEffects({ ...result, effects }, { 'Desk:v1/charge': 'once' })).not.toThrow();
  });
});

it('tries of one effect that were proven to do nothing do not count', async () => {
  const result = await run({
    ...{ playbook: 'reserve' },
    faults: [{ at: 'Desk:v1/reserve', attempt: [1, 2], fault: { status: 429, retryAfterSeconds: 5 } }],
  });
  expectStatus(result, 'completed');
  expectEffects(result, { 'Desk:v1/reserve': 1 });
  expect(effectsOf(result, 'Desk:v1/reserve').map(({ applied }) => applied)).toEqual(['no', 'no', 'yes']);
});

it('tries that a lookup or a person has found to have done nothing do not count', async () => {
  const reset = { connection: 'reset' } as const;
  const booked = await run({ playbook: 'book', faults: [{ at: 'Desk:v1/book', fault: reset }] });
  expect(effectsOf(booked, 'Desk:v1/book').map(({ applied }) => applied)).toEqual(['unknown', 'yes']);
  expectEffects(booked, { 'Desk:v1/book': 'once' });
  const doubtful = await run({ playbook: 'reserve', faults: [{ at: 'Desk:v1/reserve', fault: reset }] });
  expectEffects(doubtful, { 'Desk:v1/reserve': 'once' });
  const denied = await run({
    ...{ playbook: 'reserve', faults: [{ at: 'Desk:v1/reserve', fault: reset }] },
    people: ({ kind }) => (kind === 'inDoubt' ? { resolution: 'attest', happened: false } : undefined),
  });
  expectEffects(denied, { 'Desk:v1/reserve': 'never' });
});

it('a fault of an output that every answer fits is refused', async () => {
  const open = defineSkill({
    ...{ id: 'Desk:v1', release: '1.0.0', description: 'Anything.' },
    actions: {
      look: defineAction({
        ...{ description: 'Anything.', input: z.strictObject({ what: z.string() }), output: z.unknown() },
        run: () => Promise.resolve(null),
      }),
    },
  });
  const faults = [{ at: 'Desk:v1/look', fault: 'wrong-output' }] as const;
  const agent = { ...clerk, playbooks: {} };
  await expect(run({ agent, skills: [open], playbook: 'look', faults })).rejects.toThrow(
    /every answer fits the output/,
  );
});
