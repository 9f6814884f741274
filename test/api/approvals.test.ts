import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { escalationPage, escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import { defineAction, defineAgent, definePlaybook, defineSkill } from '../../core/sdk/index.ts';
import type { Registry, SkillDefinition } from '../../core/model/skill.ts';
import { createWorld, tokenWith } from './world.ts';

const paid: { to: string; cents: number; text: string }[] = [];

const bank = (release: string): SkillDefinition =>
  defineSkill({
    id: 'Bank:v1',
    release,
    description: 'Pays.',
    actions: {
      pay: defineAction({
        description: 'Pays somebody.',
        input: z.strictObject({ to: z.string(), cents: z.int(), text: z.string().default('') }),
        output: z.object({ receipt: z.string(), state: z.enum(['sent', 'held']) }),
        sensitive: ['to', 'cents'],
        endorses: { state: 'enum' },
        run: async (input) => {
          paid.push(input);
          return { receipt: `r${paid.length}`, state: 'sent' as const };
        },
      }),
    },
  });

const web = defineSkill({
  id: 'Web:v1',
  release: '1.0.0',
  description: 'Reads pages.',
  actions: {
    read: defineAction({
      description: 'Reads a page.',
      input: z.strictObject({ page: z.string() }),
      output: z.object({ text: z.string(), cents: z.int() }),
      effect: { class: 'P' },
      trust: 'untrusted',
      run: async () => ({ text: 'mallory', cents: 5 }),
    }),
    echo: defineAction({
      description: 'Says it again.',
      input: z.strictObject({ text: z.string() }),
      output: z.object({ text: z.string() }),
      effect: { class: 'P' },
      run: async ({ text }) => ({ text }),
    }),
  },
});

const payer = defineAgent({
  name: 'payer',
  description: 'Pays.',
  grants: [
    'Web:v1',
    { grant: 'Bank:v1/pay', when: { cents: { atMost: 100 } } },
    { grant: 'Bank:v1/pay', when: { cents: { atMost: 1_000 } }, approval: 'required' },
  ],
  playbooks: {
    pay: definePlaybook({
      description: 'Pay.',
      input: z.strictObject({ to: z.string(), cents: z.int(), ticket: z.string().default('') }),
      untrusted: ['ticket'],
      steps: [{ id: 'pay', skill: 'Bank:v1', action: 'pay', input: { to: '${input.to}', cents: '${input.cents}' } }],
      output: '${steps.pay.output.state}',
    }),
    'pay-ticket': definePlaybook({
      description: 'Pay whom the ticket names.',
      input: z.strictObject({ ticket: z.string() }),
      untrusted: ['ticket'],
      steps: [{ id: 'pay', skill: 'Bank:v1', action: 'pay', input: { to: '${input.ticket}', cents: 1 } }],
    }),
    'pay-page': definePlaybook({
      description: 'Pay whom a page names.',
      input: z.strictObject({}),
      steps: [
        { id: 'read', skill: 'Web:v1', action: 'read', input: { page: 'offers' } },
        { id: 'wash', skill: 'Web:v1', action: 'echo', input: { text: '${steps.read.output.text}' } },
        { id: 'pay', skill: 'Bank:v1', action: 'pay', input: { to: '${steps.wash.output.text}', cents: 1 } },
      ],
    }),
    'pay-noted': definePlaybook({
      description: 'Pay with words of a page.',
      input: z.strictObject({ to: z.string() }),
      steps: [
        { id: 'read', skill: 'Web:v1', action: 'read', input: { page: 'offers' } },
        {
          id: 'pay',
          skill: 'Bank:v1',
          action: 'pay',
          input: { to: '${input.to}', cents: 1, text: '${steps.read.output.text}' },
        },
      ],
    }),
    inlining: definePlaybook({
      description: 'Copies what it has read into its next plan.',
      input: z.strictObject({ to: z.string() }),
      next: ({ to }, { revision, outputs }) =>
        revision === 0
          ? { steps: [{ id: 'read', skill: 'Web:v1', action: 'read', input: { page: 'offers' } }] }
          : {
              steps: [
                {
                  id: 'pay',
                  skill: 'Bank:v1',
                  action: 'pay',
                  input: { to: to === '' ? (outputs['read'] as { text: string }).text : to, cents: 1 },
                },
              ],
              done: true,
            },
    }),
  },
});

function projectOf(release = '1.0.0'): Registry {
  return {
    skills: new Map([bank(release), web].map((skill) => [skill.id, skill])),
    agents: new Map([[payer.name, payer]]),
  };
}

async function started(playbook: string, input: unknown, registry = projectOf()) {
  paid.length = 0;
  const world = createWorld({ registry });
  const { runId } = await world.get(runAccepted, '/v1/runs', { body: { agent: 'payer', playbook, input } });
  await world.drive();
  const run = () => world.get(runView, `/v1/runs/${runId}`);
  const open = async () => (await world.get(escalationPage, '/v1/escalations?status=open')).items;
  const [escalation] = await open();
  const inbox = `/v1/escalations/${escalation?.escalationId ?? 'none'}`;
  const resolve = async (resolution: 'approve' | 'reject', token?: string) => {
    const body = { resolution, reason: 'looked at it' };
    const answer = await world.ask(`${inbox}/resolve`, { body, ...(token === undefined ? {} : { token }) });
    await world.drive();
    return answer.status;
  };
  return { ...world, runId, run, open, escalation, inbox, resolve };
}

describe('a use within the limits of a grant', () => {
  it('goes through, and one beyond them waits for a person', async () => {
    const free = await started('pay', { to: 'ada', cents: 100 });
    expect(await free.run()).toMatchObject({ status: 'completed', output: 'sent' });
    const asked = await started('pay', { to: 'ada', cents: 101 });
    expect(await asked.run()).toMatchObject({
      status: 'escalated',
      waitingFor: { kind: 'human', escalation: 'approval' },
    });
    expect(paid).toEqual([]);
    expect(await asked.resolve('approve')).toBe(202);
    expect(await asked.run()).toMatchObject({ status: 'completed' });
    expect(paid).toEqual([{ to: 'ada', cents: 101, text: '' }]);
  });

  it('is rejected by the gate when no person could allow it', async () => {
    const world = createWorld({ registry: projectOf() });
    const body = { agent: 'payer', playbook: 'pay', input: { to: 'ada', cents: 1_001 } };
    const { problems } = await world.refused('plan-rejected', '/v1/runs', { body });
    expect(problems).toMatchObject([{ code: 'denied', stepId: 'pay' }]);
    expect(problems?.[0]?.message).toContain("'Bank:v1/pay' (cents <= 1000, with approval)");
  });

  it('ends its run as declined when the person says no', async () => {
    const { run, resolve, open } = await started('pay', { to: 'ada', cents: 500 });
    expect(await resolve('reject')).toBe(202);
    expect(await run()).toMatchObject({
      status: 'declined',
      ending: expect.stringContaining('ada rejected Bank:v1/pay'),
    });
    expect([paid, await open()]).toEqual([[], []]);
  });
});

describe('a sensitive argument', () => {
  it("may come from the run's input", async () => {
    expect(await (await started('pay', { to: 'ada', cents: 1 })).run()).toMatchObject({ status: 'completed' });
  });

  it.each([
    ['a member of the input that somebody outside wrote', 'pay-ticket', { ticket: 'mallory' }],
    ['a page, through an action that only repeats it', 'pay-page', {}],
    ['a page, copied into the next plan', 'inlining', { to: '' }],
  ])('waits for a person when it comes from %s', async (_, playbook, input) => {
    const { run, escalation, get, inbox, resolve } = await started(playbook, input);
    expect(await run()).toMatchObject({ waitingFor: { escalation: 'approval' } });
    expect(paid).toEqual([]);
    expect(escalation?.approval).toMatchObject({
      skill: 'Bank:v1',
      action: 'pay',
      doubted: expect.arrayContaining(['to']),
    });
    const shown = await get(escalationView, inbox);
    expect(shown.approval?.arguments).toEqual({ to: 'mallory', cents: 1 });
    expect(await resolve('approve')).toBe(202);
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(paid).toEqual([{ to: 'mallory', cents: 1, text: '' }]);
  });

  it('of a later plan may be a value of the input, although the plan has read a page', async () => {
    const { run } = await started('inlining', { to: 'ada' });
    // The amount is a word of the playbook itself, which had read the page by then.
    expect(await run()).toMatchObject({ waitingFor: { escalation: 'approval' } });
  });

  it('may stand beside others that are not believed', async () => {
    const { run } = await started('pay-noted', { to: 'ada' });
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(paid).toEqual([{ to: 'ada', cents: 1, text: 'mallory' }]);
  });
});

describe('an approval', () => {
  it('is shown with every character that tricks the eye escaped', async () => {
    const { get, inbox } = await started('pay', { to: 'a\u0501a\u200b\u202e', cents: 500 });
    const { approval } = await get(escalationView, inbox);
    expect(approval?.shown).toContain('\\u{200b}\\u{202e}');
    expect(approval?.tricks?.map(({ path }) => path)).toContain('/to');
    expect(approval?.arguments).toEqual({ to: 'a\u0501a\u200b\u202e', cents: 500 });
  });

  it('is for the code that was shown: with another release it is asked for again', async () => {
    const before = await started('pay', { to: 'ada', cents: 500 });
    const after = createWorld({ registry: projectOf('1.0.1'), after: before });
    const approve = async () => {
      const status = (await after.ask(`${before.inbox}/resolve`, { body: { resolution: 'approve', reason: 'fine' } }))
        .status;
      await after.drive();
      return [status, paid.length];
    };
    expect(await approve()).toEqual([202, 0]);
    const again = await after.get(escalationView, before.inbox);
    expect(again.status).toBe('open');
    expect(again.approval?.binding).not.toBe(before.escalation?.approval?.binding);
    expect(await approve()).toEqual([202, 1]);
  });

  it('is for what its giver has read: the binding of before does not approve what came after', async () => {
    const before = await started('pay', { to: 'ada', cents: 500 });
    const seen = before.escalation?.approval?.binding.slice(0, 16);
    const after = createWorld({ registry: projectOf('1.0.1'), after: before });
    const approve = async (binding: string | undefined) => {
      const body = { resolution: 'approve', reason: 'fine', binding };
      const { status } = await after.ask(`${before.inbox}/resolve`, { body });
      await after.drive();
      return [status, paid.length];
    };
    expect(await approve(seen)).toEqual([202, 0]);
    expect(await approve(seen)).toEqual([409, 0]);
    expect(await approve((await after.get(escalationView, before.inbox)).approval?.binding)).toEqual([202, 1]);
  });

  it('counts once: a second person is told who was first, and the first may repeat the call', async () => {
    const { resolve, run } = await started('pay', { to: 'ada', cents: 500 });
    const grace = await tokenWith({ sub: 'grace' });
    expect(await resolve('approve')).toBe(202);
    expect(await resolve('approve')).toBe(202);
    expect(await resolve('reject')).toBe(409);
    expect(await resolve('approve', grace)).toBe(409);
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(paid).toHaveLength(1);
  });

  it('is no use to another run of the same bytes', async () => {
    const first = await started('pay', { to: 'ada', cents: 500 });
    await first.resolve('approve');
    const body = { agent: 'payer', playbook: 'pay', input: { to: 'ada', cents: 500 } };
    const { runId } = await first.get(runAccepted, '/v1/runs', { body });
    await first.drive();
    expect(await first.get(runView, `/v1/runs/${runId}`)).toMatchObject({ status: 'escalated' });
    expect(paid).toHaveLength(1);
  });

  it('does not need the one who asked to be another person, but needs the scope', async () => {
    const { resolve } = await started('pay', { to: 'ada', cents: 500 });
    expect(await resolve('approve', await tokenWith({ scope: 'inbox:read runs:write' }))).toBe(403);
  });
});
