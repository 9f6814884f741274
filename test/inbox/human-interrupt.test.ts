import { describe, expect, it } from 'vitest';
import { humanInterrupt } from '../../core/contract/human-interrupt.ts';
import type { EscalationKind } from '../../core/model/escalation.ts';
import { escalationKinds } from '../../core/model/escalation.ts';
import { waitingFor } from './waiting-run.ts';

async function exported(kind: EscalationKind) {
  const run = await waitingFor(kind);
  const { escalationId } = await run.item();
  const path = `/v1/escalations/${escalationId}`;
  const interrupt = await run.get(humanInterrupt, `${path}?format=human-interrupt`);
  /** Answers as an agent inbox does, and lets the run go on. */
  const answer = async (type: string, args: unknown = null): Promise<string> => {
    const { status, answer: said } = await run.ask(`${path}/resolve`, { body: [{ type, args }] });
    if (status !== 202) return JSON.stringify(said);
    await run.drive();
    return (await run.show()).status;
  };
  return { ...run, path, interrupt, answer };
}

describe('an item that is exported as a HumanInterrupt', () => {
  it('says what is asked for, and what may be answered', async () => {
    const { interrupt } = await exported('approval');
    expect(interrupt).toMatchObject({
      action_request: { action: 'Desk:v1/tell', args: { text: 'ring' } },
      config: { allow_accept: true, allow_edit: true, allow_ignore: true, allow_respond: false },
      description: expect.stringContaining("'ignore' means 'reject'."),
    });
    expect((await exported('failure')).interrupt).toMatchObject({
      action_request: { action: 'Desk:v1/tell', args: { text: 'ring' } },
      config: { allow_accept: true, allow_edit: true, allow_ignore: true, allow_respond: false },
    });
    const { interrupt: doubtful } = await exported('inDoubt');
    expect(Object.values(doubtful.config)).toEqual([false, false, false, false]);
    expect(doubtful.description).toContain('attest, provide');
  });

  it.each(escalationKinds)('of kind %s allows nothing that its answer would be refused for', async (kind) => {
    const { interrupt } = await exported(kind);
    const { action } = interrupt.action_request;
    const answers = [
      ['accept', null, interrupt.config.allow_accept],
      ['ignore', null, interrupt.config.allow_ignore],
      ['response', 'Do it by post.', interrupt.config.allow_respond],
      ['edit', { action, args: { text: 'write' } }, interrupt.config.allow_edit],
    ] as const;
    for (const [type, args, isAllowed] of answers) {
      const told = await (await exported(kind)).answer(type, args);
      if (isAllowed) expect(told, type).toMatch(/^(completed|declined|escalated)$/);
      else expect(told, type).toContain('resolution-not-allowed');
    }
  });
});

describe('the answer of an agent inbox', () => {
  it('decides as the same decision does here', async () => {
    expect(await (await exported('approval')).answer('accept')).toBe('completed');
    expect(await (await exported('approval')).answer('ignore')).toBe('declined');
    expect(await (await exported('failure')).answer('accept')).toBe('completed');
    const edited = await exported('failure');
    const { action } = edited.interrupt.action_request;
    expect(await edited.answer('edit', { action, args: { text: 'write' } })).toBe('completed');
    expect(edited.desk.sent).toEqual(['room', 'write']);
    const [settled] = await edited.listed('settled');
    expect(settled?.settled?.reason).toBe("edited by ada: 'edit' in an agent inbox");
  });

  it('cannot change the action, and is one of a list of one', async () => {
    const { answer, ask, path, desk } = await exported('failure');
    expect(await answer('edit', { action: 'Desk:v1/book', args: { text: 'write' } })).toContain(
      "the action stays 'Desk:v1/tell'",
    );
    expect(await answer('edit', 'write')).toContain("'args' has to be { action, args }");
    const twice = [
      { type: 'accept', args: null },
      { type: 'ignore', args: null },
    ];
    expect((await ask(`${path}/resolve`, { body: twice })).status).toBe(422);
    expect(desk.sent).toEqual(['room']);
  });
});
