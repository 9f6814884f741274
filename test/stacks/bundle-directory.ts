import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the bundles of projects are put, once for all test files of a run. */
    readonly bundleDirectory: string;
  }
}

export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
  project.provide('bundleDirectory', directory);
  return () => rmSync(directory, { recursive: true, force: true });
}
