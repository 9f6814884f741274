import { parseSync } from 'rolldown/utils';

/** One module that a source asks for, by import, export-from, import(), an import type or require. */
export interface ImportedModule {
  readonly specifier: string;
  readonly line: number;
  /** True when nothing of it is left after type stripping. */
  readonly typeOnly: boolean;
  /** Names taken from the module, as it calls them; `*` for all of it. */
  readonly names: readonly string[];
}

/** Something that a rule may forbid, e.g. `Date.now()` or `it.skip`. */
export interface Finding {
  readonly what: string;
  readonly line: number;
}

export interface Scan {
  readonly imports: readonly ImportedModule[];
  /** Uses of the clock, of chance, of the network and of the environment that bypass the ports. */
  readonly ambient: readonly Finding[];
  /** Tests that would not run, or that would keep others from running. */
  readonly switchedOff: readonly Finding[];
  readonly comments: readonly Finding[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [member: string]: unknown;
}

/**
 * Reads what the rules look at from the syntax tree of a source, so that strings and comments never count.
 * Throws on a source that does not parse.
 */
export function scan(path: string, text: string): Scan {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error) throw new Error(`${path} does not parse: ${error.message}`);
  const lineAt = lineCounter(text);
  const imports: ImportedModule[] = [];
  const ambient: Finding[] = [];
  const switchedOff: Finding[] = [];
  for (const node of nodesOf(parsed.program)) {
    const line = lineAt(node.start);
    const imported = importOf(node, line);
    if (imported) imports.push(imported);
    const use = ambientUse(node);
    if (use) ambient.push({ what: use, line });
    const off = switchedOffTest(node);
    if (off) switchedOff.push({ what: off, line });
  }
  const comments = parsed.comments.map((comment) => ({ what: comment.value.trim(), line: lineAt(comment.start) }));
  return { imports, ambient, switchedOff, comments };
}

function lineCounter(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index);
  return (offset) => ends.filter((end) => end < offset).length + 1;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
  } else if (isNode(value)) {
    yield value;
    yield* nodesOf(Object.values(value));
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importOf(node: Node, line: number): ImportedModule | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return module(
        node.source,
        line,
        node.importKind === 'type' || allTypes(node.specifiers),
        namesOf(node.specifiers),
      );
    case 'ExportNamedDeclaration':
      return module(
        node.source,
        line,
        node.exportKind === 'type' || allTypes(node.specifiers),
        namesOf(node.specifiers),
      );
    case 'ExportAllDeclaration':
      return module(node.source, line, node.exportKind === 'type', ['*']);
    case 'TSImportType':
      return module(node.source, line, true, ['*']);
    case 'ImportExpression':
      return module(node.source, line, false, ['*']);
    case 'TSExternalModuleReference':
      return module(node.expression, line, false, ['*']);
    case 'CallExpression':
      return dotted(node.callee) === 'require' ? module(listOf(node.arguments)[0], line, false, ['*']) : undefined;
    default:
      return undefined;
  }
}

/** Undefined for a specifier that is only known when the program runs: what is loaded so is not imported. */
function module(
  source: unknown,
  line: number,
  typeOnly: boolean,
  names: readonly string[],
): ImportedModule | undefined {
  if (!isNode(source)) return undefined;
  const specifier = source.type === 'TSLiteralType' ? literalOf(source.literal) : literalOf(source);
  return specifier === undefined ? undefined : { specifier, line, typeOnly, names };
}

function literalOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  const [quasi, ...more] = node.type === 'TemplateLiteral' ? listOf(node.quasis) : [];
  const value = quasi?.value;
  if (more.length > 0 || typeof value !== 'object' || value === null || !('cooked' in value)) return undefined;
  return typeof value.cooked === 'string' ? value.cooked : undefined;
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function allTypes(specifiers: unknown): boolean {
  const list = listOf(specifiers);
  return list.length > 0 && list.every((item) => item.importKind === 'type' || item.exportKind === 'type');
}

function namesOf(specifiers: unknown): string[] {
  return listOf(specifiers).map((item) => {
    if (item.type === 'ImportNamespaceSpecifier') return '*';
    if (item.type === 'ImportDefaultSpecifier') return 'default';
    const named = item.type === 'ImportSpecifier' ? item.imported : item.local;
    return (isNode(named) && (named.name ?? named.value)?.toString()) || '*';
  });
}

/** `a.b.c` of a chain of plain or quoted members, whatever brackets, optional chaining or assertions surround it. */
function dotted(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return typeof node.name === 'string' ? node.name : undefined;
  if ('expression' in node) return dotted(node.expression);
  if (node.type !== 'MemberExpression') return undefined;
  const object = dotted(node.object);
  const property = node.computed === true ? literalOf(node.property) : dotted(node.property);
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}

const ambientCalls =
  /^(?:globalThis\.)?(?:Date\.now|Date|Math\.random|performance\.now|(?:crypto\.)?(?:randomUUID|randomBytes|randomInt|getRandomValues)|setTimeout|setInterval|setImmediate|fetch)$/;

function ambientUse(node: Node): string | undefined {
  const name = dotted(node.callee);
  if (node.type === 'CallExpression' && name !== undefined && ambientCalls.test(name)) return `${name}()`;
  if (node.type === 'NewExpression' && name === 'Date' && listOf(node.arguments).length === 0) return 'new Date()';
  if (node.type === 'MemberExpression' && dotted(node) === 'process.env') return 'process.env';
  return undefined;
}

const testFunctions = /^(?:it|test|describe|suite)(?:\.|$)/;
const offMembers = /\.(?:skip|only|todo|skipIf|runIf)(?:\.|$)/;
const offOptions = new Set(['skip', 'only', 'todo']);

function switchedOffTest(node: Node): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'TaggedTemplateExpression') return undefined;
  const name = dotted(node.callee ?? node.tag);
  if (name === undefined) return undefined;
  if (/^(?:xit|xtest|xdescribe|fit|fdescribe)$/.test(name)) return name;
  // A test's own context can skip it from within: `({ skip }) => skip()`, `(context) => context.skip()`.
  if (/^(?:(?:ctx|context|task|t)\.)?skip$/.test(name)) return name;
  if (!testFunctions.test(name)) return undefined;
  if (offMembers.test(name)) return name;
  const options = listOf(node.arguments).filter((argument) => argument.type === 'ObjectExpression');
  const off = options
    .flatMap((argument) => listOf(argument.properties))
    .map((property) => dotted(property.key) ?? literalOf(property.key))
    .find((key) => key !== undefined && offOptions.has(key));
  return off === undefined ? undefined : `${name}({ ${off} })`;
}
