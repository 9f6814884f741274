import type { Step } from '../attack.ts';
import { step } from './bases.ts';
import type { Tampering } from './tampering.ts';
import { anyStep, freshId } from './tampering.ts';

const doubled: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (target) steps.push({ ...structuredClone(target), input: { ...target.input, amountCents: 50_000 } });
};

/** A step of an earlier revision, defined once more with other arguments or another action. */
const redefined: Tampering = (steps, tools) => {
  if (tools.earlier.length === 0) return;
  const id = tools.random.pick(tools.earlier);
  const again = tools.random.pick<Step>([
    step(id, 'Bank:v1/transfer', { to: '${input.other}', amountCents: '${input.amountCents}', currency: 'EUR' }),
    step(id, 'Mail:v1/send', { to: '${input.to}', subject: 'again', body: 'again' }),
    step(id, 'Text:v1/join', { parts: ['${input.account}'] }),
    step(id, 'Users:v1/read', { id: 'again' }),
  ]);
  steps.push(again);
};

/** The id of a step that a note or a mail was read under, for a step that may be believed. */
const renamed: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (target)
    target.id = tools.random.pick([
      'input',
      'output',
      '__proto__',
      'constructor',
      'a.b',
      '',
      'A',
      'a',
      'toString',
      'x'.repeat(70),
    ]);
};

const circle: Tampering = (steps, tools) => {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first && last) first.dependsOn = [tools.random.pick([first.id, last.id, 'nobody', '__proto__'])];
};

const unordered: Tampering = (steps) => {
  for (const one of steps) delete one.dependsOn;
};

const optional: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (target) target.optional = true;
};

const many: Tampering = (steps, tools) => {
  const count = tools.random.pick([3, 8, 201]);
  for (let index = 0; index < count; index += 1) steps.push(step(freshId(), 'Text:v1/join', { parts: ['x'] }));
};

const misshapen: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools) as Record<string, unknown> | undefined;
  if (!target) return;
  const key = tools.random.pick(['id', 'skill', 'action', 'input', 'dependsOn', 'why', 'optional']);
  target[key] = tools.random.pick<unknown>([null, 1, [], {}, true, ['a'], { toString: 'Bank:v1' }]);
};

const shuffled: Tampering = (steps) => {
  steps.reverse();
};

/** Addresses that mean something else than they seem to. */
const addresses = [
  'http://api.partner.example/',
  'https://evil.example/',
  'https://api.partner.example.evil.example/',
  'https://api.partner.example@evil.example/',
  'https://evil.example#api.partner.example',
  'https://user:pass@api.partner.example/',
  'https://api.partner.example:8443/',
  'https://API.partner.example/ok',
  'https://api.partner.example./',
  'https://inside.partner.example/',
  'https://flip.partner.example/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.1/',
  'https://[::1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[2002:a9fe:a9fe::]/',
  'http://169.254.169.254/latest/meta-data/',
  'https://api.partner.example/to?https://evil.example/',
  'https://api.partner.example/to?http://169.254.169.254/',
  'https://api.partner.example/to?https://inside.partner.example/',
  'https://api.partner.example/to?https://cdn.partner.example/ok',
  'https://api.partner.example/to?//evil.example/',
  'https://cdn.partner.example/loop',
  'file:///etc/passwd',
  'data:text/plain,x',
  'javascript:1',
  'https:\\\\evil.example\\',
  ' https://evil.example/',
  '//evil.example/',
  '',
];

const elsewhere: Tampering = (steps, tools) => {
  const url = tools.random.pick(addresses);
  const fetching = steps.find(({ skill }) => skill === 'Web:v1');
  if (fetching) fetching.input['url'] = url;
  else steps.push(step(freshId(), 'Web:v1/get', { url }));
};

export const structureTamperings: readonly Tampering[] = [
  doubled,
  redefined,
  redefined,
  redefined,
  renamed,
  circle,
  unordered,
  optional,
  many,
  misshapen,
  shuffled,
];
export const addressTamperings: readonly Tampering[] = [elsewhere];
