import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { FailingRun } from '../../test/fixtures/failing-run.ts';
import type { JsonObject } from '../model/json.ts';
import type { ActionDefinition, LookupAnswer } from '../model/skill.ts';

const asked = { city: 'Rome' };
const output = z.object({ city: z.string() });
const check: ActionDefinition['check'] = (_input, given: JsonObject) =>
  given['city'] === 'Rome' ? [] : ['another city was booked'];

/** A run of one step whose provider answers Oslo at first, and then, or when it is looked at, something else. */
async function played(more: Partial<ActionDefinition>, later: JsonObject = { city: 'Oslo' }) {
  const run: FailingRun = new FailingRun({
    provider: (_sent, call) => (call === 1 ? { city: 'Oslo' } : later),
    skills: [],
  });
  const action = run.action('Desk:v1/book', { output, check: check as never, ...more });
  const real = new FailingRun({
    plan: [{ id: 'book', skill: 'Desk:v1', action: 'book', input: asked }],
    provider: () => ({}),
    skills: [run.skill('Desk:v1', { book: action })],
  });
  await real.start();
  return { decision: await real.play(), sent: run.sent };
}

const Q = { effect: { class: 'Q', settleMs: 5_000 } } as const;
const found = (answer: LookupAnswer<unknown>): Partial<ActionDefinition> => ({ ...Q, lookup: async () => answer });

describe('what was answered and is not what was promised', () => {
  it('is looked at once more, and counts as done when it has come true by then', async () => {
    const { decision, sent } = await played(found({ found: true, output: { city: 'Rome' } }));
    expect(decision).toMatchObject({ next: 'done', status: 'completed' });
    expect(sent).toHaveLength(1);
  });

  it('is in doubt when it has not, and is never done again', async () => {
    const { decision, sent } = await played(found({ found: true, output: { city: 'Oslo' } }));
    const failure = { class: 'postconditionFailed', message: 'another city was booked' };
    expect(decision).toMatchObject({ next: 'human', notice: { kind: 'inDoubt', failure } });
    expect(sent).toHaveLength(1);
  });

  it('is in doubt, too, when the provider knows nothing of it', async () => {
    const { decision, sent } = await played(found({ found: false }));
    expect(decision).toMatchObject({
      next: 'human',
      notice: { kind: 'inDoubt', failure: { class: 'postconditionFailed' } },
    });
    expect(sent).toHaveLength(1);
  });

  it('is in doubt at once where nobody can be asked', async () => {
    const { decision, sent } = await played({});
    expect(decision).toMatchObject({
      next: 'human',
      notice: { kind: 'inDoubt', failure: { class: 'postconditionFailed' } },
    });
    expect(sent).toHaveLength(1);
  });

  it('is read once more where reading changes nothing, and no more than once', async () => {
    const pure = { effect: { class: 'P' } } as const;
    const well = await played(pure, { city: 'Rome' });
    expect(well.decision).toMatchObject({ next: 'done', status: 'completed' });
    expect(well.sent).toHaveLength(2);
    const still = await played(pure);
    expect(still.decision).toMatchObject({ next: 'human', notice: { failure: { class: 'postconditionFailed' } } });
    expect(still.sent).toHaveLength(2);
  });
});
