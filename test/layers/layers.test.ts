import { expect, it } from 'vitest';
import {
  forbiddenImports,
  heavyZodImports,
  importCircles,
  roomOf,
  rooms,
  targetOf,
  undeclaredPackages,
} from './rules.ts';
import { scan } from './scan.ts';
import { files, isTest, sources, textOf } from './sources.ts';

interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const packageJsonAt = (path: string): PackageJson => JSON.parse(textOf(path)) as PackageJson;
const manifest = packageJsonAt('package.json');
const manifests = files
  .filter((path) => /(?:^|\/)package\.json$/.test(path))
  .map((path) => {
    const { dependencies, devDependencies } = packageJsonAt(path);
    const packages = new Set([...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})]);
    return { folder: path.slice(0, -'package.json'.length), packages };
  });
/** Specifiers under which this package can be imported, and the files behind them. */
const ownDoors = Object.fromEntries(
  Object.entries(manifest.exports).map(([door, file]) => [manifest.name + door.slice(1), file.replace('./', '')]),
);
const all = [...sources];
const planted = (path: string, text: string): string[] =>
  forbiddenImports(path, scan(path, text), ownDoors, isTest(path));

it('no source imports what its room may not import', () => {
  expect(all.flatMap(([path, source]) => forbiddenImports(path, source, ownDoors, isTest(path)))).toEqual([]);
});

it('the sources of core are all seen', () => {
  const seen = new Set(all.map(([path]) => roomOf(path)));
  expect([...seen]).toEqual(expect.arrayContaining(['core/model', 'core/ports', 'core/contract', 'core/operations']));
});

it('no room of core may import the CDK', () => {
  const cdk = ['aws-cdk-lib', 'constructs', 'aws-cdk', 'cdk-nag'];
  const core = Object.entries(rooms).filter(([name]) => name.startsWith('core/'));
  expect(core.length).toBeGreaterThan(5);
  for (const [name, room] of core) {
    expect([...room.may, ...(room.mayTypes ?? [])], name).not.toEqual(expect.arrayContaining(['*']));
    for (const forbidden of cdk) expect(planted(`${name}/x.ts`, `import '${forbidden}';`), name).toHaveLength(1);
  }
});

it('arrows between the rooms of core point down only', () => {
  const core = Object.keys(rooms).filter((name) => name.startsWith('core/'));
  const graph = new Map(core.map((name) => [name, (rooms[name]?.may ?? []).filter((entry) => core.includes(entry))]));
  expect(importCircles(graph)).toEqual([]);
});

it('no files import each other in a circle', () => {
  const graph = new Map(
    all.map(([path, source]) => [
      path,
      source.imports
        .filter((imported) => !imported.typeOnly)
        .map((imported) => targetOf(path, imported.specifier, ownDoors))
        .flatMap((target) => (target.kind === 'file' ? [target.path] : [])),
    ]),
  );
  expect(importCircles(graph).map((circle) => circle.join(' -> '))).toEqual([]);
});

it('zod is imported so that bundlers can leave out what is not used', () => {
  expect(all.flatMap(([path, source]) => heavyZodImports(path, source))).toEqual([]);
});

it('every package that is imported is one that is asked for', () => {
  expect(all.flatMap(([path, source]) => undeclaredPackages(path, source, ownDoors, manifests))).toEqual([]);
});

it('a package of one folder is not there for another', () => {
  const source = scan('x.ts', "import 'only-there'; import type { Context } from 'typed'; import 'typed';");
  const some = [
    { folder: '', packages: new Set(['@types/typed']) },
    { folder: 'bench/langgraph/', packages: new Set(['only-there']) },
  ];
  expect(undeclaredPackages('bench/langgraph/x.ts', source, {}, some)).toHaveLength(1);
  expect(undeclaredPackages('bench/x.ts', source, {}, some)).toHaveLength(2);
});

