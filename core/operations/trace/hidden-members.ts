import * as z from 'zod';
import type { Json, JsonObject } from '../../model/json.ts';
import type { ActionDefinition, Registry } from '../../model/skill.ts';
import type { TraceEvent } from '../../model/trace.ts';

/** What stands in a trace instead of a member that is marked `writeOnly`. */
const hiddenMark = '[hidden]';

/**
 * Hides in events what schemas mark as `writeOnly`, the word of JSON Schema for what may be given and never shown: members of
 * the input or output of an action, and of the input of a playbook. Values behind references are not in events at all.
 */
export function hiddenMembers(registry: Registry): (event: TraceEvent, agent: string) => TraceEvent {
  const actionOf = (skill: string, action: string): ActionDefinition | undefined =>
    registry.skills.get(skill)?.actions[action];
  return (event, agent) => {
    if (event.type === 'run.started') {
      const playbooks = registry.agents.get(agent)?.playbooks ?? {};
      const { playbook = '' } = event;
      const schema = Object.hasOwn(playbooks, playbook) ? playbooks[playbook]?.input : undefined;
      return schema ? { ...event, input: hide(event.input, schemaOf(schema, 'input')) } : event;
    }
    if (event.type === 'plan.created' || event.type === 'plan.revised') {
      const steps = event.steps.map((step) => {
        const action = actionOf(step.skill, step.action);
        return action ? { ...step, input: hide(step.input, schemaOf(action.input, 'input')) as JsonObject } : step;
      });
      return { ...event, steps };
    }
    if (event.type === 'step.completed' && event.output.kind === 'inline') {
      const action = actionOf(event.skill, event.action);
      if (!action) return event;
      return {
        ...event,
        output: { kind: 'inline', value: hide(event.output.value, schemaOf(action.output, 'output')) },
      };
    }
    return event;
  };
}

const schemas = new WeakMap<z.ZodType, JsonObject>();

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const known = schemas.get(schema);
  if (known) return known;
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject;
  schemas.set(schema, made);
  return made;
}

/** A schema may refer to another one of its own; those that refer to themselves end with the value. */
function hide(value: Json, schema: Json | undefined, whole = schema): Json {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return value;
  if (schema['writeOnly'] === true) return hiddenMark;
  const alternatives = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => {
    const parts = schema[word];
    return Array.isArray(parts) ? parts : [];
  });
  const target = typeof schema['$ref'] === 'string' ? [referred(schema['$ref'], whole)] : [];
  const inner = [...alternatives, ...target].reduce((seen: Json, part) => hide(seen, part, whole), value);
  return hideWithin(inner, schema, whole);
}

function hideWithin(value: Json, schema: JsonObject, whole: Json | undefined): Json {
  if (Array.isArray(value)) {
    const { prefixItems, items } = schema;
    return value.map((item, index) =>
      hide(item, (Array.isArray(prefixItems) ? prefixItems[index] : undefined) ?? items, whole),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const { properties, additionalProperties } = schema;
  const known = typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      hide(member, Object.hasOwn(known, name) ? known[name] : additionalProperties, whole),
    ]),
  );
}

function referred(pointer: string, whole: Json | undefined): Json | undefined {
  if (!pointer.startsWith('#')) return undefined;
  const names = pointer.slice(1).split('/').filter(Boolean);
  return names.reduce<Json | undefined>(
    (at, name) =>
      typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, name) ? at[name] : undefined,
    whole,
  );
}
