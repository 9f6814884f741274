import type { Json } from '../../../core/model/json.ts';
import type { Step } from '../attack.ts';
import type { Canaries } from '../canary.ts';
import type { Random } from '../random.ts';

/** A plan that an honest planner might make, by agent, and what it needs. */
export interface Base {
  readonly name: string;
  readonly agent: string;
  /** For which tenants it is allowed; for all when left out. */
  readonly tenants?: readonly string[];
  readonly revisions: readonly (() => Step[])[];
  readonly author?: 'human';
  /** A person has to say yes to a step of it. */
  readonly asks?: true;
}

/**
 * The input of every run: what a person gave, and a ticket that came from outside.
 *
 * @param isClean a person has written the ticket too
 */
export function runInput(
  random: Random,
  canaries: Canaries,
  isClean = false,
): { readonly input: Json; readonly untrusted: readonly string[] } {
  const trusted = (): string => canaries.text('trusted');
  const origin = isClean ? 'trusted' : 'outside';
  const outside = (): string => canaries.text(origin);
  return {
    input: {
      account: trusted(),
      other: trusted(),
      amountCents: canaries.amount('trusted', 40_000) + 100,
      largeCents: random.pick([60_000, 200_000]),
      text: trusted(),
      to: [trusted(), trusted()],
      splits: [{ iban: trusted(), amountCents: 1_000 }],
      recipient: { iban: trusted(), name: trusted() },
      user: random.pick(['test', trusted()]),
      role: random.pick(['reader', 'writer']),
      ticket: { text: outside(), account: outside(), amountCents: canaries.amount(origin, 40_000), to: [outside()] },
      people: [trusted(), outside()],
      contact: { iban: outside(), name: trusted() },
      note: outside(),
    },
    untrusted: isClean ? [] : ['ticket', 'note', 'people.1', 'contact.iban'],
  };
}

export function step(id: string, name: string, input: Record<string, unknown>, more: Partial<Step> = {}): Step {
  const [skill = '', action = ''] = name.split('/');
  return { id, skill, action, input, why: 'It is part of the goal.', ...more };
}

const pay = (id: string, to: unknown, amountCents: unknown, more: Record<string, unknown> = {}): Step =>
  step(id, 'Bank:v1/transfer', { to, amountCents, currency: 'EUR', ...more });
const mail = step('mail', 'Mail:v1/read', { id: '${input.text}' });
const send = (id: string, body: unknown): Step =>
  step(id, 'Mail:v1/send', { to: '${input.to}', subject: 'Hello', body });
const plan = (name: string, agent: string, ...steps: Step[]): Base => ({
  name,
  agent,
  revisions: [() => structuredClone(steps)],
});

const account = '${input.account}';
const amount = '${input.amountCents}';

