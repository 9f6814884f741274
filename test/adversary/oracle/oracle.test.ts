import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('./', import.meta.url);
const imports = /^import (type )?[^;]*? from '([^']+)';/gmu;

it('the oracle takes types from the engine and nothing else, so that it cannot repeat its mistakes', () => {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const taken = sources.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(imports)].map(([, isType, from]) => ({
      name,
      from: from ?? '',
      isType: isType !== undefined,
    })),
  );
  expect(taken.length).toBeGreaterThan(5);
  const code = taken.filter(({ isType }) => !isType).map(({ from }) => from);
  expect(code.filter((from) => !from.startsWith('./') && from !== '../canary.ts')).toEqual([]);
});
