import { describe, expect, it, vi } from 'vitest';
import { planPage } from '../../core/contract/api.ts';
import { tokenWith } from '../api/world.ts';
import { Desk } from './desk-project.ts';
import { grace, startedRun, waitingFor } from './waiting-run.ts';

const because = { reason: 'as agreed' };

describe('an edit', () => {
  it('is a revision of its own, and tells who changed what', async () => {
    const run = await waitingFor('failure');
    await run.resolve({ resolution: 'edit', input: { text: 'write' } });
    const { items } = await run.get(planPage, `/v1/runs/${run.runId}/plan`);
    expect(items[0]).toMatchObject({
      author: 'operator',
      reason: "ada gave step 'tell' other arguments: as agreed",
      steps: [{ id: 'tell', after: ['room'], input: { text: 'write' } }],
      recovery: {
        ...{ stepId: 'tell', decision: 'edit', owner: 'human' },
        diff: { added: [], changed: [{ stepId: 'tell', arguments: ['text'] }] },
        tried: [{ class: 'bug', uses: 'Desk:v1/tell', decision: 'edit', by: 'ada', why: 'as agreed' }],
      },
    });
    expect((await run.show()).output).toEqual({ room: 'ref-room' });
  });

  it('passes the gate of every plan: arguments that do not fit, and references to nothing, are refused', async () => {
    const run = await waitingFor('failure');
    const path = await run.resolvePath();
    for (const input of [{ text: 'x'.repeat(21) }, { words: 'write' }, { text: '${steps.nothing.output}' }]) {
      const { problems } = await run.refused('plan-rejected', path, {
        body: { resolution: 'edit', ...because, input },
      });
      expect(problems?.length).toBeGreaterThan(0);
    }
    const { items } = await run.get(planPage, `/v1/runs/${run.runId}/plan`);
    expect(items).toHaveLength(1);
    await run.resolve({ resolution: 'edit', input: { text: '${steps.room.output.ref}' } });
    expect(run.desk.sent).toEqual(['room', 'ref-room']);
  });

  it('may not be approved by whoever made it, where the grant wants somebody else', async () => {
    const run = await startedRun({ agent: 'watched' });
    await run.drive();
    await run.resolve({ resolution: 'edit', input: { text: 'write' } }, grace);
    const path = await run.resolvePath();
    const approve = { resolution: 'approve', ...because };
    const { detail } = await run.refused('different-person-needed', path, { body: approve, token: grace });
    expect(detail).toContain('grace has given this use its arguments');
    await run.refused('different-person-needed', path, { body: approve });
    await run.resolve({ resolution: 'approve' }, await tokenWith({ sub: 'linus' }));
    expect(await run.show()).toMatchObject({ status: 'completed' });
    expect(run.desk.sent).toEqual(['room', 'write']);
  });

  it('of one argument does not vouch for the others: what a model wrote stays a model’s', async () => {
    const desk = new Desk();
    desk.thoughts.push({
      ...{
        reasoning: 'It has to be told.',
        options: [{ option: 'tell', chosen: true, reason: 'it is wanted' }],
        decision: 'plan',
      },
      steps: [{ id: 'tell', skill: 'Desk:v1', action: 'tell', input: { text: 'mallory' } }],
    });
    const run = await startedRun({ desk, agent: 'thinking', goal: 'Tell somebody.' });
    await run.drive();
    expect((await run.item()).approval).toMatchObject({ doubted: ['text'] });
    await run.resolve({ resolution: 'edit', input: { text: 'mallory' } });
    expect((await run.item()).approval).toMatchObject({ doubted: ['text'] });
    await run.resolve({ resolution: 'edit', input: { text: 'grace' } });
    expect((await run.item()).approval).toMatchObject({ doubted: [] });
    await run.resolve({ resolution: 'approve' });
    expect(run.desk.sent).toEqual(['grace']);
  });

  it('again and again gets a key of its own each time', async () => {
    const run = await waitingFor('failure');
    run.desk.faults.set('write', ['bug']);
    await run.resolve({ resolution: 'edit', input: { text: 'write' } });
    expect(await run.item()).toMatchObject({ kind: 'failure', stepId: 'tell' });
    await run.resolve({ resolution: 'edit', input: { text: 'call' } });
    expect(await run.show()).toMatchObject({ status: 'completed' });
    expect(run.desk.sent).toEqual(['room', 'call']);
  });
});

describe('a step whose output others want', () => {
  const plan = {
    steps: [
      { id: 'tell', skill: 'Desk:v1', action: 'tell', input: { text: 'ring' } },
      { id: 'echo', skill: 'Desk:v1', action: 'tell', input: { text: '${steps.tell.output.said}' } },
    ],
  };

  it('cannot be left out, but its output can be given', async () => {
    const desk = new Desk();
    desk.faults.set('ring', ['bug']);
    const run = await startedRun({ desk, plan });
    await run.drive();
    const body = { resolution: 'skip', ...because };
    const { detail } = await run.refused('resolution-not-allowed', await run.resolvePath(), { body });
    expect(detail).toContain("step 'echo' asks for what step 'tell' would have answered");
    const wrong = { resolution: 'provide', ...because, output: { heard: true } };
    await run.refused('invalid-output', await run.resolvePath(), { body: wrong });
    await run.resolve({ resolution: 'provide', output: { said: 'by hand' } });
    expect(desk.sent).toEqual(['by hand']);
  });
});

