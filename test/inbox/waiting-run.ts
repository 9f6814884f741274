import { escalationPage, escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import type { EscalationKind } from '../../core/model/escalation.ts';
import { reviveRun } from '../../core/operations/revive-run.ts';
import { createWorld, tokenWith } from '../api/world.ts';
import { Desk } from './desk-project.ts';

export const grace = await tokenWith({ sub: 'grace' });

/** Books a room, and then tells somebody: the step `tell` is what a person is asked about. */
export const roomAndTell = {
  steps: [
    { id: 'room', skill: 'Desk:v1', action: 'book', input: { text: 'room' } },
    { id: 'tell', skill: 'Desk:v1', action: 'tell', input: { text: 'ring' }, dependsOn: ['room'] },
  ],
  output: { room: '${steps.room.output.ref}' },
};

export interface WaitingOptions {
  readonly agent?: string;
  readonly plan?: object;
  readonly goal?: string;
  readonly desk?: Desk;
  readonly deadlineSeconds?: number;
}

/** A run over stores in memory, driven until it waits for a person or is over. */
export async function startedRun(options: WaitingOptions = {}) {
  const { agent = 'plain', plan = roomAndTell, goal, desk = new Desk(), deadlineSeconds } = options;
  const world = createWorld({ registry: desk.registry });
  const budget = deadlineSeconds === undefined ? {} : { budget: { deadlineSeconds } };
  const source = goal === undefined ? { plan } : { goal };
  const { runId } = await world.get(runAccepted, '/v1/runs', { body: { agent, ...source, ...budget } });
  if (deadlineSeconds !== undefined) world.clock.advance(deadlineSeconds * 1_000 + 1);
  const show = () => world.get(runView, `/v1/runs/${runId}`);
  const listed = async (status: 'open' | 'settled') =>
    (await world.get(escalationPage, `/v1/escalations?status=${status}`)).items;
  /** The only open item. */
  const item = async () => {
    const [first] = await listed('open');
    if (!first) throw new Error(`nothing is open; the run is ${(await show()).status}`);
    return world.get(escalationView, `/v1/escalations/${first.escalationId}`);
  };
  const resolvePath = async () => `/v1/escalations/${(await item()).escalationId}/resolve`;
  /** Drives the run to where it is over or waits for a person; waits for a time pass at once. */
  const drive = async () => {
    await world.drive();
    for (let turn = 0; turn < 60; turn += 1) {
      const { waitingFor: waits } = await show();
      if (waits?.kind !== 'time') return;
      world.clock.advance(Math.max(0, Date.parse(waits.until) - world.clock.now()));
      const execution = world.engine.executions.get(world.engine.names(runId).at(-1) ?? '');
      if (execution) execution.standing = 'running';
      await world.drive();
    }
  };
  /** Decides about the open item, as ada unless a token says otherwise, and lets the run go on. */
  const resolve = async (body: object, token?: string) => {
    const accepted = await world.get(runAccepted, await resolvePath(), {
      body: { reason: 'as agreed', ...body },
      ...(token === undefined ? {} : { token }),
    });
    await drive();
    return accepted;
  };
  return { ...world, runId, desk, drive, show, listed, item, resolve, resolvePath };
}

/** A run that will wait because of that kind of trouble with its step `tell`, or with itself, once `come` is called. */
export async function aboutToWait(kind: EscalationKind) {
  const desk = new Desk();
  if (kind === 'inDoubt') desk.faults.set('ring', ['timeout']);
  if (kind === 'failure') desk.faults.set('ring', ['bug']);
  if (kind === 'denied') desk.faults.set('ring', ['denied']);
  const run = await startedRun({
    desk,
    ...(kind === 'approval' ? { agent: 'careful' } : {}),
    ...(kind === 'budget' ? { deadlineSeconds: 60 } : {}),
  });
  const come = async (): Promise<void> => {
    if (kind !== 'deadRun') return run.drive();
    run.engine.kill(run.runId);
    const death = { tenantId: 'acme', runId: run.runId, generation: 1, cause: 'it was aborted' };
    await reviveRun(death, { ports: run.ports, limits: { restarts: 0, restartWaitMs: 0 } });
  };
  return { ...run, come };
}

/** A run that waits because of that kind of trouble. */
export async function waitingFor(kind: EscalationKind) {
  const run = await aboutToWait(kind);
  await run.come();
  return run;
}
