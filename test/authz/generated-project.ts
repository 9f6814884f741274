import fc from 'fast-check';
import * as z from 'zod';
import { compilePolicies } from '../../core/authz/compile-policies.ts';
import type { GrantDeclaration } from '../../core/model/grant.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { PolicyDeclarations } from '../../core/model/policy.ts';
import type { Registry } from '../../core/model/skill.ts';
import { defineAction, defineAgent, defineSkill } from '../../core/sdk/index.ts';
import { forbidText } from './generated-prohibition.ts';
import type { Draw, Member, RecordShape, Shape } from './generated-shapes.ts';
import { agents, endMs, memberNames, pick, presets, texts } from './generated-shapes.ts';

export interface GeneratedProject {
  /** By `Skill:v1/action`. */
  readonly inputs: ReadonlyMap<string, RecordShape>;
  readonly registry: Registry;
  readonly declarations: PolicyDeclarations;
  /** Hand-written, one on each line, with its number as `@id`. */
  readonly forbids: readonly string[];
}

export function someProject(draw: Draw): GeneratedProject {
  const inputs = new Map<string, RecordShape>();
  const skills = ['Bank:v1', 'Text:v1'].map((id) => {
    const actions = ['pay', 'list'].map((action) => {
      const shape = recordShape(draw, 2);
      inputs.set(`${id}/${action}`, shape);
      const input = toZod(shape);
      return [action, defineAction({ description: action, input, output: z.object({}), run: async () => ({}) })];
    });
    return defineSkill({ id, release: '1.0.0', description: id, actions: Object.fromEntries(actions) });
  });
  const grants = (): GrantDeclaration[] => {
    const some = Array.from({ length: pick(draw, 1, 2, 3) }, () => grant(draw, inputs));
    return [...new Map(some.map((one) => [JSON.stringify(one), one])).values()];
  };
  const [first, second] = agents;
  const defined = [
    defineAgent({ name: first, description: 'First.', grants: grants() }),
    defineAgent({ name: second, description: 'Second.', extends: pick(draw, [], [first]), grants: grants() }),
  ];
  const registry: Registry = {
    skills: new Map(skills.map((skill) => [skill.id, skill])),
    agents: new Map(defined.map((agent) => [agent.name, agent])),
  };
  const declarations = compilePolicies(registry);
  return {
    inputs,
    registry,
    declarations: pick(draw, true, false) ? declarations : inOneGroup(declarations),
    forbids: Array.from({ length: pick(draw, 0, 1, 1, 2, 3) }, () => forbidText(draw, inputs)),
  };
}

/** The groups of the skills in one more group, as a later schema may have them. */
function inOneGroup(declarations: PolicyDeclarations): PolicyDeclarations {
  const skills = [...declarations.skills].map(([id, { inputs, actions }]) => {
    const grouped: JsonObject = { ...actions, [id]: { memberOf: [{ id: 'All' }] }, All: {} };
    return [id, { inputs, actions: grouped }] as const;
  });
  return { ...declarations, skills: new Map(skills) };
}

function recordShape(draw: Draw, depth: number): RecordShape {
  const names = draw(fc.shuffledSubarray<string>, [...memberNames], { minLength: 1, maxLength: 4 });
  const members = names.map((name): [string, Member] => {
    const shape = someShape(draw, depth);
    const isScalar = shape.kind !== 'set' && shape.kind !== 'record';
    const presence = pick<Member['presence']>(
      draw,
      'required',
      'optional',
      'nullable',
      isScalar ? 'preset' : 'optional',
    );
    return [name, { shape, presence }];
  });
  return { kind: 'record', members: new Map(members) };
}

function someShape(draw: Draw, depth: number): Shape {
  const scalars = ['long', 'string', 'boolean'] as const;
  const kind = pick(draw, ...scalars, ...(depth > 0 ? (['set', 'record', 'record'] as const) : []));
  if (kind === 'set') return { kind, element: someShape(draw, depth - 1) };
  return kind === 'record' ? recordShape(draw, depth - 1) : { kind };
}

function toZod(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case 'long':
      return z.int();
    case 'string':
      return z.string();
    case 'boolean':
      return z.boolean();
    case 'set':
      return z.array(toZod(shape.element));
    case 'record': {
      const members = [...shape.members].map(([name, { shape: inner, presence }]): [string, z.ZodType] => {
        const type = toZod(inner);
        if (presence === 'optional') return [name, type.optional()];
        if (presence === 'nullable') return [name, type.nullable()];
        if (presence === 'preset') return [name, type.default(presets[inner.kind as keyof typeof presets])];
        return [name, type];
      });
      return z.strictObject(Object.fromEntries(members));
    }
  }
}

function grant(draw: Draw, inputs: ReadonlyMap<string, RecordShape>): GrantDeclaration {
  const target = pick(draw, 'Bank:v1', 'Text:v1', ...inputs.keys());
  const shape = inputs.get(target);
  const conditions = (): object | undefined => {
    const [path, rule] = (shape && someCondition(draw, shape)) ?? [];
    return path === undefined ? undefined : { [path]: rule };
  };
  const when = pick(draw, true, false) ? conditions() : undefined;
  const unless = pick(draw, true, false, false) ? conditions() : undefined;
  const approval = unless ? { unless } : pick(draw, 'required', undefined, undefined);
  return {
    grant: target,
    ...(when ? { when } : {}),
    ...(approval ? { approval } : {}),
    ...(pick(draw, true, false, false) ? { tenants: ['acme'] } : {}),
    ...(pick(draw, true, false, false) ? { expires: new Date(endMs).toISOString() } : {}),
  } as GrantDeclaration;
}

/** A condition on a member that can have one, which need not be at the top. */
function someCondition(draw: Draw, record: RecordShape, before = ''): readonly [string, object] | undefined {
  const [name, member] = pick(draw, ...record.members);
  const path = `${before}${name}`;
  const { shape } = member;
  if (shape.kind === 'record') return someCondition(draw, shape, `${path}.`);
  if (shape.kind === 'long')
    return [path, pick<object>(draw, { atMost: 0 }, { atLeast: 1 }, { atLeast: -1, atMost: 1 })];
  if (shape.kind === 'string') return [path, { oneOf: pick(draw, ['x'], ['y', '"\\'], [...texts]) }];
  if (shape.kind === 'boolean') return [path, { oneOf: [pick(draw, true, false)] }];
  return shape.kind === 'set' && shape.element.kind === 'string' ? [path, { everyOneOf: ['x', '😀'] }] : undefined;
}
