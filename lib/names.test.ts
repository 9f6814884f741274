import { describe, expect, it } from 'vitest';
import { ResourceNames } from './names.ts';

describe('names of resources', () => {
  it('are the prefix, the kind and the name', () => {
    const names = new ResourceNames('bank');
    expect(names.runMachine('clerk')).toBe('bank-run-clerk');
    expect(names.burstMachine('clerk')).toBe('bank-burst-clerk');
    expect(names.skillFunction('car-desk-v1')).toBe('bank-skill-car-desk-v1');
  });

  it.each(['', 'Bank', '1bank', 'bank_', 'b'.repeat(17)])('refuse the prefix %j', (prefix) => {
    expect(() => new ResourceNames(prefix)).toThrow('cannot be used in resource names');
  });

  it('refuse a skill whose function name Lambda would not take', () => {
    const names = new ResourceNames('holdfast');
    expect(names.skillFunction('x'.repeat(49))).toHaveLength(64);
    expect(() => names.skillFunction('x'.repeat(50))).toThrow('has 65 characters');
  });
});
