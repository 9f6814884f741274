import { describe, expect, it } from 'vitest';
import { env } from '../contract/env.ts';
import { awsExecutePorts, awsPorts } from './aws.ts';

const whole = { [env.table]: 'holdfast', [env.bucket]: 'blobs', [env.runMachineArnPrefix]: 'arn:run-' };

describe('the ports on AWS', () => {
  it('are all there when the environment is', () => {
    expect(Object.keys(awsPorts(whole)).toSorted()).toEqual(
      [
        ...[
          'blobs',
          'breakers',
          'clock',
          'documents',
          'engine',
          'http',
          'ids',
          'ledger',
          'mailer',
          'runs',
          'secrets',
          'spend',
        ],
      ].toSorted(),
    );
  });

  it('name every variable that is missing', () => {
    expect(() => awsPorts({ [env.bucket]: 'blobs', [env.table]: '' })).toThrow(
      'The environment lacks HOLDFAST_TABLE and HOLDFAST_RUN_MACHINE_ARN_PREFIX;',
    );
  });

  it('of a function that executes steps need no state machine and hold no run store', () => {
    const { [env.runMachineArnPrefix]: _, ...rest } = whole;
    const ports = awsExecutePorts(rest);
    expect(ports).not.toHaveProperty('runs');
    expect(ports).not.toHaveProperty('engine');
    expect(() => awsExecutePorts({})).toThrow('HOLDFAST_TABLE and HOLDFAST_BUCKET');
  });
});
