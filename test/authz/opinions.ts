import * as z from 'zod';
import { openCedarAuthorizer } from '../../core/adapters/cedar/index.ts';
import { catalogueFor } from '../../core/authz/catalogue.ts';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import { toolList } from '../../core/authz/tool-list.ts';
import type { Json } from '../../core/model/json.ts';
import type { PolicyFile } from '../../core/model/policy.ts';
import type { Registry } from '../../core/model/skill.ts';
import { nowMs } from './fixture.ts';

/** Some arguments that fit a schema, and inside of every condition of the fixture. */
function sample(schema: Record<string, unknown>): Json {
  const { const: only, enum: values, anyOf, type, items, properties = {}, required = [], default: fallback } = schema;
  if (fallback !== undefined) return fallback as Json;
  if (only !== undefined) return only as Json;
  if (Array.isArray(values)) return values[0] as Json;
  if (Array.isArray(anyOf)) return sample(anyOf[0] as Record<string, unknown>);
  if (type === 'string') return 'test';
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [sample(items as Record<string, unknown>)];
  if (type !== 'object') return null;
  const wanted = new Set([...(required as string[]), 'amountCents']);
  return Object.fromEntries(
    Object.entries(properties as Record<string, Record<string, unknown>>)
      .filter(([name]) => wanted.has(name))
      .map(([name, member]) => [name, sample(member)]),
  );
}

/** Who says of one action of a skill that an agent may use it. */
export interface Opinions {
  readonly agent: string;
  readonly skillId: string;
  readonly action: string;
  /** The tool list. */
  readonly shown: boolean;
  /** The catalogue that the plan gate asks. */
  readonly found: boolean;
  /** The policies, of arguments within every limit. */
  readonly permitted: boolean;
}

/** The opinions of every agent, skill and action. */
export function opinions(registry: Registry, policies: readonly PolicyFile[] = []): Opinions[] {
  const authorizer = openCedarAuthorizer(compilePolicies(registry), policies);
  return [...registry.agents.values()].flatMap((agent) => {
    const tools = new Set(toolList(agent, registry, { tenantId: 'acme', nowMs }).map(({ name }) => name));
    const catalogue = catalogueFor(agent, registry, { arnOf: (id) => `arn:${id}` });
    return [...registry.skills.values()].flatMap((skill) =>
      Object.entries(skill.actions).map(([action, { input }]) => {
        const request = {
          tenantId: 'acme',
          agent: agent.name,
          skillId: skill.id,
          action,
          input: sample(z.toJSONSchema(input, { io: 'input' })),
          nowMs,
        };
        return {
          agent: agent.name,
          skillId: skill.id,
          action,
          shown: tools.has(`${skill.id}/${action}`),
          found: catalogue.find(skill.id, action).found,
          permitted: authorizer.authorize(request).verdict !== 'deny',
        };
      }),
    );
  });
}