/** Plans that are allowed as they are. */
export const bases: readonly Base[] = [
  plan('pay', 'clerk', pay('a', account, amount)),
  plan('pay with a memo from a mail', 'clerk', mail, pay('b', account, amount, { memo: '${steps.mail.output.body}' })),
  plan('pay two', 'senior', pay('a', account, amount), pay('b', '${input.other}', amount)),
  plan('answer a mail', 'clerk', mail, send('b', '${steps.mail.output.body}')),
  plan('answer by category', 'clerk', mail, send('b', '${steps.mail.output.category}')),
  plan(
    'list, then send',
    'clerk',
    step('a', 'Mail:v1/list', { folder: 'inbox' }),
    send('b', '${steps.a.output.urgency}'),
  ),
  plan(
    'balance, then pay',
    'cashier',
    step('a', 'Bank:v1/balance', { account }),
    pay('b', account, amount, { memo: '${steps.a.output.holder}' }),
  ),
  { ...plan('pay much', 'cashier', pay('a', account, '${input.largeCents}')), tenants: ['acme'], asks: true },
  {
    ...plan(
      'pay a recipient',
      'cashier',
      step('a', 'Bank:v2/transfer', { recipient: { iban: account, name: 'Ann' }, amountCents: amount }),
    ),
    tenants: ['acme', 'initech'],
  },
  {
    ...plan(
      'pay in parts',
      'senior',
      step('a', 'Bank:v2/transfer', {
        recipient: '${input.recipient}',
        amountCents: amount,
        splits: '${input.splits}',
      }),
    ),
    tenants: ['acme', 'initech'],
  },
  plan('refund', 'clerk', step('a', 'Bank:v1/refund', { order: 'o-1', amountCents: 5_000, express: true })),
  plan('refund slowly', 'cashier', step('a', 'Bank:v1/refund', { order: 'o-1', amountCents: 90_000, express: false })),
  { ...plan('refund fast', 'cashier', step('a', 'Bank:v1/refund', { order: 'o-1', express: true })), asks: true },
  plan(
    'read and write a user',
    'admin',
    step('a', 'Users:v1/read', { id: '${input.user}' }),
    step('b', 'Users:v1/write', { id: '${input.user}', role: '${input.role}' }, { dependsOn: ['a'] }),
  ),
  plan('write the test user', 'admin', step('a', 'Users:v2/write', { id: 'test', roles: ['reader'] })),
  { ...plan('write a user', 'admin', step('a', 'Users:v2/write', { id: 'ann', roles: ['owner'] })), asks: true },
  { ...plan('remove a user', 'admin', step('a', 'Users:v2/remove', { id: '${input.user}' })), asks: true },
  { ...plan('open a room', 'admin', step('a', 'Desk:v1/open', { room: 'r1', level: 9 })), tenants: ['acme'] },
  plan('open a low room', 'senior', step('a', 'Desk:v1/open', { room: 'r1', level: 3 })),
  plan(
    'keep a note and read it',
    'clerk',
    step('a', 'Notes:v1/write', { key: 'memo', value: '${input.text}' }),
    step('b', 'Notes:v1/read', { key: 'memo' }, { dependsOn: ['a'] }),
    send('c', '${steps.b.output.value}'),
  ),
  plan(
    'fetch a page',
    'clerk',
    step('a', 'Web:v1/get', { url: 'https://api.partner.example/p' }),
    send('b', '${steps.a.output.text}'),
  ),
  plan(
    'sum a mail up',
    'clerk',
    mail,
    step('b', 'Think:v1/summarize', { text: '${steps.mail.output.body}' }),
    step('c', 'Notes:v1/write', { key: 'sum', value: '${steps.b.output.text}' }),
  ),
  plan(
    'join what a person gave, and pay',
    'clerk',
    step('a', 'Text:v1/join', { parts: [account, '${input.text}'] }),
    pay('b', '${steps.a.output.text}', amount),
  ),
  plan(
    'pass a number on, and pay',
    'clerk',
    step('a', 'Text:v1/number', { value: amount }),
    pay('b', account, '${steps.a.output.value}'),
  ),
  plan('read three users', 'base', ...['a', 'b', 'c'].map((id) => step(id, 'Users:v1/read', { id: `u-${id}` }))),
  plan(
    'go on without a page',
    'clerk',
    step('a', 'Web:v1/get', { url: 'https://elsewhere.example/' }, { optional: true }),
    step('b', 'Mail:v1/send', { to: '${input.to}', subject: 'Hi', body: 'No page.' }, { dependsOn: ['a'] }),
  ),
  {
    name: 'read a mail, then pay',
    agent: 'clerk',
    revisions: [() => [structuredClone(mail)], () => [pay('later', account, amount)]],
  },
  {
    name: 'look at a balance, then pay',
    agent: 'cashier',
    revisions: [() => [step('a', 'Bank:v1/balance', { account })], () => [pay('b', account, amount)]],
  },
  plan('read and join', 'reader', mail, step('b', 'Text:v1/join', { parts: ['${steps.mail.output.body}', 'x'] })),
  plan('pay whom the table knows', 'clerk', mail, pay('b', '${steps.mail.output.meta.known}', amount)),
  plan(
    'pay twice, the second time to what the first has made',
    'clerk',
    pay('a', account, amount),
    pay('b', '${steps.a.output.receipt}', amount),
  ),
  { ...plan('pay whom a planner names', 'clerk', pay('a', 'acc-99', amount)), asks: true },
  { ...plan('pay whom a mail names', 'clerk', mail, pay('b', '${steps.mail.output.account}', amount)), asks: true },
  { ...plan('a person pays', 'clerk', pay('a', 'acc-1', 1_200)), author: 'human' },
  {
    ...plan('a person pays and tells', 'senior', pay('a', 'acc-1', 1_200), send('b', '${steps.a.output.receipt}')),
    author: 'human',
  },
];
