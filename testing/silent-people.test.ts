import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineAgent, definePlaybook } from '../core/sdk/index.ts';
import type { AgentOptions } from '../core/sdk/index.ts';
import { deskSkill, DeskService } from '../test/fixtures/travel-desk.ts';
import { expectEffects, expectStatus, runAgent } from './index.ts';
import type { AgentRun, AgentRunResult } from './index.ts';

const hourMs = 3_600_000;

const payer = (inbox: AgentOptions['inbox']) =>
  defineAgent({
    name: 'payer',
    description: 'Pays.',
    grants: [{ grant: 'Desk:v1/charge', approval: 'required' }],
    deadline: '30d',
    playbooks: {
      pay: definePlaybook({
        description: 'Pay.',
        input: z.strictObject({ what: z.string() }),
        steps: [{ id: 'pay', skill: 'Desk:v1', action: 'charge', input: { what: '${input.what}' }, why: 'So.' }],
      }),
    },
    ...(inbox === undefined ? {} : { inbox }),
  });

const pay = (inbox: AgentOptions['inbox'], people?: AgentRun['people']): Promise<AgentRunResult> =>
  runAgent({
    ...{ agent: payer(inbox), skills: [deskSkill], playbook: 'pay', input: { what: 'rent' } },
    http: new DeskService().http,
    ...(people ? { people } : {}),
  });

const teams = { contacts: ['team-a', 'team-b'], remindAfter: '4h', handOverAfter: '8h', defaultAfter: '2d' } as const;

const timersOf = ({ events }: AgentRunResult) =>
  events.flatMap(({ name, atMs, what }) =>
    /reminded|handedOver|lapsed/.test(name) ? [[name, Math.round(atMs / hourMs), what]] : [],
  );

describe('an approval that nobody answers', () => {
  it('is reminded of, handed on, and lapses as declared: the answer is no', async () => {
    const result = await pay(teams);
    expectStatus(result, 'declined');
    expectEffects(result, { 'Desk:v1/charge': 'never' });
    expect(timersOf(result)).toEqual([
      ['escalation.reminded', 4, 'approval, for team-a'],
      ['escalation.handedOver', 8, 'approval, for team-b'],
      ['escalation.reminded', 12, 'approval, for team-b'],
      ['escalation.lapsed', 48, 'approval, for team-b'],
    ]);
    expect(result.escalations).toMatchObject([{ status: 'settled', settled: { by: 'holdfast' } }]);
    expect(Math.round(result.virtualMs / hourMs)).toBe(48);
  });

  it('may still be answered by the contact to whom it was handed on', async () => {
    const result = await pay(teams, ({ assignedTo }) =>
      assignedTo === 'team-b' ? { resolution: 'approve' } : undefined,
    );
    expectStatus(result, 'completed');
    expectEffects(result, { 'Desk:v1/charge': 'once' });
    expect(Math.round(result.virtualMs / hourMs)).toBe(8);
  });

  it('stays open when only reminders were declared', async () => {
    const result = await pay({ contacts: ['team-a'] });
    expectStatus(result, 'escalated');
    expect(timersOf(result)).toEqual([['escalation.reminded', 4, 'approval, for team-a']]);
  });

  it('rests at once when the agent declares nothing', async () => {
    const result = await pay(undefined);
    expectStatus(result, 'escalated');
    expect(timersOf(result)).toEqual([]);
    expect(result.virtualMs).toBeLessThan(hourMs);
  });

  it('does not lapse for a failure: that goes to the last contact, and nothing is decided', async () => {
    const result = await runAgent({
      ...{ agent: payer(teams), skills: [deskSkill], playbook: 'pay', input: { what: 'rent' } },
      http: new DeskService().http,
      faults: [{ at: 'Desk:v1/charge', fault: { status: 403 } }],
      people: ({ kind }) => (kind === 'approval' ? { resolution: 'approve' } : undefined),
    });
    expectStatus(result, 'escalated');
    expect(result.escalation).toMatchObject({ status: 'open', assignedTo: 'team-b' });
    expect(timersOf(result).at(-1)?.[0]).toBe('escalation.lapsed');
  });
});
