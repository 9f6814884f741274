import { carried, deployments, forgeries } from '../attack.ts';
import type { Attack, Forgery, Revision, Step } from '../attack.ts';
import { Canaries } from '../canary.ts';
import { tenants } from '../fixture/agents.ts';
import { Random } from '../random.ts';
import type { Base } from './bases.ts';
import { bases, runInput, step } from './bases.ts';
import { handingAttack } from './handing-on.ts';
import { busyRevisions, reasoned } from './thinking.ts';
import { launderings, passings, seenPassings } from './laundering.ts';
import { nameTamperings } from './names.ts';
import { referenceTamperings } from './references.ts';
import { addressTamperings, structureTamperings } from './structure.ts';
import type { Tampering, Tools } from './tampering.ts';
import { forgetIds, isShaped } from './tampering.ts';
import { valueTamperings } from './values.ts';

const families: readonly (readonly Tampering[])[] = [
  nameTamperings,
  launderings,
  launderings,
  launderings,
  valueTamperings,
  valueTamperings,
  referenceTamperings,
  structureTamperings,
  addressTamperings,
];

/** A planner that has seen answers is more often about what they say. */
const laterFamilies = [...families, launderings, launderings, launderings];

/** Before every expiry, around each of them, and after all. */
const beforeMs = 1_796_000_000_000;
const moments = [0, 0, 0, -1, 0, 1]
  .map((offset, index) => (index < 3 ? beforeMs : 1_798_761_600_000 + offset))
  .concat([1_801_483_199_999, 1_801_483_200_000, 1_801_483_200_001]);
const lastMoments = [1_798_761_599_999, 1_801_483_199_999];
const endingBases = bases.filter(({ name }) => name === 'read and write a user' || name === 'open a room');
const agents = ['base', 'clerk', 'cashier', 'admin', 'senior', 'reader', 'idle'];
const anyForgery: readonly Forgery[] = forgeries.filter((one) => one !== 'deeper');

/** Of all attacks, those whose plans hand parts on to other agents. */
const handingShare = 0.1;

/** The attack of a seed: a plan that is allowed, changed in up to four ways, for an agent, a tenant and a time. */
export function attackOf(seed: number): Attack {
  const handing = new Random(seed * 197 + 11);
  if (handing.chance(handingShare)) return handingAttack(seed, handing);
  const random = new Random(seed);
  // A provider that does not answer until the grant has ended.
  const isRunningOut = random.chance(0.03);
  const base = random.pick(isRunningOut ? endingBases : bases);
  const benign = !isRunningOut && random.chance(0.15);
  const script = !benign && !isRunningOut && random.chance(0.12) ? 'playbook' : 'proposed';
  const goal = new Random(seed * 131 + 7);
  const mayBeForModel = script === 'proposed' && !benign && !isRunningOut && goal.chance(0.15);
  const readsFirst = mayBeForModel && goal.chance(0.3);
  const isClean = (script === 'playbook' && random.chance(0.6)) || (mayBeForModel && goal.chance(0.6));
  const { input, untrusted } = runInput(random, new Canaries(), isClean);
  const tenantId = random.pick((benign || isRunningOut) && base.tenants ? base.tenants : tenants);
  if (benign) {
    return {
      ...{ name: base.name, seed, tenantId, agent: base.agent, input, untrusted, benign, script },
      revisions: base.revisions.map((steps) => ({ author: base.author ?? 'planner', read: 'trusted', steps })),
      ...{
        person: 'approves',
        nowMs: beforeMs,
        delayMs: 0,
        released: 'never',
        cold: false,
        unanswered: 0,
        early: false,
        forge: [],
        deployment: 'plain',
        budget: {},
        below: () => [],
      },
    };
  }
  const agent = !isRunningOut && random.chance(0.12) ? random.pick(agents) : base.agent;
  const revisions: Revision[] = isRunningOut
    ? base.revisions.map((steps) => ({ author: 'planner', read: 'trusted', steps }))
    : tamperedRevisions(readsFirst ? reading : base, random, { seed, input, script });
  // What a person writes, no model answers.
  const isForModel = mayBeForModel && revisions.every(({ author }) => author === 'planner');
  const isBusy = isForModel && goal.chance(0.025);
  const thought = isBusy ? busyRevisions(goal, input) : goal.chance(0.2) ? revisions.map(reasoned) : revisions;
  return {
    ...{ name: base.name, seed, tenantId, agent: isBusy ? 'clerk' : agent, input, untrusted, benign },
    ...{ budget: {}, below: () => [] },
    ...(isForModel ? { revisions: thought, script: 'goal' } : { revisions, script }),
    deployment: isBusy ? 'incremental' : isForModel ? goal.pick(deployments.slice(1)) : 'plain',
    person: random.pick(['approves', 'rejects', 'absent', 'absent']),
    nowMs: isRunningOut ? random.pick(lastMoments) : random.pick(moments),
    delayMs: random.chance(0.1) ? random.pick([1, 2, 86_400_000]) : 0,
    released: random.chance(0.15) ? random.pick(['hosts', 'everywhere']) : 'never',
    cold: random.chance(0.15),
    unanswered: isRunningOut ? 0.5 : random.chance(0.1) ? 0.4 : 0,
    early: random.chance(0.5),
    forge: random.chance(0.35) ? [random.pick(anyForgery), random.pick(anyForgery)] : [],
  };
}

