import { expect, it } from 'vitest';
import { scan } from '../layers/scan.ts';
import { files, isTest, sources, textOf } from '../layers/sources.ts';
import { ambientUses, forbiddenName } from './rules.ts';

const maxSourceLines = 300;
const maxHandlerLines = 40;

const all = [...sources];
const productSources = all.filter(([path]) => !isTest(path) && !path.startsWith('test/'));
const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
const longerThan = (limit: number, paths: readonly string[]): string[] =>
  paths
    .map((path) => ({ path, lines: lineCount(textOf(path)) }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path} has ${lines} lines, ${limit} are allowed`);

it('no file or folder has a name that says nothing', () => {
  const paths = new Set(files.flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))));
  expect([...paths].flatMap((path) => forbiddenName(path) ?? [])).toEqual([]);
});

it('no source is longer than a reader can hold', () => {
  const paths = productSources.map(([path]) => path);
  expect(longerThan(maxSourceLines, paths)).toEqual([]);
});

it('handlers of functions are thin', () => {
  const handlers = files.filter((path) => /^functions\/[^/]+\/handler\.ts$/.test(path));
  expect(longerThan(maxHandlerLines, handlers)).toEqual([]);
});

it('core takes time, chance, network and environment from its ports', () => {
  expect(productSources.flatMap(([path, source]) => ambientUses(path, source))).toEqual([]);
});

it('no test is switched off', () => {
  const off = all
    .filter(([path]) => isTest(path) || path.startsWith('test/'))
    .flatMap(([path, source]) => source.switchedOff.map(({ what, line }) => `${path}:${line} ${what}`));
  expect(off).toEqual([]);
});

it('no source silences the compiler, and lint only with a reason', () => {
  const silenced = all.flatMap(([path, source]) =>
    source.comments
      .filter(({ what }) => /^@ts-(?:ignore|nocheck|expect-error)\b/.test(what) || /^(?:ox|es)lint-disable/.test(what))
      .filter(({ what }) => !/^oxlint-disable-next-line [a-z0-9/-]+ -- .{10}/.test(what) || /restricted/.test(what))
      .map(({ what, line }) => `${path}:${line} ${what}`),
  );
  expect(silenced).toEqual([]);
});

it.each([
  ['it.skip("x", () => {})', 'it.skip'],
  ['describe.only("x", () => {})', 'describe.only'],
  ['test.todo("x")', 'test.todo'],
  ['it.skip.each([1])("x", () => {})', 'it.skip.each'],
  ['it["skip"]("x", () => {})', 'it.skip'],
  ['it.skipIf(slow)("x", () => {})', 'it.skipIf'],
  ['it("x", { skip: true }, () => {})', 'it({ skip })'],
  ['it("x", (context) => { context.skip(); })', 'context.skip'],
  ['xit("x", () => {})', 'xit'],
])('sees that `%s` switches a test off', (text, found) => {
  expect(scan('x.test.ts', text).switchedOff).toEqual([{ what: found, line: 1 }]);
});

it.each(['it("skip", () => {})', '// it.skip("x")', 'page.skip(3)', 'it.each([1])("only %i", () => {})'])(
  'sees that `%s` switches nothing off',
  (text) => {
    expect(scan('x.test.ts', text).switchedOff).toEqual([]);
  },
);

it.each([
  ['const now = Date.now();', 'Date.now()'],
  ['const now = Date?.now();', 'Date.now()'],
  ['const now = globalThis.Date.now();', 'globalThis.Date.now()'],
  ['const now = new Date();', 'new Date()'],
  ['const x = Math.random();', 'Math.random()'],
  ['const id = crypto.randomUUID();', 'crypto.randomUUID()'],
  ['const id = randomUUID();', 'randomUUID()'],
  ['setTimeout(work, 5);', 'setTimeout()'],
  ['await fetch(url);', 'fetch()'],
  ['const table = process.env.TABLE;', 'process.env'],
])('sees the ambient use in `%s`, in core but not in its adapters', (text, found) => {
  const source = scan('x.ts', text);
  expect(source.ambient).toEqual([{ what: found, line: 1 }]);
  expect(ambientUses('core/operations/x.ts', source)).toHaveLength(1);
  expect(ambientUses('core/adapters/system/x.ts', source)).toEqual([]);
  expect(ambientUses('local/x.ts', source)).toEqual([]);
});

it.each(['new Date(nowMs)', 'clock.now()', 'http.fetch(url)', 'Date.parse(text)', '// Date.now()', '"Math.random()"'])(
  'sees nothing ambient in `%s`',
  (text) => {
    expect(scan('x.ts', text).ambient).toEqual([]);
  },
);

it.each([
  'core/model/run-manager.ts',
  'core/helpers/x.ts',
  'lib/stringUtils.ts',
  'core/common.ts',
  'shared/run.ts',
  'local/process.ts',
  'core/run_data.ts',
  'core/StepInfo.ts',
  'core/handle.ts',
])('refuses the name %s', (path) => {
  const parts = path.split('/');
  expect(parts.flatMap((_, i) => forbiddenName(parts.slice(0, i + 1).join('/')) ?? [])).not.toEqual([]);
});

it.each(['lib/stacks/data-stack.ts', 'functions/api/handler.ts', 'core/model/information-flow.ts', 'core/update.ts'])(
  'accepts the name %s',
  (path) => {
    expect(forbiddenName(path)).toBeUndefined();
  },
);
