import { expect, it } from 'vitest';
import { resolutions } from '../../core/model/resolution.ts';
import { Desk } from './desk-project.ts';
import { roomAndTell, startedRun, waitingFor } from './waiting-run.ts';

it('an item tells the whole case of a failure', async () => {
  const run = await waitingFor('failure');
  const item = await run.item();
  expect(item.case).toMatchObject({
    goal: 'the plan that was given',
    run: { status: 'escalated', requestedBy: 'ada' },
    plan: {
      revision: 1,
      steps: [
        { id: 'room', uses: 'Desk:v1/book', status: 'completed' },
        { id: 'tell', uses: 'Desk:v1/tell', status: 'failed', asked: true },
      ],
      more: 0,
    },
    step: {
      ...{ id: 'tell', effectClass: 'N', sends: 1, unknownSends: 0, tricks: [] },
      shown: '{\n  "text": "ring"\n}',
      evidence: [{ kind: 'failure', detail: "bug: 'ring' was refused" }],
    },
    asked: { contacts: [], next: { what: 'remind' } },
    links: { run: `/v1/runs/${run.runId}`, skill: '/v1/skills/Desk:v1', explained: 'docs/errors/class-bug.md' },
  });
  expect(item.case?.resolutions.map(({ resolution }) => resolution)).toEqual(resolutions);
});

it('arguments that trick the eye are escaped, in failures as in approvals', async () => {
  const desk = new Desk();
  desk.faults.set('pay \u202Eeva', ['bug']);
  const plan = { steps: [{ id: 'tell', skill: 'Desk:v1', action: 'tell', input: { text: 'pay \u202Eeva' } }] };
  const run = await startedRun({ desk, plan });
  await run.drive();
  const { step } = (await run.item()).case ?? {};
  expect(step?.shown).toContain('pay \\u{202e}eva');
  expect(step?.tricks).toHaveLength(1);
});

it('a case is of bounded size, and the step in question is in it, however long the plan is', async () => {
  const desk = new Desk();
  desk.faults.set('ring', ['bug']);
  const [room, tell] = roomAndTell.steps;
  const many = Array.from({ length: 180 }, (_, index) => ({
    ...{ id: `later-${index}`, skill: 'Desk:v1', action: 'tell', input: { text: 'later' }, why: 'w'.repeat(100) },
    dependsOn: ['tell'],
  }));
  const run = await startedRun({ desk, plan: { steps: [room, ...many.slice(0, 100), tell, ...many.slice(100)] } });
  await run.drive();
  const { case: told } = await run.item();
  expect(told?.plan.more).toBe(122);
  expect(told?.plan.steps.some(({ id, asked }) => id === 'tell' && asked)).toBe(true);
  expect(JSON.stringify(told).length).toBeLessThan(64 * 1024);
});

it('of a settled item nothing may be decided any more', async () => {
  const run = await waitingFor('failure');
  const { escalationId } = await run.item();
  await run.resolve({ resolution: 'retry' });
  const { answer } = await run.ask(`/v1/escalations/${escalationId}`);
  expect(answer).toMatchObject({ status: 'settled', case: { run: { status: 'completed' } } });
  expect(JSON.stringify(answer)).not.toContain('"may":true');
});
