import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadMachine } from './machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'machines-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, 'machine.asl.json');
  writeFileSync(file, text);
  return file;
}

describe('loading a state machine', () => {
  it('fills placeholders wherever they stand, and takes their values as they are', () => {
    const file = fileOf('{"A": ["${One}", {"B": "arn:${Two}:${One}"}], "C": "$.one"}');
    expect(loadMachine(file, { One: '$&"\\', Two: '${One}' })).toEqual({
      A: ['$&"\\', { B: 'arn:${One}:$&"\\' }],
      C: '$.one',
    });
  });

  it('names every placeholder that has no value', () => {
    const file = fileOf('{"A": "${One} ${Two} ${constructor}"}');
    expect(() => loadMachine(file, { One: '1' })).toThrow(
      /no value for \$\{Two\}, \$\{constructor\}\. Given: \$\{One\}/,
    );
  });

  it('names every value that has no placeholder', () => {
    expect(() => loadMachine(fileOf('{"A": "${One}"}'), { One: '1', Other: '2' })).toThrow(
      /no placeholder \$\{Other\}/,
    );
  });

  it('refuses a file that is not a JSON object', () => {
    expect(() => loadMachine(fileOf('[]'), {})).toThrow(/not a state machine/);
    expect(() => loadMachine(fileOf('{'), {})).toThrow(SyntaxError);
  });
});