describe('a step in doubt whose provider can be asked', () => {
  it('is looked up again by a retry', async () => {
    const desk = new Desk();
    desk.faults.set('lost', ['timeout']);
    desk.faults.set(
      'lookup',
      Array.from({ length: 20 }, () => 'transient'),
    );
    const plan = { steps: [{ id: 'find', skill: 'Desk:v1', action: 'find', input: { text: 'lost' } }] };
    const run = await startedRun({ desk, plan });
    await run.drive();
    expect(await run.item()).toMatchObject({ kind: 'inDoubt' });
    desk.faults.clear();
    await run.resolve({ resolution: 'retry' });
    expect(await run.show()).toMatchObject({ status: 'completed' });
  });
});

describe('an undo that is refused for good', () => {
  const stuck = async () => {
    const desk = new Desk();
    desk.faults.set('ring', ['bug']);
    desk.faults.set(
      'undo ref-room',
      Array.from({ length: 30 }, () => 'denied'),
    );
    const run = await startedRun({ desk });
    await run.drive();
    await run.resolve({ resolution: 'compensate' });
    expect(await run.item()).toMatchObject({ kind: expect.stringMatching(/failure|denied/) });
    return run;
  };

  it('can be attested as settled elsewhere, and the run ends as it was to end', async () => {
    const run = await stuck();
    await run.resolve({ resolution: 'attest', happened: true });
    expect(await run.show()).toMatchObject({
      status: 'failed',
      steps: { window: [{ id: 'room', status: 'compensated' }, {}, {}] },
    });
    expect(run.desk.undone).toEqual([]);
  });

  it('is tried again by a retry, and nothing else is to be had', async () => {
    const run = await stuck();
    const path = await run.resolvePath();
    for (const body of [{ resolution: 'skip' }, { resolution: 'edit', input: {} }, { resolution: 'abort' }]) {
      await run.refused('resolution-not-allowed', path, { body: { ...because, ...body } });
    }
    await run.refused('already-settled', path, { body: { resolution: 'compensate', ...because } });
    run.desk.faults.clear();
    await run.resolve({ resolution: 'retry' });
    expect(await run.show()).toMatchObject({ status: 'failed' });
    expect(run.desk.undone).toEqual(['ref-room']);
  });
});

describe('planning anew', () => {
  it('tells the model what the person wants, and its plan passes the gate', async () => {
    const desk = new Desk();
    const planOf = (id: string, text: string) => ({
      ...{
        reasoning: 'It has to be told.',
        options: [{ option: 'tell', chosen: true, reason: 'it is wanted' }],
        decision: 'plan',
      },
      steps: [{ id, skill: 'Desk:v1', action: 'book', input: { text } }],
    });
    desk.thoughts.push(
      { ...planOf('tell', 'x'), steps: [{ id: 'tell', skill: 'Desk:v1', action: 'tell', input: { text: 'mallory' } }] },
      planOf('room', 'room 12'),
    );
    const run = await startedRun({ desk, agent: 'thinking', goal: 'Tell somebody.' });
    await run.drive();
    expect(await run.item()).toMatchObject({ kind: 'approval' });
    await run.resolve({ resolution: 'replan', instructions: 'Tell nobody, book room 12.' });
    expect(desk.asked.at(-1)).toMatchObject({ instructions: 'Tell nobody, book room 12.' });
    expect(await run.show()).toMatchObject({ status: 'completed' });
    expect(desk.sent).toEqual(['room 12']);
  });
});

describe('a call that dies on the way', () => {
  it('is completed by its repetition, and refused for anybody else', async () => {
    const run = await waitingFor('failure');
    const path = await run.resolvePath();
    const body = { resolution: 'edit', ...because, input: { text: 'write' } };
    run.engine.startFault = new Error('the engine is away');
    await run.refused('engine-unavailable', path, { body });
    await run.refused('already-settled', path, { body: { resolution: 'abort', ...because }, token: grace });
    expect(await run.listed('settled')).toMatchObject([{ settled: { reason: 'edited by ada: as agreed' } }]);
    expect(await run.show()).toMatchObject({ status: 'running' });
  });

  it('before it moved the run has decided nothing, and the plan that it wrote does no harm', async () => {
    const run = await waitingFor('failure');
    const path = await run.resolvePath();
    const body = { resolution: 'edit', ...because, input: { text: 'write' } };
    const writeHead = vi.spyOn(run.runs, 'writeHead').mockRejectedValueOnce(new Error('killed'));
    expect((await run.ask(path, { body })).status).toBe(500);
    writeHead.mockRestore();
    await run.refused('escalation-claimed', path, { body: { resolution: 'abort', ...because }, token: grace });
    run.clock.advance(31_000);
    await run.resolve({ resolution: 'retry' }, grace);
    expect(await run.show()).toMatchObject({ status: 'completed' });
    expect(run.desk.sent).toEqual(['room', 'ring']);
  });

  it('before it moved the run is completed by its repetition', async () => {
    const run = await waitingFor('failure');
    const writeHead = vi.spyOn(run.runs, 'writeHead').mockRejectedValueOnce(new Error('killed'));
    const edit = { resolution: 'edit', ...because, input: { text: 'write' } };
    expect((await run.ask(await run.resolvePath(), { body: edit })).status).toBe(500);
    writeHead.mockRestore();
    await run.resolve(edit);
    expect(await run.show()).toMatchObject({ status: 'completed' });
    expect(run.desk.sent).toEqual(['room', 'write']);
  });
});
