import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import * as z from 'zod';
import { defineAction, defineSkill } from '../../core/sdk/index.ts';
import { compareWithLock, readSkillsLock, writeSkillsLock } from './skills-lock.ts';

const directory = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('every term of a contract is kept, and is the same when it is read again', async () => {
  const skill = defineSkill({
    id: 'Billing:v1',
    release: '1.0.0',
    description: 'Pays money back.',
    network: ['https://pay.example'],
    secrets: ['PAY_KEY'],
    uses: ['store', 'mail'],
    addresses: 'public',
    actions: {
      refund: defineAction({
        description: 'Pay back.',
        input: z.object({ amountCents: z.int() }),
        output: z.object({ currency: z.enum(['EUR']) }),
        sensitive: ['amountCents'],
        trust: 'untrusted',
        endorses: { currency: 'enum' },
        alternatives: ['Desk:v1/refund'],
        compensate: () => Promise.resolve(),
        run: () => Promise.resolve({ currency: 'EUR' as const }),
      }),
    },
  });
  const registry = { skills: new Map([[skill.id, skill]]), agents: new Map() };
  await writeSkillsLock(directory, registry);
  const locked = await readSkillsLock(directory);
  expect(locked?.get('Billing:v1')).toMatchObject({
    network: ['https://pay.example'],
    secrets: ['PAY_KEY'],
    uses: ['mail', 'store'],
    addresses: 'public',
    actions: { refund: { sensitive: ['amountCents'], trust: 'untrusted', compensates: true } },
  });
  expect(compareWithLock(locked ?? new Map(), registry)).toMatchObject({ verdict: 'same' });
});
