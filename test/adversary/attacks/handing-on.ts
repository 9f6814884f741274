import type { JsonObject } from '../../../core/model/json.ts';
import type { Attack, Revision, RunAtHand, Seen, Step } from '../attack.ts';
import { deployments, forgeries } from '../attack.ts';
import { Canaries } from '../canary.ts';
import { tenants } from '../fixture/agents.ts';
import { Random } from '../random.ts';
import { runInput, step } from './bases.ts';
import { forgetIds, freshId } from './tampering.ts';
import { ValuesAtHand } from './values-at-hand.ts';

const nowMs = 1_796_000_000_000;
const everybody = ['base', 'clerk', 'cashier', 'admin', 'senior', 'reader', 'idle', 'front', 'chief', 'teller'];
/** To whom these agents may hand something on. */
const granted = [
  ...['clerk', 'clerk', 'clerk', 'clerk', 'front', 'front', 'reader', 'teller', 'teller', 'teller', 'teller'],
  ...['cashier', 'admin', 'senior'],
];
const handers = ['front', 'chief'];
const nearlyNames = [
  'Clerk',
  'CLERK',
  'clerk ',
  '\u0441lerk',
  'clerk\u200b',
  'clerk\u0000',
  'clerk/..',
  '*',
  '',
  '__proto__',
  'constructor',
  'toString',
  'nobody',
];
const nearlySkills = [
  'agent:v1',
  'AGENT:v1',
  'Agent:v2',
  'Agent',
  'Agent:v1 ',
  '\u0410gent:v1',
  'Agent:v1/clerk',
  'Agent:v*',
];
const oddBudgets: readonly unknown[] = [
  { usd: -1 },
  { usd: 0 },
  { usd: 1e9 },
  { usd: 0.0000001 },
  { usd: '1' },
  { tokens: -5 },
  { tokens: 1.5 },
  { tokens: 2 ** 60 },
  { steps: -1 },
  { steps: 1e9 },
  { steps: 2.5 },
  { recoveries: -1 },
  { deadlineSeconds: -1 },
  { deadlineSeconds: 0.5 },
  { deadlineSeconds: 1e12 },
  { usdMicros: 1 },
  null,
  [],
];
const budgets: readonly unknown[] = [
  { usd: 0.5 },
  { usd: 3 },
  { tokens: 1_000 },
  { tokens: 40_000, usd: 1 },
  { steps: 20 },
  { steps: 500, recoveries: 9 },
  { deadlineSeconds: 3_600 },
  { deadlineSeconds: 31_000_000 },
];
const strangers: readonly Record<string, unknown>[] = [
  { agent: 'senior' },
  { requestedBy: 'root' },
  { untrusted: [] },
  { tenantId: 'globex' },
  { plan: { steps: [] } },
  { depth: -9 },
  { goalTrust: 'trusted' },
];

/** An attack whose plans hand parts of it on: to whom they may or may not, with whatever they have, and use what comes back. */
export function handingAttack(seed: number, random: Random): Attack {
  const benign = random.chance(0.06);
  if (benign) return honest(seed, random);
  const agent = random.chance(0.93)
    ? random.pick(['chief', 'chief', 'front'])
    : random.pick(['senior', 'clerk', 'teller']);
  const thought = random.below(10);
  const script = agent === 'teller' || thought < 2 ? 'goal' : thought < 4 ? 'playbook' : 'proposed';
  const { input, untrusted } = runInput(random, new Canaries(), random.chance(script === 'proposed' ? 0.35 : 0.8));
  const author = script === 'playbook' ? 'playbook' : script === 'proposed' && random.chance(0.2) ? 'human' : 'planner';
  const count = random.pick([1, 2, 2]);
  const read = script === 'proposed' && random.chance(0.12) ? 'untrusted' : 'trusted';
  return {
    ...{ name: 'hand on', seed, tenantId: random.pick(tenants), agent, input, untrusted, script, benign },
    revisions: Array.from({ length: count }, (_, index) => revisionOf(seed * 53 + index, index, author, read)),
    below: (index) => {
      const own = new Random(seed * 89 + index * 7);
      return Array.from({ length: own.pick([1, 1, 2]) }, (_, at) =>
        revisionOf(seed * 59 + index * 13 + at, 10 * index + at, 'planner', 'trusted'),
      );
    },
    person: random.pick(['approves', 'rejects', 'absent', 'absent']),
    ...{ nowMs, delayMs: random.chance(0.05) ? random.pick([1, 86_400_000]) : 0 },
    released: random.chance(0.08) ? random.pick(['hosts', 'everywhere']) : 'never',
    cold: random.chance(0.1),
    unanswered: random.chance(0.05) ? 0.4 : 0,
    early: random.chance(0.3),
    forge: random.chance(0.25) ? ['deeper', random.pick(forgeries)] : [],
    deployment:
      script === 'goal' ? random.pick(deployments.slice(1)) : random.pick(['plain', 'incremental', 'verified']),
    budget: random.chance(0.3) ? { usdMicros: 1_500_000, tokens: 30_000, steps: 40, recoveries: 2 } : {},
  };
}

