import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildConsole } from './build-console.ts';

/** What a browser may have to fetch before the list of runs is there. */
const maxFirstLoadBytes = 600_000;
const firstPage = ['index.html', 'pages/runs/index.tsx'];

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

const directory = join(import.meta.dirname, '..', 'dist', 'console');
await buildConsole();
const chunks = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>;
const first = filesOf(firstPage);
const sizes = [...first]
  .map((file) => ({ file, gzipBytes: gzipBytesOf(file) }))
  .toSorted((a, b) => b.gzipBytes - a.gzipBytes);
const firstLoadBytes = sizes.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
const later = [...filesOf(Object.keys(chunks))].filter((file) => !first.has(file));
const laterBytes = later.reduce((sum, file) => sum + gzipBytesOf(file), 0);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ firstLoadBytes, maxFirstLoadBytes, laterBytes, files: sizes }));
} else {
  for (const { file, gzipBytes } of sizes) console.log(`${kilobytes(gzipBytes)}  ${file}`);
  console.log(`${kilobytes(firstLoadBytes)}  first load, gzip; ${kilobytes(maxFirstLoadBytes).trim()} are allowed`);
  console.log(`${kilobytes(laterBytes)}  in ${later.length} files that are loaded when they are needed`);
}
if (firstLoadBytes > maxFirstLoadBytes) {
  console.error('The first load is too large. Load what the first page does not need with import(), or do without it.');
  process.exitCode = 1;
}

/** What entries of the manifest need before they run. */
function filesOf(entries: readonly string[]): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const add = (entry: string): void => {
    if (seen.has(entry)) return;
    seen.add(entry);
    const chunk = chunks[entry];
    if (!chunk) throw new Error(`The console's manifest has no '${entry}'; it has ${Object.keys(chunks).join(', ')}.`);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  for (const entry of entries) add(entry);
  return files;
}

function gzipBytesOf(file: string): number {
  return gzipSync(readFileSync(join(directory, file))).byteLength;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1).padStart(7)} KB`;
}