function tamperedRevisions(
  base: Base,
  random: Random,
  { seed, input, script }: Pick<Attack, 'seed' | 'input' | 'script'>,
): Revision[] {
  const list = [...base.revisions];
  const isScripted = script === 'playbook';
  // What a playbook function was told long ago it can only have carried along.
  if (isScripted && random.chance(0.5)) {
    const mail = step('mail', 'Mail:v1/read', { id: '${input.text}' });
    list.splice(
      0,
      list.length,
      () => [mail],
      () => [step('between', 'Bank:v1/balance', { account: '${input.account}' })],
    );
  }
  // A planner that has seen answers writes another plan.
  if (isScripted || (list.length === 1 && random.chance(0.4))) list.push(random.pick(sequels));
  // A person may pass on what somebody outside wrote without a thought; what he writes himself may be believed.
  const careless = !isScripted && random.chance(0.12);
  return list.map((steps, index): Revision => {
    const own = new Random(seed * 31 + index);
    const count = index === 0 ? own.pick([1, 1, 1, 2, 2, 3]) : own.pick([1, 1, 2]);
    return {
      author: isScripted ? 'playbook' : careless ? 'human' : 'planner',
      read: index === 0 && !careless && !isScripted && own.chance(0.15) ? 'untrusted' : 'trusted',
      steps: (seen) => {
        if (index === 0) forgetIds();
        const before = list.slice(0, index).flatMap((one) => one().map(({ id }) => id));
        const earlier = [...new Set([...seen.keys(), ...before])].filter((id) => id !== carried);
        const tools = { random: new Random(seed * 77 + index), canaries: new Canaries(), input, seen, earlier };
        return tampered(
          steps(),
          careless || (isScripted && index === 0)
            ? [passings]
            : isScripted
              ? [seenPassings]
              : index > 0
                ? laterFamilies
                : families,
          count,
          tools,
        );
      },
    };
  });
}

function tampered(steps: Step[], among: readonly (readonly Tampering[])[], count: number, tools: Tools): Step[] {
  const { random } = tools;
  for (let time = 0; time < count; time += 1) {
    random.pick(random.pick(among))(steps, tools);
    // What is no plan any more is not changed any further.
    if (!steps.every(isShaped)) break;
  }
  return steps;
}

/** A planner that has only read a mail so far. */
const reading: Base = {
  name: 'read first',
  agent: 'clerk',
  revisions: [() => [step('mail', 'Mail:v1/read', { id: '${input.text}' })], () => sequels[0]?.() ?? []],
};

const sequels: readonly (() => Step[])[] = [
  () => [
    step('later', 'Bank:v1/transfer', { to: '${input.account}', amountCents: '${input.amountCents}', currency: 'EUR' }),
  ],
  () => [step('later', 'Mail:v1/send', { to: '${input.to}', subject: 'later', body: 'later' })],
  () => [step('later', 'Users:v1/write', { id: '${input.user}', role: '${input.role}' })],
  () => [
    step('later', 'Bank:v2/transfer', { recipient: { iban: '${input.account}' }, amountCents: '${input.amountCents}' }),
  ],
];