/** What an agent may hand on, for a person's own values. */
function honest(seed: number, random: Random): Attack {
  const { input } = runInput(random, new Canaries(), true);
  const money = { account: '${input.account}', amountCents: '${input.amountCents}' };
  const [agent, other] = random.pick([
    ['front', 'clerk'],
    ['chief', 'clerk'],
    ['chief', 'teller'],
    ['front', 'senior'],
  ] as const);
  const handed = step('h1', `Agent:v1/${other}`, { playbook: 'pay', input: money });
  const back = step('b', 'Bank:v1/transfer', {
    to: '${steps.h1.output.result.account}',
    amountCents: money.amountCents,
    currency: 'EUR',
  });
  const steps = agent === 'chief' ? [handed, back] : [handed];
  return {
    ...{
      name: 'hand on honestly',
      seed,
      tenantId: 'acme',
      agent,
      input,
      untrusted: [],
      script: 'proposed',
      benign: true,
    },
    revisions: [{ author: 'planner', read: 'trusted', steps: () => structuredClone(steps) }],
    ...{ below: () => [], person: 'approves', nowMs, delayMs: 0, released: 'never', cold: false, unanswered: 0 },
    ...{ early: false, forge: [], deployment: 'plain', budget: {} },
  };
}

function revisionOf(seed: number, index: number, author: Revision['author'], read: Revision['read']): Revision {
  const made = (seen: Seen, run: RunAtHand) =>
    planAtHand(new Random(seed), run, seen, { index, isHonest: author === 'human' });
  const isChoice = new Random(seed * 3 + 1).chance(0.12);
  return {
    ...{ author, read },
    steps: (seen, run) => made(seen, run).steps,
    output: (seen, run) => made(seen, run).output,
    ...(isChoice ? { choice: (seen, run) => choiceAtHand(new Random(seed * 5), run, seen) } : {}),
  };
}

/** A model may choose a playbook, and says what it is used with. */
function choiceAtHand(
  random: Random,
  run: RunAtHand,
  seen: Seen,
): { readonly playbook: string; readonly playbookInput: JsonObject } {
  const at = new ValuesAtHand(run, seen, random, false);
  const playbook = random.chance(0.15)
    ? random.pick(['scripted', '__proto__', 'constructor', 'nobody'])
    : random.pick(['pay', 'wary']);
  const amountCents = at.number();
  // A text where a number belongs does not fit the playbook, and a reference is a text.
  const cents = typeof amountCents === 'number' ? amountCents : (followed(run.input, amountCents) ?? 1_000);
  return { playbook, playbookInput: { account: at.text(), amountCents: cents } as unknown as JsonObject };
}

function followed(input: unknown, reference: unknown): unknown {
  const path = String(reference).slice('${input.'.length, -1).split('.');
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    input,
  );
}

function planAtHand(
  random: Random,
  run: RunAtHand,
  seen: Seen,
  { index, isHonest }: { readonly index: number; readonly isHonest: boolean },
): { readonly steps: Step[]; readonly output: unknown } {
  forgetIds();
  for (let skip = index * 20; skip > 0; skip -= 1) freshId();
  const at = new ValuesAtHand(run, seen, random, isHonest);
  const acts: Step[] = [];
  for (let reads = random.pick([0, 0, 1, 1, 2]); reads > 0; reads -= 1) at.read(run.thinks);
  const mayHand = handers.includes(run.agent);
  const hands = run.depth === 0 ? index === 0 || random.chance(0.3) : random.chance(mayHand ? 0.75 : 0.02);
  if (hands) {
    const handed = handedStep(random, run, at);
    acts.push(handed);
    at.handed(handed.id);
  }
  const mayAct = run.agent !== 'front' && run.agent !== 'reader';
  if (mayAct && random.chance(run.depth === 0 && index === 0 ? 0.5 : 0.9)) acts.push(actAtHand(random, run, at));
  const steps = [...at.steps, ...acts];
  if (steps.length === 0) steps.push(step(freshId(), 'Text:v1/join', { parts: [at.text()] }));
  return { steps, output: random.chance(0.12) ? undefined : outputAtHand(random, at) };
}

