import * as z from 'zod';
import type { AgentDefinition, Registry, SkillDefinition } from '../../core/model/skill.ts';
import { defineAction, defineAgent, defineSkill } from '../../core/sdk/index.ts';

const output = z.object({});
const run = async (): Promise<Record<string, never>> => ({});
const act = (description: string, input: z.ZodType) =>
  defineAction({ description, input, output, effect: { class: 'P' }, run });

const user = z.strictObject({ id: z.string(), roles: z.array(z.enum(['reader', 'writer', 'owner'])).optional() });

export const skills: readonly SkillDefinition[] = [
  defineSkill({
    id: 'Billing:v1',
    release: '1.0.0',
    description: 'Money.',
    actions: {
      charge: act('Charge.', z.strictObject({ amountCents: z.int(), currency: z.enum(['EUR', 'USD']) })),
      refund: act(
        'Refund.',
        z.strictObject({
          amountCents: z.int().optional(),
          currency: z.string().optional(),
          tags: z.array(z.string()).optional(),
          express: z.boolean().optional(),
          to: z.strictObject({ country: z.string().optional(), iban: z.string() }).optional(),
          rate: z.number().optional(),
        }),
      ),
    },
  }),
  defineSkill({
    id: 'UserManagement:v1',
    release: '1.0.0',
    description: 'Users.',
    actions: { read: act('Read.', z.strictObject({ id: z.string() })), write: act('Write.', user) },
  }),
  defineSkill({
    id: 'UserManagement:v2',
    release: '2.0.0',
    description: 'Users with roles.',
    actions: {
      read: act('Read.', z.strictObject({ id: z.string() })),
      write: act('Write.', user),
      remove: act('Remove.', user),
    },
  }),
  defineSkill({
    id: 'Text:v1',
    release: '1.0.0',
    description: 'Text.',
    actions: { join: act('Join.', z.strictObject({ parts: z.array(z.string()) })) },
  }),
];

export const agents: readonly AgentDefinition[] = [
  defineAgent({ name: 'base', description: 'What all may do.', grants: ['Text:v1', 'UserManagement:v1/read'] }),
  defineAgent({
    name: 'billing',
    description: 'Money.',
    extends: ['base'],
    grants: [
      'Billing:v1/charge',
      { grant: 'Billing:v1/refund', when: { amountCents: { atMost: 50_000 } } },
      {
        grant: 'Billing:v1/refund',
        when: { amountCents: { atMost: 200_000 } },
        tenants: ['acme'],
        approval: 'required',
      },
    ],
  }),
  defineAgent({
    name: 'user-admin',
    description: 'Users.',
    extends: ['base'],
    grants: [
      { grant: 'UserManagement:v2', approval: { unless: { id: { oneOf: ['test'] } } } },
      { grant: 'UserManagement:v1/write', expires: '2027-01-01' },
    ],
  }),
  defineAgent({ name: 'senior', description: 'Both.', extends: ['billing', 'user-admin'], grants: [] }),
  defineAgent({ name: 'idle', description: 'Nothing.', grants: [] }),
];

export function registryOf(
  definedAgents: readonly AgentDefinition[],
  definedSkills: readonly SkillDefinition[] = skills,
): Registry {
  return {
    skills: new Map(definedSkills.map((skill) => [skill.id, skill])),
    agents: new Map(definedAgents.map((agent) => [agent.name, agent])),
  };
}

export const registry = registryOf(agents);

/** A moment before every expiry of the fixture. */
export const nowMs = Date.parse('2026-11-23T12:00:00Z');
