import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { ImportedModule, Scan } from './scan.ts';

/** What the sources of one room may import: rooms, packages and Node's own modules. A `*` at the end stands for any rest. */
export interface Room {
  readonly may: readonly string[];
  /** For types only: nothing of it is there when the program runs. */
  readonly mayTypes?: readonly string[];
  /** Folders of this room do not know each other; what they share, or what joins them, stands beside them. */
  readonly apart?: true;
  /** What to do about a forbidden import. */
  readonly instead: string;
}

const anything = { may: ['*'], instead: '' };

/**
 * The dependency rules of ARCHITECTURE.md. A room may always import itself. A source in a room that is not
 * listed is a violation, and so is a room's import of anything that its row does not name.
 */
export const rooms: Readonly<Record<string, Room>> = {
  'core/model': {
    may: ['zod', 'node:crypto'],
    instead: 'The model is types and pure rules; what needs more belongs to core/operations.',
  },
  'core/ports': {
    may: ['core/model'],
    instead: 'A port is an interface in terms of the model; an implementation belongs to core/adapters.',
  },
  'core/contract': {
    may: ['core/model', 'yaml', 'zod'],
    instead: 'The contract is what the infrastructure and the runtime both know; logic belongs to core/operations.',
  },
  'core/authz': {
    may: ['core/model', 'core/contract', 'zod'],
    instead: 'Compile from the model; an engine for policies is an adapter behind a port.',
  },
  'core/operations': {
    may: ['core/model', 'core/ports', 'core/contract', 'core/authz', 'zod'],
    instead: 'Ask for what you need through a port of core/ports; an adapter provides it.',
  },
  'core/sdk': {
    may: ['core/model', 'zod'],
    instead: 'The door for authors gives out definitions of the model and nothing of the engine.',
  },
  'core/adapters': {
    may: [
      'core/ports',
      'core/model',
      'core/contract',
      '@ai-sdk/*',
      '@aws-sdk/*',
      '@cedar-policy/*',
      'nodemailer',
      'zod',
      'node:*',
    ],
    apart: true,
    instead: 'An adapter implements a port and decides nothing; rules belong to core/model or core/operations.',
  },
  skills: {
    may: ['core/sdk', 'zod', 'node:crypto'],
    apart: true,
    instead: "Import from 'holdfast'; reach services through context.fetch.",
  },
  agents: {
    may: ['core/sdk', 'zod'],
    instead: "Import from 'holdfast' and name skills by their id.",
  },
  functions: {
    may: ['core/*', '@aws-lambda-powertools/*', 'hono', 'jose', 'zod', 'node:*'],
    mayTypes: ['aws-lambda'],
    apart: true,
    instead: 'A handler parses, calls one operation of core/operations and answers.',
  },
  lib: {
    may: [
      'core/contract',
      'core/authz',
      'core/model',
      'statemachines',
      'aws-cdk-lib',
      'constructs',
      'cdk-nag',
      'rolldown',
      'zod',
      'node:*',
    ],
    instead: 'Point at functions and state machines by path; take names from core/contract.',
  },
  local: {
    may: [
      'core/*',
      'functions',
      'statemachines',
      '@aws-sdk/*',
      '@hono/node-server',
      'aws-local-stepfunctions',
      'dynalite',
      'fauxqs',
      'hono',
      'jose',
      'smtp-server',
      'yaml',
      'zod',
      'node:*',
    ],
    mayTypes: ['aws-lambda'],
    instead: 'Load skills and agents from the project folder when the program runs.',
  },
  testing: {
    may: ['core/*', 'local', 'zod', 'node:*'],
    instead: 'Build on the operations of core/operations, so that what is tested is what runs in production.',
  },
  cli: {
    may: [
      'core/contract',
      'local',
      '@hono/node-server',
      '@modelcontextprotocol/*',
      'commander',
      'cli-table3',
      '@clack/prompts',
      'zod',
      'node:*',
    ],
    mayTypes: ['core/model'],
    instead: 'Ask the HTTP API.',
  },
  console: {
    may: [
      '@cloudscape-design/*',
      '@vitejs/plugin-react',
      '@xyflow/react',
      'oidc-client-ts',
      'react',
      'react-dom',
      'react-router',
      'vite',
    ],
    mayTypes: ['core/contract', 'core/model', 'zod'],
    instead: 'Ask the HTTP API; of core the console knows types only.',
  },
  bin: { may: ['lib', 'cli', 'aws-cdk-lib', 'cdk-nag', 'vite', 'node:*'], instead: 'A thing to start holds no logic.' },
  test: anything,
  bench: anything,
  examples: anything,
  '.': { may: ['vitest', 'test', 'node:*'], instead: 'The root holds settings of tools only.' },
};