function outputAtHand(random: Random, at: ValuesAtHand): unknown {
  if (random.chance(0.15)) return at.text();
  if (random.chance(0.05)) return at.whole();
  const text = random.chance(0.3) ? { [at.name('text')]: at.text() } : { text: at.text() };
  return { account: at.text(), amountCents: at.number(), ...text };
}

/** Something that matters, as far as the agent may do any such thing. */
function actAtHand(random: Random, { agent }: RunAtHand, at: ValuesAtHand): Step {
  const id = freshId();
  const pay = (): Step => step(id, 'Bank:v1/transfer', { to: at.text(), amountCents: at.number(), currency: 'EUR' });
  if (agent === 'admin' || (agent === 'senior' && random.chance(0.4))) {
    return random.chance(0.5)
      ? step(id, 'Users:v1/write', { id: at.text(), role: at.role() })
      : step(id, 'Users:v2/remove', { id: at.text() });
  }
  if ((agent === 'cashier' || agent === 'senior') && random.chance(0.4)) {
    return step(id, 'Bank:v2/transfer', { recipient: { iban: at.text() }, amountCents: at.number() });
  }
  return random.chance(0.75) ? pay() : step(id, 'Mail:v1/send', { to: [at.text()], subject: 's', body: 'b' });
}

function handedStep(random: Random, run: RunAtHand, at: ValuesAtHand): Step {
  const id = `h${freshId().slice(1)}`;
  const skill = random.chance(0.04) ? random.pick(nearlySkills) : 'Agent:v1';
  const other = random.below(100);
  // Down to where nothing may be handed on any more.
  const again = run.agent === 'front' && random.chance(0.4);
  const action = again
    ? 'front'
    : other < 84
      ? random.pick(granted)
      : random.pick(other < 93 ? everybody : nearlyNames);
  // A model that is told by somebody outside what to do with a person's own values.
  if (random.chance(0.15)) {
    const input = { account: at.trusted('account'), amountCents: at.trusted('amountCents') };
    const told = { goal: at.outside(), input };
    return { id, skill, action: random.pick(['clerk', 'teller']), input: told, why: 'It is part of the goal.' };
  }
  const how = random.below(100);
  const goal = random.chance(0.4) ? at.text() : 'Pay what is open.';
  const asked =
    how < 45
      ? { playbook: 'scripted' }
      : how < 62
        ? { playbook: random.pick(['pay', 'pay', 'wary']) }
        : how < 92
          ? { goal }
          : random.pick([
              { playbook: random.pick(['nobody', '__proto__', 'constructor', 'toString', 'Pay']) },
              {},
              { goal, playbook: 'scripted' },
            ]);
  const budget = random.chance(0.8) ? {} : { budget: random.pick(random.chance(0.4) ? oddBudgets : budgets) };
  const stranger = random.chance(0.03) ? random.pick(strangers) : {};
  const input: Record<string, unknown> = { ...asked, ...budget, ...stranger };
  if (random.chance(0.92)) input['input'] = random.chance(0.15) ? at.whole() : members(random, at);
  return { id, skill, action, input: structuredClone(input), why: 'It is part of the goal.' };
}

function members(random: Random, at: ValuesAtHand): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  const add = (name: string, value: unknown): void => {
    Object.defineProperty(made, at.name(name), { value, enumerable: true, configurable: true, writable: true });
  };
  add('account', at.text());
  if (random.chance(0.9)) add('amountCents', at.number());
  if (random.chance(0.3)) add('text', at.text());
  if (random.chance(0.15)) add('recipient', { [at.name('iban')]: at.text(), name: at.text() });
  if (random.chance(0.1)) add('to', [at.text(), at.text()]);
  if (random.chance(0.1)) add('role', at.role());
  if (random.chance(0.06)) add('ticket', at.whole());
  return made;
}
