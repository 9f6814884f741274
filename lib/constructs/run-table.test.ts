import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, basename, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { expect, it } from 'vitest';
import { BundledFunction } from './bundled-function.ts';
import { RunTable } from './run-table.ts';

/** Statements about the table that a grant gives a function. */
function granted(grant: (table: RunTable, fn: BundledFunction) => void) {
  const stack = new Stack(new App(), 'Spend');
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundle-'));
  writeFileSync(join(folder, 'index.mjs'), '');
  const table = new RunTable(stack, 'Runs', { encryptionKey: new Key(stack, 'Key') });
  const fn = new BundledFunction(stack, 'Fn', {
    ...{ functionName: 'think', description: 'Thinks.', timeoutSeconds: 10 },
    bundleDir: dirname(folder),
    bundle: basename(folder),
  });
  grant(table, fn);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  interface Written {
    readonly Action: string | string[];
    readonly Condition?: Record<string, Record<string, string[]>>;
  }
  return policies
    .flatMap(({ Properties }) => (Properties as { PolicyDocument: { Statement: Written[] } }).PolicyDocument.Statement)
    .filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'))
    .map(({ Action, Condition }) => ({
      actions: Action,
      partitions: Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'],
    }));
}

it('a function that calls models reads and writes accounts of spending, one item at a time, and nothing else', () => {
  expect(granted((table, fn) => table.grantSpend(fn))).toEqual([
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], partitions: ['T#*#G#*', 'T#*#M#*'] },
  ]);
});

it('a function that shows what was spent reads the accounts only', () => {
  expect(granted((table, fn) => table.grantReadSpend(fn))).toEqual([
    { actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'], partitions: ['T#*#G#*', 'T#*#M#*'] },
  ]);
});
