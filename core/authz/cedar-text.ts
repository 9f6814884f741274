import type { RecordType, ArgumentType } from '../model/argument-type.ts';
import type { Condition, Conditions, ConditionValue, Grant } from '../model/grant.ts';
import type { JsonObject } from '../model/json.ts';

/** Words that Cedar does not take as the name of an attribute after a dot. */
const reserved = new Set(['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has', '__cedar']);

/** A text literal of Cedar: all that is not printable ASCII is escaped, so that a reader sees what is there. */
export function cedarString(text: string): string {
  const escaped = [...text].map((character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return /^[ -~]$/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${escaped.join('')}"`;
}

/** The policy of one grant for one agent. It permits with an approval what it would permit without any, and more. */
export function cedarPolicy(agent: string, grant: Grant): string {
  const actions = grant.action === undefined ? 'in' : '==';
  const scope = `principal == Agent::${cedarString(agent)}, action ${actions} Action::${cedarString(grant.name)}, resource`;
  const clauses = [
    // What is known without the arguments comes first: a survey then knows where it ends.
    ...(grant.tenants
      ? [`[${grant.tenants.map((tenant) => `Tenant::${cedarString(tenant)}`).join(', ')}].contains(resource)`]
      : []),
    ...(grant.expiresAtMs === undefined ? [] : [`context.now < ${grant.expiresAtMs}`]),
    ...(grant.approval.needed === 'always' ? ['context.approved'] : []),
    ...conditionClauses(grant.when),
    ...(grant.approval.needed === 'unless'
      ? [`(context.approved || (${conditionClauses(grant.approval.fits).join(' && ')}))`]
      : []),
  ];
  return `permit(${scope})${clauses.length === 0 ? '' : ` when { ${clauses.join(' && ')} }`};`;
}

function conditionClauses(conditions: Conditions): string[] {
  return Object.entries(conditions).flatMap(([path, condition]) => {
    let target = 'context.input';
    const presence = path.split('.').map((part) => {
      const asked = `${target} has ${isIdentifier(part) ? part : cedarString(part)}`;
      target += isIdentifier(part) ? `.${part}` : `[${cedarString(part)}]`;
      return asked;
    });
    return [...presence, ...comparisons(target, condition)];
  });
}

function comparisons(target: string, { atLeast, atMost, oneOf, everyOneOf }: Condition): string[] {
  return [
    ...(atLeast === undefined ? [] : [`${target} >= ${literal(atLeast)}`]),
    ...(atMost === undefined ? [] : [`${target} <= ${literal(atMost)}`]),
    ...(oneOf ? [`[${oneOf.map(literal).join(', ')}].contains(${target})`] : []),
    ...(everyOneOf ? [`[${everyOneOf.map(literal).join(', ')}].containsAll(${target})`] : []),
  ];
}

function literal(value: ConditionValue): string {
  return typeof value === 'string' ? cedarString(value) : String(value);
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name);
}

/**
 * Agents are known by name, so that a policy about another one is a mistake; tenants come and go. Cedar knows no
 * enumeration of nothing, so where there are no agents any name will do: nobody can act.
 */
export function cedarEntityTypes(agents: readonly string[]): JsonObject {
  return { Agent: agents.length === 0 ? {} : { enum: [...agents] }, Tenant: {} };
}

/** The actions of a skill in a Cedar schema, and the skill as their group: `action in Action::"Billing:v1"`. */
export function cedarActions(skillId: string, inputs: ReadonlyMap<string, RecordType>): JsonObject {
  const actions = [...inputs].map(([action, input]): [string, JsonObject] => [
    `${skillId}/${action}`,
    {
      memberOf: [{ id: skillId }],
      appliesTo: {
        principalTypes: ['Agent'],
        resourceTypes: ['Tenant'],
        context: {
          type: 'Record',
          attributes: { now: { type: 'Long' }, approved: { type: 'Boolean' }, input: cedarType(input) },
        },
      },
    },
  ]);
  return Object.fromEntries<JsonObject>([[skillId, {}], ...actions]);
}

function cedarType(type: ArgumentType): JsonObject {
  switch (type.kind) {
    case 'long':
      return { type: 'Long' };
    case 'string':
      return { type: 'String' };
    case 'boolean':
      return { type: 'Boolean' };
    case 'set':
      return { type: 'Set', element: cedarType(type.element) };
    case 'record': {
      const attributes = [...type.members].map(([name, member]): [string, JsonObject] => [
        name,
        { ...cedarType(member.type), required: member.always },
      ]);
      return { type: 'Record', attributes: Object.fromEntries(attributes) };
    }
  }
}
