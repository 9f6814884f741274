import type { Json, JsonObject } from '../../core/model/json.ts';
import type { AuthorizationRequest } from '../../core/ports/authorizer.ts';
import type { GeneratedProject } from './generated-project.ts';
import type { Draw, Shape } from './generated-shapes.ts';
import { agents, endMs, memberNames, pick, presets, tenants, texts } from './generated-shapes.ts';

/** Well typed or not. */
export function someRequest(draw: Draw, { inputs }: GeneratedProject): AuthorizationRequest {
  const [target, shape] = pick(draw, ...inputs);
  const [skillId = '', action = ''] = target.split('/');
  const value = someValue(draw, shape);
  const input = pick(draw, true, true, false) ? value : spoilt(draw, value);
  const nowMs = endMs + pick(draw, -1, 0, 1);
  return { tenantId: pick(draw, ...tenants), agent: pick(draw, ...agents), skillId, action, input, nowMs };
}

function someValue(draw: Draw, shape: Shape): Json {
  switch (shape.kind) {
    case 'long':
      return pick(draw, -1, 0, 1, 2, Number.MAX_SAFE_INTEGER);
    case 'string':
      return pick(draw, ...texts);
    case 'boolean':
      return pick(draw, true, false);
    case 'set':
      return Array.from({ length: pick(draw, 0, 1, 2) }, () => someValue(draw, shape.element));
    case 'record': {
      const members = [...shape.members].flatMap(([name, member]): [string, Json][] => {
        const mayBeAbsent = member.presence !== 'required' && pick(draw, true, false, false);
        if (!mayBeAbsent) return [[name, someValue(draw, member.shape)]];
        return member.presence === 'nullable' ? [[name, null]] : [];
      });
      return Object.fromEntries(members);
    }
  }
}

const strange: readonly Json[] = [
  null,
  1,
  1.5,
  'x',
  true,
  [],
  [1, 'x'],
  {},
  { __entity: { type: 'Agent', id: 'clerk' } },
  { __extn: { fn: 'decimal', arg: '1.0' } },
  { a: { __entity: { type: 'Action', id: 'Bank:v1' } } },
];

/** Something else in one place, or nothing, or something more. */
function spoilt(draw: Draw, value: Json): Json {
  const entries = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (entries.length === 0 || pick(draw, true, false, false)) return pick(draw, ...strange);
  const key = pick(draw, ...entries);
  const how = pick(draw, 'deeper', 'deeper', 'gone', 'more');
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? spoilt(draw, item) : item));
  const members = value as JsonObject;
  if (how === 'gone') return Object.fromEntries(Object.entries(members).filter(([name]) => name !== key));
  if (how === 'more') return { ...members, [pick<string>(draw, ...memberNames, '__entity', '__extn', 'z')]: 'x' };
  return { ...members, [key]: spoilt(draw, members[key] ?? null) };
}

/** What a policy is to see of a value: known members, with what the schema puts in their place. Nothing is checked. */
export function shown(shape: Shape, value: Json | undefined): Json | undefined {
  if (shape.kind === 'set')
    return Array.isArray(value) ? value.map((item) => shown(shape.element, item) ?? null) : value;
  if (shape.kind !== 'record' || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = [...shape.members].flatMap(([name, member]): [string, Json][] => {
    const given = shown(member.shape, Object.hasOwn(value, name) ? value[name] : undefined);
    if (given === null && member.presence === 'nullable') return [];
    if (given !== undefined) return [[name, given]];
    return member.presence === 'preset' ? [[name, presets[member.shape.kind as keyof typeof presets]]] : [];
  });
  return Object.fromEntries(members);
}