it.each([
  ["import { App } from 'aws-cdk-lib';", 'core/model/x.ts'],
  ["import type { Construct } from 'constructs';", 'core/operations/x.ts'],
  ["export * from '../operations/decide.ts';", 'core/model/x.ts'],
  ["export { decide } from '../operations/decide.ts';", 'core/sdk/x.ts'],
  ["const m = await import('../../local/start.ts');", 'core/operations/x.ts'],
  ['const m = await import(`../../local/start.ts`);', 'core/operations/x.ts'],
  ["type T = import('../adapters/sqs/queue.ts').Queue;", 'core/ports/x.ts'],
  ["import fs = require('node:fs');", 'core/model/x.ts'],
  ["const fs = require('fs');", 'core/model/x.ts'],
  ["import { readFile } from 'fs/promises';", 'core/operations/x.ts'],
  ["import '../../core/model/run.ts';", 'skills/a-v1/skill.ts'],
  ["import other from '../b-v1/skill.ts';", 'skills/a-v1/skill.ts'],
  ["import skill from '../skills/a-v1/skill.ts';", 'agents/x.ts'],
  ["import { decide } from '../core/operations/decide.ts';", 'lib/x.ts'],
  ["import { isFinal } from '../core/model/run.ts';", 'cli/x.ts'],
  ["import { type RunHead, isFinal } from '../core/model/run.ts';", 'cli/x.ts'],
  ["import { DynamoRunStore } from '../dynamodb/run-store.ts';", 'core/adapters/s3/x.ts'],
  ["import { handler } from '../decide/handler.ts';", 'functions/api/handler.ts'],
  ["import { x } from '../core/operations/decide.ts';", 'cli/x.ts'],
  ["import { endpoints } from '../core/contract/endpoints.ts';", 'console/x.ts'],
  ["import type { Ports } from '../core/ports/index.ts';", 'console/x.ts'],
  ["import { join } from 'node:path';", 'console/x.ts'],
  ["import { it } from 'vitest';", 'core/model/x.ts'],
  ["import '../elsewhere/x.ts';", 'core/model/x.ts'],
  ["import 'zod';", 'attic/x.ts'],
])('finds the forbidden import of `%s` in %s', (text, path) => {
  const [found, ...more] = planted(path, text);
  expect(found).toContain(path);
  expect(more).toEqual([]);
});

it.each([
  ["import * as z from 'zod';", 'core/model/x.ts'],
  ["// import { App } from 'aws-cdk-lib';", 'core/model/x.ts'],
  ['const text = "import { App } from \'aws-cdk-lib\'";', 'core/model/x.ts'],
  ['const loaded = await import(path);', 'local/x.ts'],
  ["import { defineSkill } from 'holdfast';", 'skills/a-v1/skill.ts'],
  ["import { price } from './price.ts';", 'skills/a-v1/skill.ts'],
  ["import type { RunHead } from '../core/model/run.ts';", 'cli/x.ts'],
  ["import { type RunHead } from '../core/model/run.ts';", 'cli/x.ts'],
  ["import type { endpoints } from '../core/contract/endpoints.ts';", 'console/x.ts'],
  ["import { clock } from './system/clock.ts';", 'core/adapters/aws.ts'],
  ["import { registry } from '../registry.ts';", 'functions/api/handler.ts'],
  ["import { it } from 'vitest';", 'core/model/x.test.ts'],
])('allows `%s` in %s', (text, path) => {
  expect(planted(path, text)).toEqual([]);
});

it.each([
  ["import { z } from 'zod';", 1],
  ["import z from 'zod';", 1],
  ["import { z as schema } from 'zod';", 1],
  ["export { z } from 'zod';", 1],
  ["import * as z from 'zod';", 0],
  ["import type { z } from 'zod';", 0],
])('judges `%s` as %i heavy import of zod', (text, count) => {
  expect(heavyZodImports('x.ts', scan('x.ts', text))).toHaveLength(count);
});

it('finds a circle, and only a circle', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', []],
    ['d', ['e']],
    ['e', ['f']],
    ['f', ['e']],
  ]);
  expect(importCircles(graph)).toEqual([['e', 'f', 'e']]);
});
