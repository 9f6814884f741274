import { describe, expect, test } from 'vitest';
import type { Draft } from './decision.ts';
import { decisionOf } from './decision.ts';

const schemas = {
  input: {
    type: 'object',
    properties: { cents: { type: 'integer' } },
    required: ['cents'],
    additionalProperties: false,
  },
  output: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'], additionalProperties: false },
};
const nothing: Draft = { reason: '', happened: undefined, output: '', input: '', instructions: '' };
const decide = (resolution: string, draft: Partial<Draft>, binding?: string) =>
  decisionOf(
    resolution,
    { ...nothing, reason: ' looked at it ', ...draft },
    { schemas, binding, planned: { cents: 1 } },
  );
const bodyOf = (...given: Parameters<typeof decide>) => {
  const decision = decide(...given);
  return decision.state === 'good' ? decision.body : decision.problems;
};

describe('what a person decides', () => {
  test('goes with a reason, and an approval with the digest that was seen', () => {
    const reason = 'looked at it';
    expect(bodyOf('approve', {}, 'abc')).toEqual({ resolution: 'approve', reason, binding: 'abc' });
    expect(bodyOf('compensate', {}, 'abc')).toEqual({ resolution: 'compensate', reason });
    expect(bodyOf('approve', { reason: ' ' })).toEqual({ reason: ['Say why; it goes on record with your name.'] });
    expect(bodyOf('skip', { reason: 'x'.repeat(501) })).toEqual({ reason: ['At most 500 characters.'] });
  });

  test('says of a step in doubt whether it happened, and what it answered only if it did', () => {
    expect(bodyOf('attest', {})).toHaveProperty('happened');
    expect(bodyOf('attest', { happened: false, output: 'no JSON' })).toMatchObject({ happened: false });
    expect(bodyOf('attest', { happened: false })).not.toHaveProperty('output');
    expect(bodyOf('attest', { happened: true, output: '{"id": 7}' })).toEqual({
      output: ['id must be string; it is number'],
    });
    expect(bodyOf('attest', { happened: true, output: '{"id": "7"}' })).toMatchObject({ output: { id: '7' } });
    expect(bodyOf('provide', { output: '{"id": "7"}' })).toMatchObject({ resolution: 'provide', output: { id: '7' } });
  });

  test('gives a step arguments that fit, or references, which nobody knows the value of yet', () => {
    expect(bodyOf('edit', { input: '{"cents": 5}' })).toMatchObject({ input: { cents: 5 } });
    expect(bodyOf('edit', { input: '{"cents": "${steps.a.output.cents}"}' })).toHaveProperty('input.cents');
    expect(bodyOf('edit', { input: '{"cents": "5"}' })).toEqual({ input: ['cents must be integer; it is string'] });
    expect(bodyOf('edit', { input: '{' })).toHaveProperty('input');
    expect(bodyOf('edit', { input: '{ "cents": 1 }' })).toEqual({
      input: ['These are the arguments that it has. Change them, or decide otherwise.'],
    });
  });

  test('tells a model in words what to plan', () => {
    expect(bodyOf('replan', { instructions: ' Take the train. ' })).toMatchObject({ instructions: 'Take the train.' });
    expect(bodyOf('replan', {})).toEqual({ instructions: ['Write what is to be planned.'] });
  });

  test('is taken with a reason alone where the console has no form for it', () => {
    expect(bodyOf('toString', {})).toEqual({ resolution: 'toString', reason: 'looked at it' });
  });
});
