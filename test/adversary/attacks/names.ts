import type { Step } from '../attack.ts';
import { step } from './bases.ts';
import type { Tampering } from './tampering.ts';
import { anyStep, freshId } from './tampering.ts';

const changed: readonly ((name: string) => string)[] = [
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => name.replace(/^[A-Z][a-z]+/, (bare) => bare.toUpperCase()),
  (name) => name.replace(/^[A-Z][a-z]/, (start) => start.toUpperCase()),
  (name) => `${name} `,
  (name) => ` ${name}`,
  (name) => `${name}\u200b`,
  (name) => `${name}\u0000`,
  (name) => `${name}\n`,
  (name) => name.replace('a', '\u0430'),
  (name) => name.replace('B', '\u0412'),
  (name) => name.normalize('NFD').replace(/(.)/, '$1\u0301'),
  (name) => name.replace('v1', 'v01'),
  (name) => name.replace('v1', 'v1.0'),
  (name) => name.replace('v1', 'v2'),
  (name) => name.replace('v2', 'v1'),
  (name) => name.replace('v1', 'v1/..'),
  (name) => name.replace('v1', 'v1#2'),
  (name) => name.replace(':', '::'),
  (name) => name.replace(/:v\d+$/, ''),
  (name) => name.replace(/:v\d+$/, ':latest'),
  (name) => name.replace(/:v\d+$/, ':v*'),
  () => '*',
  () => '__proto__',
  () => 'constructor',
  () => 'toString',
  () => 'hasOwnProperty',
];

const others = [
  'Vault:v1/open',
  'Users:v2/remove',
  'Users:v2/write',
  'Bank:v2/transfer',
  'Desk:v1/close',
  'Users:v1/write',
  'Model:v1/plan',
  'Model:v1/verify',
  'Model:v1/compact',
];
/** As the engine asks its own questions. */
const question = { texts: '{"goal":"Pay."}', input: '${input}', completed: [] };
const otherInputs: Readonly<Record<string, Record<string, unknown>>> = {
  'Vault:v1/open': { box: 'b' },
  'Users:v2/remove': { id: 'ann' },
  'Users:v2/write': { id: 'ann', roles: ['owner'] },
  'Bank:v2/transfer': { recipient: { iban: '${input.account}' }, amountCents: '${input.amountCents}' },
  'Desk:v1/close': { room: 'r1', level: 1 },
  'Users:v1/write': { id: 'ann', role: '${input.role}' },
  'Model:v1/plan': question,
  'Model:v1/verify': question,
  'Model:v1/compact': question,
};

/** The name of a skill or an action, almost as it should be. */
const almost: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (!target) return;
  const change = tools.random.pick(changed);
  if (tools.random.chance(0.6)) target.skill = change(target.skill);
  else target.action = change(target.action);
};

/** Skill and action together where one of them belongs. */
const joined: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (!target) return;
  if (tools.random.chance(0.5)) target.skill = `${target.skill}/${target.action}`;
  else target.action = `${target.skill}/${target.action}`;
};

/** An action that exists, and that the agent may not have. */
const foreign: Tampering = (steps, tools) => {
  const name = tools.random.pick(others);
  steps.push(step(freshId(), name, structuredClone(otherInputs[name] ?? {})));
};

/** The action of another skill, or another action of the same. */
const exchanged: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (!target) return;
  const [skill = '', action = ''] = tools.random.pick(others).split('/');
  if (tools.random.chance(0.5)) target.skill = skill;
  else target.action = action;
};

/** Members of a step that no author may write. */
const pinned: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (!target) return;
  const extra = tools.random.pick<Partial<Step> & Record<string, unknown>>([
    { skillHash: '0' },
    { functionArn: 'arn:aws:lambda:::function:vault-v1:1' },
    { after: [] },
    { agent: 'senior' },
    { tenantId: 'globex' },
    { doubted: [] },
    { approved: true },
    { trust: 'trusted' },
  ] as (Partial<Step> & Record<string, unknown>)[]);
  Object.assign(target, extra);
};

export const nameTamperings: readonly Tampering[] = [almost, almost, joined, foreign, foreign, exchanged, pinned];
