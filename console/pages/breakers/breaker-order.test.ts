import { describe, expect, test } from 'vitest';
import type { BreakerView } from '../../../core/contract/breaker-api.ts';
import { inOrder, matching } from './breaker-order.ts';

const breaker = (dependency: string, state: BreakerView['state'], usedBy: string[] = []): BreakerView => ({
  ...{ breakerId: dependency, kind: 'dependency', dependency, usedBy, state, calls: 0, failures: 0 },
});

describe('the list of breakers', () => {
  test('begins with those that let no call through', () => {
    const given = [breaker('a', 'closed'), breaker('d', 'open'), breaker('c', 'open'), breaker('b', 'isolated')];
    expect(inOrder(given).map(({ dependency }) => dependency)).toEqual(['b', 'c', 'd', 'a']);
  });

  test('is searched by name and by user, whatever the case', () => {
    const given = [breaker('Hotels', 'closed'), breaker('flights', 'closed', ['Travel:v1'])];
    expect(matching(given, ' hotel ').map(({ dependency }) => dependency)).toEqual(['Hotels']);
    expect(matching(given, 'travel').map(({ dependency }) => dependency)).toEqual(['flights']);
    expect(matching(given, '')).toEqual(given);
  });
});
