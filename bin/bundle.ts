import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeBundles } from '../lib/bundle/bundles.ts';
import { readProject } from '../lib/project.ts';

const packageDir = join(import.meta.dirname, '..');
const outDir = join(packageDir, 'dist', 'lambda');
const written = await writeBundles({ packageDir, project: await readProject(packageDir), outDir });
for (const path of written) {
  const { size } = await stat(path);
  console.log(`${String(Math.round(size / 1024)).padStart(6)} KB  ${relative(process.cwd(), path)}`);
}
