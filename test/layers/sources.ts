import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan } from './scan.ts';
import type { Scan } from './scan.ts';

/** The root of the repository, with a slash at its end. */
export const root = new URL('../../', import.meta.url).pathname;

const produced = new Set(['node_modules', 'dist', 'cdk.out', '.holdfast', '.git']);

/** Every file of the repository by its path from the root, except what installing, building and running produce. */
export const files: readonly string[] = walk('');

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (produced.has(entry.name)) return [];
    return entry.isDirectory() ? walk(path) : [path];
  });
}

export const isTest = (path: string): boolean => /\.test\.[cm]?tsx?$/.test(path);

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every source of the repository with what the rules need to know of it. */
export const sources: ReadonlyMap<string, Scan> = new Map(
  files.filter((path) => /\.[cm]?[jt]sx?$/.test(path)).map((path) => [path, scan(path, textOf(path))]),
);
