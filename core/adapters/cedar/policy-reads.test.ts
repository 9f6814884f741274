import { describe, expect, it } from 'vitest';
import { cedarEngine } from './engine.ts';
import { actionsNamedIn, readsOf, visiblePart } from './policy-reads.ts';

const context = {
  now: 5,
  approved: false,
  input: { amountCents: 1, note: 'n', to: { iban: 'DE02', country: 'DE' }, tags: ['a'], 'two words': true },
};

function parsed(condition: string) {
  const answer = cedarEngine().policyToJson(`forbid(principal, action, resource) when { ${condition} };`);
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  return answer.json;
}
const seenBy = (...conditions: readonly string[]) => visiblePart(context, readsOf(conditions.map(parsed)));

describe('a policy is shown', () => {
  it.each([
    ['principal == Agent::"a"', {}],
    ['context.now > 3', { now: 5 }],
    ['context.input.to.country == "DE"', { input: { to: { country: 'DE' } } }],
    ['context.input has to && context.input.to has country', { input: { to: { country: 'DE' } } }],
    ['context.input has to.country', { input: { to: { country: 'DE' } } }],
    ['context.input has to', { input: { to: {} } }],
    ['context["input"]["two words"]', { input: { 'two words': true } }],
    ['context.input.tags.contains("a")', { input: { tags: ['a'] } }],
    ['context.input has absent', { input: {} }],
  ])('no more than it looks at: %s', (condition, seen) => {
    expect(seenBy(condition)).toEqual(seen);
  });

  it.each([
    ['context.input == {"amountCents": 1}', { input: context.input }],
    ['[context.input.to].contains({"iban": "DE02"})', { input: { to: context.input.to } }],
    ['(if context.approved then context.input else {}) has note', { approved: false, input: context.input }],
    ['context == {"now": 5}', context],
    ['{"k": context}.k.approved', context],
    ['{"Var": 1, ".": context} has a', context],
  ])('the whole of what it compares or passes on: %s', (condition, seen) => {
    expect(seenBy(condition)).toEqual(seen);
  });

  it('what any policy of its set looks at', () => {
    expect(seenBy('context.input has to', 'context.input.to.iban == "x"', 'context.approved')).toEqual({
      approved: false,
      input: { to: { iban: 'DE02' } },
    });
  });
});

it('what is not understood counts as a look at everything', () => {
  const unheardOf = {
    conditions: [{ kind: 'when', body: { shuffle: [{ '.': { left: { Var: 'context' }, attr: 7 } }] } }],
  };
  expect(readsOf([unheardOf as never])).toBe('everything');
});

it('actions are named by their ids, and by the word action', () => {
  const { conditions } = parsed(
    'action in Action::"A:v1" || [Action::"B:v1/x"].contains(action) || principal == Agent::"C"',
  );
  expect(actionsNamedIn(conditions, 'A:v1/pay').toSorted()).toEqual(['A:v1', 'A:v1/pay', 'A:v1/pay', 'B:v1/x']);
});
