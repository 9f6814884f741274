import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { buildConsole } from './build-console.ts';

/** What belongs into the package besides what tsconfig.build.json compiles. */
const copied = ['statemachines', 'docs/errors', 'dist/console', 'LICENSE', 'README.md'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const repository = join(import.meta.dirname, '..');
const outDir = resolve(process.argv[2] ?? join(repository, 'dist', 'package'));
makeFolder();
compile();
await buildConsole();
for (const path of copied) {
  if (existsSync(join(repository, path))) cpSync(join(repository, path), join(outDir, path), { recursive: true });
}
const manifest = packageManifest(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest);
for (const path of Object.values(manifest.bin)) chmodSync(join(outDir, path), 0o755);
writeFileSync(join(outDir, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
console.log(`${manifest.name} ${manifest.version} is in ${relative(process.cwd(), outDir) || '.'}`);

/** The usual folder is replaced; one that was named is somebody's, so it has to be new. */
function makeFolder(): void {
  if (process.argv[2] === undefined) rmSync(outDir, { recursive: true, force: true });
  else if (existsSync(outDir)) {
    console.error(`${outDir} exists. Name a folder that does not, or none for dist/package.`);
    process.exit(2);
  }
  mkdirSync(outDir, { recursive: true });
}

function compile(): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const settings = ['-p', join(repository, 'tsconfig.build.json'), '--outDir', outDir];
  try {
    execFileSync(process.execPath, [compiler, ...settings], { stdio: 'inherit' });
  } catch {
    console.error('The package was not built, because its sources have the mistakes above.');
    process.exit(1);
  }
}

function packageManifest({ name, version, description, license, type, bin, exports, ...root }: Manifest) {
  const doors = Object.entries(exports).map(([door, path]) => {
    const [, stem] = /^(.*)\.ts$/.exec(path) ?? [];
    return [door, stem === undefined ? path : { types: `${stem}.d.ts`, default: `${stem}.js` }] as const;
  });
  return {
    ...{ name, version, description, license, type, bin },
    exports: Object.fromEntries(doors),
    engines: root.engines,
    dependencies: importedOf(root.dependencies),
  };
}

/** Those dependencies that the compiled code imports: the CDK, say, is of no use to who only runs agents. */
function importedOf(dependencies: Manifest['dependencies']): Record<string, string> {
  const imports = /^(?:import|export|\}).*?(?:from |import )'([^'.][^']*)';$|\bimport\('([^'.][^']*)'\)/gm;
  const names = globSync('**/*.js', { cwd: outDir, exclude: ['dist/**'] })
    .flatMap((file) => [...readFileSync(join(outDir, file), 'utf8').matchAll(imports)])
    .map(([, fixed, dynamic]) => fixed ?? dynamic ?? '')
    .filter((specifier) => !isBuiltin(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
  return Object.fromEntries(
    [...new Set(names)].toSorted().map((name) => {
      const version = dependencies[name];
      if (version === undefined) throw new Error(`The package imports '${name}'; put it into dependencies.`);
      return [name, version];
    }),
  );
}
