import type { Draw, RecordShape, Shape } from './generated-shapes.ts';
import { agents, endMs, memberNames, pick, texts } from './generated-shapes.ts';

/** A rule by hand: often one that fits the types, and sometimes one that can only be evaluated, or fails there. */
export function forbidText(draw: Draw, inputs: ReadonlyMap<string, RecordShape>): string {
  const [target, shape] = pick(draw, ...inputs);
  const skill = target.split('/')[0] ?? '';
  const principal = pick(draw, 'principal', 'principal', 'principal == Agent::"clerk"', 'principal in Agent::"senior"');
  const action = pick(
    draw,
    'action',
    `action == Action::"${target}"`,
    `action == Action::"${skill}"`,
    `action in Action::"${target}"`,
    `action in Action::"${skill}"`,
    `action in [Action::"${skill}", Action::"Text:v1/list"]`,
    'action in Action::"All"',
  );
  const resource = pick(draw, 'resource', 'resource', 'resource == Tenant::"beta"', 'resource is Tenant');
  const clause = pick(draw, '', ...['when', 'unless', 'when', 'unless'].map((word) => ` ${word} `));
  const condition = clause === '' ? '' : `${clause}{ ${expression(draw, shape, 2)} }`;
  return `forbid(${principal}, ${action}, ${resource})${condition};`;
}

function expression(draw: Draw, shape: RecordShape, depth: number): string {
  const inner = (): string => expression(draw, shape, depth - 1);
  const kind = depth === 0 ? 'leaf' : pick(draw, 'leaf', 'leaf', '&&', '||', '!', 'if');
  if (kind === '&&' || kind === '||') return `(${inner()} ${kind} ${inner()})`;
  if (kind === '!') return `!(${inner()})`;
  if (kind === 'if') return `(if ${inner()} then ${inner()} else ${inner()})`;
  return pick(draw, aboutArguments, aboutArguments, aboutTheWhole, aboutActions, aboutTheRest)(draw, shape);
}

/** One argument, on a way that leads to it or on one that does not; asked for first, or not. */
function aboutArguments(draw: Draw, shape: RecordShape): string {
  let current: Shape | undefined = shape;
  let target = 'context.input';
  const presence: string[] = [];
  do {
    const names: readonly string[] = current.kind === 'record' ? [...current.members.keys()] : [];
    const name = pick(draw, ...names, ...names, ...names, ...memberNames);
    presence.push(`${target} has ${JSON.stringify(name)}`);
    target += pick(draw, '.', '[') === '.' && /^[ab]$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    current = current.kind === 'record' ? current.members.get(name)?.shape : undefined;
  } while (current?.kind === 'record' && pick(draw, true, true, false));
  const comparison = pick(draw, ...comparisons(target, current));
  return pick(draw, true, true, true, false) ? `(${[...presence, comparison].join(' && ')})` : `(${comparison})`;
}

function comparisons(target: string, shape: Shape | undefined): readonly string[] {
  switch (shape?.kind) {
    case 'long':
      return [`${target} > 0`, `${target} * 9007199254740991 * 9007199254740991 > 0`];
    case 'string':
      return texts.map((text) => `${target} == ${JSON.stringify(text)}`).concat(`${target} like "*x"`);
    case 'boolean':
      return [target, `${target} == true`];
    case 'set':
      return [`${target}.isEmpty()`, `${target}.contains("x")`, `${target}.contains(1)`, `${target} == []`];
    case 'record':
      return [`${target} has a`, `${target} has a.b`, `${target} == {"a": 1}`, `${target} != {}`];
    case undefined:
      return ['true', `${target} == 1`, `${target} has a`];
  }
}

function aboutTheWhole(draw: Draw): string {
  return pick(
    draw,
    'context.input == {"a": 1}',
    '[context.input].contains({"a": "x"})',
    '{"k": context.input}.k has a',
    '(if context.approved then context.input else {"a": true}) has b',
    'context["input"] has "two words"',
    'context.input has a.b',
    'context has input.a',
    'context has now',
    `context == {"now": ${endMs}, "approved": true, "input": {"a": 1}}`,
    '{"Var": context, ".": 1}.Var.approved',
  );
}

function aboutActions(draw: Draw): string {
  const [left, group] = [
    pick(draw, 'action', 'Action::"Text:v1/pay"', 'Action::"Bank:v1"'),
    pick(draw, 'Bank:v1', 'All'),
  ];
  return pick(
    draw,
    `${left} in Action::"${group}"`,
    `${left} in [Action::"${group}", Action::"Text:v1/list"]`,
    `[${left}].contains(Action::"Text:v1/pay")`,
    `${left} == Action::"Bank:v1/pay"`,
    `(if context.approved then ${left} else action) in Action::"${group}"`,
    `${left} has a`,
    'action is Action in Action::"Text:v1"',
  );
}

function aboutTheRest(draw: Draw): string {
  return pick(
    draw,
    'context.approved',
    'context.approved',
    `context.now < ${endMs}`,
    `principal == Agent::"${agents[0]}"`,
    'principal in [Agent::"senior"]',
    'resource == Tenant::"acme"',
    'resource in Tenant::"beta"',
    'principal has a',
  );
}
