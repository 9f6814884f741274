import { expect, test } from 'vitest';
import * as z from 'zod';
import type { ActionDefinition, AgentDefinition, Registry, SkillDefinition } from '../../model/skill.ts';
import { promptSkills } from './prompt-skills.ts';

const action: ActionDefinition = {
  description: 'Does it.',
  input: z.strictObject({ amountCents: z.int() }),
  output: z.object({ id: z.string() }),
  effect: { class: 'N' },
  timeoutSeconds: 10,
  maxAttempts: 1,
  run: () => Promise.resolve({ id: 'x' }),
  sensitive: ['amountCents'],
};

function skill(id: string): SkillDefinition {
  return {
    ...{ kind: 'skill', id, release: '1.0.0', description: `About ${id}.`, settings: [] },
    actions: { pay: action, refund: action },
  };
}

const ids = ['Bank:v1', 'Rooms:v1', 'Trains:v1'];
const registry: Registry = {
  skills: new Map(ids.map((id) => [id, skill(id)])),
  agents: new Map(),
  cards: new Map([['Bank:v1', { description: 'Banks.', body: 'Read this first.' }]]),
};
const agent: AgentDefinition = {
  ...{ kind: 'agent', name: 'payer', description: 'Pays.', playbooks: {}, deadlineSeconds: 60 },
  grants: ['Rooms:v1', { grant: 'Bank:v1/pay', when: { amountCents: { atMost: 500 } }, approval: 'required' }],
};
const scope = { tenantId: 'acme', nowMs: 0 };

test('a planner is shown what is granted of its shortlist, with limits, sensitive arguments and instructions', () => {
  const shown = promptSkills(agent, registry, ['Rooms:v1', 'Trains:v1', 'Bank:v1', 'Ghost:v1'], scope);
  expect(shown).toMatchObject([
    {
      skill: 'Bank:v1',
      instructions: 'Read this first.',
      actions: [
        {
          action: 'pay',
          effect: 'N',
          sensitive: ['amountCents'],
          limits: 'amountCents <= 500 and with approval',
          input: { type: 'object', required: ['amountCents'], additionalProperties: false },
          output: { properties: { id: { type: 'string' } } },
        },
      ],
    },
    { skill: 'Rooms:v1', actions: [{ action: 'pay' }, { action: 'refund' }] },
  ]);
  expect(JSON.stringify(shown)).not.toContain('$schema');
});

test('the order of a shortlist does not change a byte', () => {
  const shown = [
    ['Rooms:v1', 'Bank:v1'],
    ['Bank:v1', 'Rooms:v1', 'Bank:v1'],
  ].map((shortlisted) => JSON.stringify(promptSkills(agent, registry, shortlisted, scope)));
  expect(shown[0]).toBe(shown[1]);
});

test('a catalogue that is too long says so instead of growing', () => {
  const many = Array.from({ length: 400 }, (_one, at) => `Rooms:v${at + 1}`);
  const cards = new Map(many.map((id) => [id, { description: 'Rooms.', body: 'x'.repeat(20_000) }]));
  const large = { skills: new Map(many.map((id) => [id, skill(id)])), agents: new Map(), cards };
  const shown = promptSkills({ ...agent, grants: many }, large, many, scope);
  expect(shown).toHaveLength(400);
  expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(400 * 1024);
  expect(shown.at(-1)).toMatchObject({ note: expect.stringContaining('not shown') as string });
});
