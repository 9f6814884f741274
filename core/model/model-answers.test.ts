import { describe, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { answerContract } from './model-answers.ts';
import type { AnswerContract } from './model-answers.ts';
import type { ThinkInput } from './think-input.ts';
import { purposes } from './think-input.ts';

const considered = {
  reasoning: 'There is one way.',
  options: [
    { option: 'book', chosen: true, reason: '' },
    { option: 'wait', chosen: false, reason: 'It gets dearer.' },
  ],
};
const step = { id: 'book', skill: 'Rooms:v1', action: 'book', input: { city: '${input.city}' }, why: 'Asked for.' };

function contractOf(purpose: ThinkInput['purpose'], answerSchema?: JsonObject): AnswerContract {
  const given = answerContract({ purpose, ...(answerSchema && { answerSchema }) });
  if (!given.ok) throw new Error(given.problem);
  return given.contract;
}

function problemsOf(purpose: ThinkInput['purpose'], answer: object, answerSchema?: JsonObject): string {
  const { error } = contractOf(purpose, answerSchema).schema.safeParse(answer);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') ?? '';
}

describe('an answer keeps its contract', () => {
  test.each<[ThinkInput['purpose'], object]>([
    ['plan', { ...considered, decision: 'plan', steps: [step], final: true }],
    ['plan', { ...considered, decision: 'plan', steps: [{ ...step, dependsOn: null, optional: null }], output: null }],
    ['revise', { ...considered, decision: 'done', summary: 'Booked.', output: { room: 1 }, steps: [] }],
    ['plan', { ...considered, decision: 'done', steps: null, playbook: null, reason: null }],
    ['plan', { ...considered, decision: 'decline', reason: 'Nobody may book.' }],
    ['plan', { ...considered, decision: 'playbook', playbook: 'book-trip', playbookInput: { city: 'Rome' } }],
    ['verify', { ...considered, satisfied: true, findings: [] }],
    ['verify', { ...considered, satisfied: false, findings: ['No room is booked.'] }],
    ['reason', { ...considered, answer: [1, null, { a: 'b' }] }],
    ['compact', { summary: 'A room is booked.' }],
  ])('%s: %j', (purpose, answer) => {
    expect(problemsOf(purpose, answer)).toBe('');
  });

  test('what was accepted is accepted again when it is read from where it was kept', () => {
    const { schema } = contractOf('plan');
    const once = schema.parse({ ...considered, decision: 'plan', steps: [{ ...step, dependsOn: null }], output: null });
    const kept = JSON.parse(JSON.stringify(once)) as unknown;
    expect(JSON.parse(JSON.stringify(schema.parse(kept)))).toEqual(kept);
  });
});

describe('an answer is refused', () => {
  test.each<[problem: string, ThinkInput['purpose'], object]>([
    [`steps: decision 'plan' needs at least one step`, 'plan', { ...considered, decision: 'plan' }],
    [`steps: decision 'plan' needs at least one step`, 'plan', { ...considered, decision: 'plan', steps: [] }],
    [`steps: decision 'done' has no steps`, 'plan', { ...considered, decision: 'done', steps: [step] }],
    [`reason: decision 'decline' needs a reason`, 'plan', { ...considered, decision: 'decline', reason: ' ' }],
    [`playbook: decision 'playbook' needs the name`, 'plan', { ...considered, decision: 'playbook' }],
    [`playbook: decision 'done' names no playbook`, 'plan', { ...considered, decision: 'done', playbook: 'x' }],
    ['decision: Invalid option', 'plan', { ...considered, decision: 'think' }],
    ['Unrecognized key: "outputs"', 'plan', { ...considered, decision: 'done', outputs: {} }],
    [
      'steps.0.skill: must look like',
      'plan',
      { ...considered, decision: 'plan', steps: [{ ...step, skill: 'Rooms' }] },
    ],
    ['steps.0: Unrecognized key: "tool"', 'plan', { ...considered, decision: 'plan', steps: [{ ...step, tool: 'x' }] }],
    ['steps: Too big', 'plan', { ...considered, decision: 'plan', steps: Array.from({ length: 201 }, () => step) }],
    ['options: Too small', 'verify', { ...considered, options: [], satisfied: true, findings: [] }],
    ['reasoning: Too big', 'verify', { ...considered, reasoning: 'x'.repeat(20_001), satisfied: true, findings: [] }],
    [
      'options: one option has to be chosen',
      'verify',
      { ...considered, options: [{ option: 'a', chosen: false, reason: 'b' }], satisfied: true, findings: [] },
    ],
    [
      'options.1.reason: say why this option was rejected',
      'verify',
      {
        ...considered,
        options: [considered.options[0], { option: 'a', chosen: false, reason: ' ' }],
        satisfied: true,
        findings: [],
      },
    ],
    ['findings: say what is missing', 'verify', { ...considered, satisfied: false, findings: [] }],
    ['summary: Too small', 'compact', { summary: ' ' }],
    ['Unrecognized key: "reasoning"', 'compact', { summary: 'x', reasoning: 'y' }],
  ])('%s', (problem, purpose, answer) => {
    expect(problemsOf(purpose, answer)).toContain(problem);
  });
});

describe('the answer to a question', () => {
  const city: JsonObject = {
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 5 },
      near: { $ref: '#/$defs/place' },
      pattern: { type: 'string' },
    },
    required: ['name'],
    additionalProperties: false,
    $defs: { place: { type: 'string', enum: ['sea', 'hills'] } },
  };

  test.each<[problem: string, answer: unknown]>([
    ['', { name: 'Rome', near: 'sea' }],
    ['answer.name: Too big', { name: 'Florence' }],
    ['answer.near: Invalid option', { name: 'Rome', near: 'moon' }],
    ['answer: Invalid input', 'Rome'],
    ['Unrecognized key: "x"', { name: 'Rome', x: 1 }],
  ])('has to fit the schema of who asks: %s', (problem, answer) => {
    expect(problemsOf('reason', { ...considered, answer }, city)).toContain(problem);
  });

  test('is told to the provider with references that still lead to what they mean', () => {
    const { jsonSchema } = contractOf('reason', city);
    expect(jsonSchema).toMatchObject({
      required: ['reasoning', 'options', 'answer'],
      properties: { answer: { properties: { near: { $ref: '#/properties/answer/$defs/place' } } } },
    });
  });

  test.each<[problem: string, schema: JsonObject]>([
    [`answerSchema uses 'pattern', which is not allowed`, { type: 'string', pattern: '(a+)+$' }],
    [`answerSchema uses 'patternProperties'`, { type: 'object', patternProperties: { '(a+)+$': {} } }],
    ['answerSchema cannot be used: Unsupported type: text', { type: 'text' }],
    ['answerSchema cannot be used: External $ref', { $ref: 'https://example.com/schema' }],
    ['answerSchema has', { description: 'x'.repeat(17_000) }],
    ['nested deeper than 32 levels', JSON.parse('{"items":'.repeat(33) + '{}' + '}'.repeat(33)) as JsonObject],
  ])('cannot be asked for when %s', (problem, answerSchema) => {
    expect(answerContract({ purpose: 'reason', answerSchema })).toEqual({
      ok: false,
      problem: expect.stringContaining(problem) as string,
    });
  });
});

test('no schema that a provider is given refers to itself or to another document', () => {
  for (const purpose of purposes)
    expect(JSON.stringify(contractOf(purpose).jsonSchema)).not.toMatch(/\$ref|\$schema|propertyNames/);
});
