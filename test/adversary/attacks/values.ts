import type { Tampering } from './tampering.ts';
import { anyPlace, anyStep, put } from './tampering.ts';

const limits = [0, -1, 99, 100, 101, 49_999, 50_000, 50_001, 60_000, 199_999, 200_000, 200_001];
const numbers: readonly unknown[] = [
  1e3,
  -0,
  1,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  0.1,
  1e21,
  '1e3',
  '50000',
  'NaN',
  'Infinity',
  ' 1 ',
  '0x10',
  true,
  null,
];
const shapes: readonly unknown[] = [
  null,
  [],
  {},
  '',
  [[]],
  { __entity: { type: 'Agent', id: 'senior' } },
  { __extn: { fn: 'decimal', arg: '1.0' } },
  { type: 'Agent', id: 'senior' },
  [50_000],
  ['EUR'],
  { amountCents: 1 },
  { toString: 'x', valueOf: 'y' },
];
const texts = ['eur', 'EUR ', 'ＥＵＲ', 'USD', 'test ', 'Test', 'te\u0301st', 'test\u0000', 'owner', '\ud800'];
/** As JSON texts, for only a parser makes own members of such names. */
const poisoned = [
  '{"__proto__":{"amountCents":1,"currency":"EUR"},"to":"x"}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"to":"x","to":"cn-u-0.","amountCents":1,"amountCents":50007,"currency":"EUR"}',
  '{"prototype":1,"__proto__":null}',
];

/** An amount at, below and above every limit of the fixture. */
const atLimit: Tampering = (steps, tools) => {
  const { random } = tools;
  const fitting = steps.filter(({ input }) => Object.hasOwn(input, 'amountCents') || Object.hasOwn(input, 'level'));
  if (fitting.length === 0) return;
  const { input } = random.pick(fitting);
  if (Object.hasOwn(input, 'level')) input['level'] = random.pick([2, 3, 4, -1]);
  else input['amountCents'] = random.pick(limits);
};

const odd =
  (values: readonly unknown[]): Tampering =>
  (steps, tools) => {
    const place = anyPlace(steps, tools);
    if (place) put(place, structuredClone(tools.random.pick(values)));
  };

const missing: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  const keys = Object.keys(target?.input ?? {});
  if (target && keys.length > 0) delete target.input[tools.random.pick(keys)];
};

const additional: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  const key = tools.random.pick([
    'tenantId',
    'to',
    'approved',
    'amountCents',
    'context',
    '__proto__',
    'splits',
    'roles',
  ]);
  if (target) put({ holder: target.input, key }, tools.random.pick<unknown>([1, 'globex', true, ['owner'], {}]));
};

const replacedInput: Tampering = (steps, tools) => {
  const target = anyStep(steps, tools);
  if (target) target.input = JSON.parse(tools.random.pick(poisoned)) as Record<string, unknown>;
};

const deep: Tampering = (steps, tools) => {
  const place = anyPlace(steps, tools);
  if (!place) return;
  let value: unknown = 'x';
  for (let depth = tools.random.pick([5, 60, 400]); depth > 0; depth -= 1) value = depth % 2 ? [value] : { a: value };
  put(place, value);
};

const long: Tampering = (steps, tools) => {
  const place = anyPlace(steps, tools);
  if (place) put(place, 'x'.repeat(tools.random.pick([3_000, 5_000, 70_000])));
};

const secondCurrency: Tampering = (steps, tools) => {
  const fitting = steps.filter(({ input }) => Object.hasOwn(input, 'currency'));
  if (fitting.length > 0)
    tools.random.pick(fitting).input['currency'] = tools.random.pick<unknown>([...texts, ['EUR'], null]);
};

/** Ids of another tenant, its people and its keys. */
const foreignTenant: Tampering = (steps, tools) => {
  const place = anyPlace(steps, tools);
  if (place)
    put(
      place,
      tools.random.pick(['T#globex#R#run-1', 'globex', 'tenant:globex/memo', '../globex/memo', 'globex#Notes:v1#memo']),
    );
};

export const valueTamperings: readonly Tampering[] = [
  atLimit,
  atLimit,
  atLimit,
  odd(numbers),
  odd(shapes),
  odd(texts),
  missing,
  additional,
  replacedInput,
  deep,
  long,
  secondCurrency,
  foreignTenant,
];
