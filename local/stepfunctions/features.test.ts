import { describe, expect, it } from 'vitest';
import { unsupportedFeatures } from './features.ts';
import { createInterpreter } from './interpreter.ts';

const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f', 'Payload.$': '$' },
  TimeoutSeconds: 5,
  End: true,
};
const machineOf = (state: Record<string, unknown>): Record<string, unknown> => ({ StartAt: 'A', States: { A: state } });
const mapOf = (state: Record<string, unknown>, config: unknown = { Mode: 'INLINE' }): Record<string, unknown> => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: config, StartAt: 'B', States: { B: state } },
  End: true,
});

describe('a state machine that the local interpreter would not run as AWS does is refused, with the reason', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['JSONata', { ...machineOf(task), QueryLanguage: 'JSONata' }, /QueryLanguage of the machine/],
    ['JSONata in one state', machineOf({ ...task, QueryLanguage: 'JSONata' }), /QueryLanguage of a Task state/],
    ['variables', machineOf({ ...task, Assign: { a: 1 } }), /Assign of a Task state/],
    ['a heartbeat', machineOf({ ...task, HeartbeatSeconds: 5 }), /HeartbeatSeconds/],
    [
      'a timeout from the state',
      machineOf({ ...task, TimeoutSeconds: undefined, TimeoutSecondsPath: '$.t' }),
      /TimeoutSecondsPath/,
    ],
    ['no timeout', machineOf({ ...task, TimeoutSeconds: undefined }), /TimeoutSeconds is undefined/],
    ['a timer that overflows', machineOf({ ...task, TimeoutSeconds: 30 * 86_400 }), /TimeoutSeconds is 2592000/],
    [
      'a resource without a local handler',
      machineOf({ ...task, Resource: 'arn:aws:states:::sns:publish' }),
      /would call AWS/,
    ],
    [
      'a function as the resource',
      machineOf({ ...task, Resource: 'arn:aws:lambda:us-east-1:1:function:f' }),
      /would call AWS/,
    ],
    ['such a resource in a Map', machineOf(mapOf({ ...task, Resource: 'arn:aws:states:::sns:publish' })), /state 'B'/],
    ['a distributed Map', machineOf(mapOf(task, { Mode: 'DISTRIBUTED' })), /INLINE/],
    ['the item of a Map', machineOf({ ...mapOf(task), ItemSelector: { 'a.$': '$$.Map.Item.Value' } }), /ItemSelector/],
    [
      'the context object',
      machineOf({ ...task, Parameters: { 'FunctionName.$': '$$.Execution.Id' } }),
      /\$\$\.Execution\.Id/,
    ],
    [
      'a task token that nobody waits for',
      machineOf({ ...task, Parameters: { 'a.$': '$$.Task.Token' } }),
      /nowhere else/,
    ],
    [
      'a wait for a token that is not sent',
      machineOf({ ...task, Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' }),
      /has to be in the Parameters/,
    ],
    [
      'an intrinsic function',
      machineOf({ Type: 'Pass', Parameters: { 'a.$': 'States.UUID()' }, End: true }),
      /States\.UUID/,
    ],
    [
      'a filter',
      machineOf({ Type: 'Pass', Parameters: { 'a.$': '$.a[?(@.b)]' }, End: true }),
      /is not supported; write a plain one/,
    ],
    ['a Result', machineOf({ Type: 'Pass', Result: 0, End: true }), /Result of a Pass state/],
    ["ResultPath '$'", machineOf({ ...task, ResultPath: '$' }), /leave out ResultPath/],
    ['a Parallel', machineOf({ Type: 'Parallel', Branches: [], End: true }), /type 'Parallel'/],
    ['a Choice without a Default', machineOf({ Type: 'Choice', Choices: [] }), /needs a Default/],
    [
      'IsPresent false',
      machineOf({ Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: false }], Default: 'A' }),
      /only be true/,
    ],
    [
      'another comparison',
      machineOf({ Type: 'Choice', Choices: [{ And: [{ Variable: '$.a', StringMatches: 'a*' }] }], Default: 'A' }),
      /StringMatches/,
    ],
    ['a wait of nothing', machineOf({ Type: 'Wait', Seconds: 0, End: true }), /Seconds is 0/],
    ['two states of one name', { StartAt: 'B', States: { B: mapOf(task) } }, /two states are named 'B'/],
  ])('%s', (_what, definition, reason) => {
    expect(unsupportedFeatures(definition).join('\n')).toMatch(reason);
    expect(() =>
      createInterpreter({
        machines: [{ arn: 'arn:aws:states:us-east-1:0:stateMachine:m', definition, type: 'STANDARD' }],
        resources: { invokeFunction: () => Promise.resolve(null), sendMessage: () => Promise.resolve() },
      }),
    ).toThrow(reason);
  });

  it('and one that uses only supported features is not', () => {
    expect(unsupportedFeatures(machineOf(task))).toEqual([]);
    expect(unsupportedFeatures(machineOf(mapOf(task)))).toEqual([]);
  });
});