/** What a test beside its source may import besides what the source may. A promise that spans rooms sits in test/. */
export const besideTests: readonly string[] = ['vitest', 'fast-check', 'core/adapters', 'test', 'node:*'];

/** A room of core is one level deeper than the others. Files at the root are the room `.`. */
export function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts.length === 1) return '.';
  return parts.slice(0, parts[0] === 'core' ? 2 : 1).join('/');
}

/** The file, package or module of Node that an import leads to. */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package' | 'builtin'; readonly name: string };

const builtins = new Set(builtinModules);

/**
 * @param ownDoors specifiers under which this package is importable, and the files behind them
 */
export function targetOf(from: string, specifier: string, ownDoors: Readonly<Record<string, string>>): Target {
  if (specifier.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(from), specifier) };
  if (Object.hasOwn(ownDoors, specifier)) return { kind: 'file', path: ownDoors[specifier] ?? '' };
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (specifier.startsWith('node:')) return { kind: 'builtin', name: specifier };
  return builtins.has(name) ? { kind: 'builtin', name: `node:${specifier}` } : { kind: 'package', name };
}

/** Every import of a source that its room does not allow, as sentences. */
export function forbiddenImports(
  path: string,
  source: Pick<Scan, 'imports'>,
  ownDoors: Readonly<Record<string, string>>,
  isTest: boolean,
): string[] {
  const name = roomOf(path);
  const room = Object.hasOwn(rooms, name) ? rooms[name] : undefined;
  if (!room) return [`${path}: '${name}' is no room; the rooms are ${Object.keys(rooms).join(', ')}`];
  return source.imports
    .filter((imported) => !allowed(path, name, room, imported, targetOf(path, imported.specifier, ownDoors), isTest))
    .map((imported) => {
      const types = room.mayTypes ? `; types only: ${room.mayTypes.join(', ')}` : '';
      const may = `${name} may import ${room.may.join(', ')}${types}`;
      return `${path}:${imported.line} imports '${imported.specifier}'; ${may}. ${room.instead}`;
    });
}

function allowed(
  path: string,
  name: string,
  room: Room,
  imported: ImportedModule,
  target: Target,
  isTest: boolean,
): boolean {
  const goal = target.kind === 'file' ? roomOf(target.path) : target.name;
  if (target.kind === 'file' && goal === name) return !room.apart || sameFolder(path, target.path, name);
  const may = [...room.may, ...(imported.typeOnly ? (room.mayTypes ?? []) : []), ...(isTest ? besideTests : [])];
  return may.some((entry) => (entry.endsWith('*') ? goal.startsWith(entry.slice(0, -1)) : entry === goal));
}

function sameFolder(from: string, to: string, room: string): boolean {
  const [fromFolder, toFolder] = [from, to].map((path) => posix.dirname(path.slice(room.length + 1)).split('/')[0]);
  return fromFolder === '.' || toFolder === '.' || fromFolder === toFolder;
}

/**
 * Imports of zod that pull all of it into a bundle: 444 KB instead of 88 KB. `import * as z` lets the bundler
 * leave out what is not used.
 */
export function heavyZodImports(path: string, source: Pick<Scan, 'imports'>): string[] {
  return source.imports
    .filter(({ specifier, typeOnly, names }) => {
      return specifier === 'zod' && !typeOnly && names.some((name) => name === 'z' || name === 'default');
    })
    .map(({ line }) => `${path}:${line} takes z out of zod; write \`import * as z from 'zod'\``);
}

/** Circles of imports that exist when the program runs, each once, as lists of files. */
export function importCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) {
      circles.push([...trail.slice(seenAt), path]);
      return;
    }
    if (finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
}

/** A manifest that says which packages the sources of its folder can rely on. */
export interface Manifest {
  readonly folder: string;
  readonly packages: ReadonlySet<string>;
}

/** Imports of packages that no manifest above the source names: they are there by accident, or not at all. */
export function undeclaredPackages(
  path: string,
  source: Pick<Scan, 'imports'>,
  ownDoors: Readonly<Record<string, string>>,
  manifests: readonly Manifest[],
): string[] {
  const packages = manifests
    .filter(({ folder }) => path.startsWith(folder))
    .flatMap((manifest) => [...manifest.packages]);
  return source.imports.flatMap(({ specifier, typeOnly, line }) => {
    const target = targetOf(path, specifier, ownDoors);
    if (target.kind !== 'package') return [];
    const declared = packages.includes(target.name) || (typeOnly && packages.includes(`@types/${target.name}`));
    return declared ? [] : [`${path}:${line} imports '${target.name}', which no package.json above it names`];
  });
}
