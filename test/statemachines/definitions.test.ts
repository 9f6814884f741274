import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { unsupportedFeatures } from '../../local/stepfunctions/index.ts';
import { statesOf, supportedFeatures } from '../../local/stepfunctions/features.ts';
import { files } from './machines.ts';

type Validation = { readonly isValid: boolean; errorsText(separator: string): string };
type Validator = (definition: unknown, options: { checkArn: boolean; checkPaths: boolean }) => Validation;
const validate = createRequire(import.meta.url)('asl-validator') as Validator;

const definitions = {
  run: JSON.parse(readFileSync(files.run, 'utf8')) as Record<string, unknown>,
  burst: JSON.parse(readFileSync(files.burst, 'utf8')) as Record<string, unknown>,
};
const both = Object.entries(definitions);
const statesOfBoth = both.flatMap(([machine, definition]) =>
  statesOf(definition).map((found) => ({ machine, ...found })),
);

/** Members of an array of rules of a state, such as Retry. */
const rulesOf = (state: Readonly<Record<string, unknown>>, member: string): Record<string, unknown>[] =>
  (state[member] ?? []) as Record<string, unknown>[];

describe('the two state machines', () => {
  it.each(both)('%s is valid Amazon States Language', (_name, definition) => {
    // The validator writes defaults into what it is given.
    const result = validate(structuredClone(definition), { checkArn: false, checkPaths: true });
    expect(result.isValid ? '' : result.errorsText('\n')).toBe('');
  });

  it.each(both)('%s uses only what the local interpreter does as AWS does', (_name, definition) => {
    expect(unsupportedFeatures(definition)).toEqual([]);
  });

  it('use every feature that is listed as supported, so that the list does not outgrow them', () => {
    const text = JSON.stringify(definitions);
    const types = new Set(statesOfBoth.map(({ state }) => String(state['Type'])));
    const unusedFields = Object.entries(supportedFeatures.stateFields).flatMap(([type, fields]) =>
      fields
        .filter((field) => field !== 'Next' && field !== 'End')
        .filter((field) => !statesOfBoth.some(({ state }) => state['Type'] === type && field in state))
        .map((field) => `${type}.${field}`),
    );
    expect([...types].toSorted()).toEqual(Object.keys(supportedFeatures.stateFields).toSorted());
    expect(unusedFields).toEqual([]);
    const { machineFields, retryFields, catchFields, choiceFields, processorFields } = supportedFeatures;
    for (const field of [...machineFields, ...retryFields, ...catchFields, ...choiceFields, ...processorFields]) {
      expect(text).toContain(`"${field}":`);
    }
    for (const value of [...supportedFeatures.resources, ...supportedFeatures.contextPaths]) {
      expect(text).toContain(`"${value}"`);
    }
    for (const intrinsic of supportedFeatures.intrinsics) expect(text).toContain(`"${intrinsic}(`);
  });

  it('give every Task a constant timeout, and every Choice a Default', () => {
    const tasks = statesOfBoth.filter(({ state }) => state['Type'] === 'Task');
    const timeouts = Object.fromEntries(
      tasks.map(({ machine, name, state }) => [`${machine}.${name}`, state['TimeoutSeconds']]),
    );
    expect(timeouts).toEqual({
      'run.Burst': 330,
      'run.BurstAfterLong': 330,
      'run.InvokeSkill': 900,
      'run.AwaitResolution': 1_728_000,
      'run.StartNextGeneration': 60,
      'burst.Decide': 60,
      'burst.InvokeSkill': 280,
    });
    const choices = statesOfBoth.filter(({ state }) => state['Type'] === 'Choice');
    expect(choices.map(({ state }) => typeof state['Default'])).toEqual(choices.map(() => 'string'));
  });

  it('retry nothing but a throttled call, with backoff and full jitter', () => {
    const retriers = statesOfBoth.flatMap(({ name, state }) =>
      rulesOf(state, 'Retry').map((retrier) => ({ resource: state['Resource'], name, retrier })),
    );
    expect(retriers).toHaveLength(6);
    for (const { resource, retrier } of retriers) {
      expect(retrier['ErrorEquals']).toEqual(
        resource === 'arn:aws:states:::lambda:invoke'
          ? ['Lambda.TooManyRequestsException']
          : ['Sfn.ThrottlingException', 'Sfn.SfnException'],
      );
      expect(retrier).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL' });
    }
  });

  it('catch States.DataLimitExceeded by name before States.ALL wherever a skill is invoked', () => {
    const invocations = statesOfBoth.filter(({ name }) => name === 'InvokeSkill');
    expect(invocations).toHaveLength(2);
    for (const { state } of invocations) {
      expect(rulesOf(state, 'Catch').map((catcher) => catcher['ErrorEquals'])).toEqual([
        ['States.DataLimitExceeded'],
        ['States.ALL'],
      ]);
    }
  });

  it('have these states, which alarms, docs and in-flight runs know by name', () => {
    const names = (definition: Record<string, unknown>): string[] => statesOf(definition).map(({ name }) => name);
    expect(names(definitions.run)).toEqual([
      'Burst',
      'BurstAfterLong',
      'BurstStatus',
      'ReadDecision',
      'Route',
      'RunLongSteps',
      'InvokeSkill',
      'Lost',
      'WaitUntil',
      'AwaitResolution',
      'CoolDown',
      'StartNextGeneration',
      'Done',
      'RunFailed',
      'BurstFailed',
      'BurstEnded',
      'UnknownDecision',
    ]);
    expect(names(definitions.burst)).toEqual(['Decide', 'Route', 'RunSteps', 'InvokeSkill', 'Lost', 'Pause', 'HandUp']);
  });

  it('have these placeholders, which the infrastructure fills in', () => {
    const placeholders = (definition: unknown): string[] =>
      [...new Set([...JSON.stringify(definition).matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))].toSorted();
    expect(placeholders(definitions.run)).toEqual(['BurstMachineArn', 'EscalationsQueueUrl', 'RunMachineArn']);
    expect(placeholders(definitions.burst)).toEqual(['DecideFunctionArn']);
  });
});
