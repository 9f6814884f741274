import { afterEach, expect, it, vi } from 'vitest';
import { runAccepted, runView } from '../../core/contract/api.ts';
import type { EscalationKind } from '../../core/model/escalation.ts';
import { auditView, tracePage } from '../../core/contract/trace-api.ts';
import { aboutToWait } from './waiting-run.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

type AboutToWait = Awaited<ReturnType<typeof aboutToWait>>;

const storeMethods = ['readHead', 'readEscalation', 'writeHead', 'writeEscalation', 'createNote'] as const;

/** Has `look` called after each call of the store that the run itself makes. */
function afterEachCall({ runs }: AboutToWait, look: () => Promise<void>): void {
  const target = runs as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
  let looking = false;
  for (const name of storeMethods) {
    const call = target[name]?.bind(runs);
    if (!call) throw new Error(`the store has no ${name}`);
    vi.spyOn(target, name).mockImplementation(async (...args) => {
      const answer = await call(...args);
      if (looking) return answer;
      looking = true;
      await look();
      looking = false;
      return answer;
    });
  }
}

type Answer = (run: AboutToWait, escalationId: string) => Promise<unknown>;

function resolved(body: object): Answer {
  return (run, escalationId) =>
    run.get(runAccepted, `/v1/escalations/${escalationId}/resolve`, { body: { reason: 'at once', ...body } });
}

/** Answers as soon as the run says that it waits, counted from the call with that number on. */
async function answeredFrom(first: number, kind: EscalationKind, answer: Answer) {
  const run = await aboutToWait(kind);
  let calls = 0;
  let answeredAt: { readonly call: number; readonly waits: boolean } | undefined;
  afterEachCall(run, async () => {
    calls += 1;
    if (answeredAt || calls < first) return;
    const { waitingFor } = await run.get(runView, `/v1/runs/${run.runId}`);
    if (waitingFor?.kind !== 'human') return;
    const execution = run.engine.executions.get(`${run.runId}-g1`);
    answeredAt = { call: calls, waits: execution?.standing === 'waiting' };
    await answer(run, waitingFor.escalationId);
  });
  await run.come();
  vi.restoreAllMocks();
  await run.drive();
  return { run, answeredAt };
}

/** Answers at every moment from which on it can be, one run for each, up to where the run is at rest. */
async function atEveryMoment(
  kind: EscalationKind,
  answer: Answer,
  judge: (run: AboutToWait, at: string) => Promise<void>,
): Promise<void> {
  const waited = new Set<boolean>();
  let from = 1;
  for (;;) {
    const { run, answeredAt } = await answeredFrom(from, kind, answer);
    if (!answeredAt) break;
    from = answeredAt.call + 1;
    waited.add(answeredAt.waits);
    const at = `answered after call ${answeredAt.call}`;
    await judge(run, at);
    expect(await run.listed('open'), at).toEqual([]);
    for (const { standing, taskToken } of run.engine.executions.values()) {
      expect({ standing, taskToken }, at).toEqual({ standing: 'closed', taskToken: undefined });
    }
  }
  expect([...waited]).toContain(false);
}

it.each<[EscalationKind, object]>([
  ['approval', { resolution: 'approve' }],
  ['inDoubt', { resolution: 'attest', happened: true, output: { said: 'ring' } }],
  ['failure', { resolution: 'retry' }],
  ['denied', { resolution: 'retry' }],
  ['budget', { resolution: 'retry' }],
  ['deadRun', { resolution: 'retry' }],
])('an answer that comes before the execution waits is taken at once, wherever it comes: %s', async (kind, answer) => {
  await atEveryMoment(kind, resolved(answer), async (run, at) => {
    expect((await run.show()).status, at).toBe('completed');
    expect(run.desk.sent, at).toEqual(kind === 'inDoubt' ? ['room'] : ['room', 'ring']);
    expect(
      (await run.listed('settled')).map(({ settled }) => settled),
      at,
    ).toMatchObject([{ by: 'ada', reason: expect.stringContaining('at once') }]);
    const { events } = await run.get(tracePage, `/v1/runs/${run.runId}/trace`);
    const told = events.map(({ type }) => type).filter((type) => type.startsWith('escalation.'));
    expect(told, at).toEqual(['escalation.opened', 'escalation.resolved']);
    expect(await run.get(auditView, `/v1/runs/${run.runId}/audit`), at).toMatchObject({ verdict: 'intact' });
  });
});

it.each<EscalationKind>(['approval', 'failure', 'denied', 'budget'])(
  'a run that is canceled before its execution waits leaves nothing open: %s',
  async (kind) => {
    const cancel: Answer = (run) =>
      run.get(runAccepted, `/v1/runs/${run.runId}/cancel`, { body: { reason: 'no more' } });
    await atEveryMoment(kind, cancel, async (run, at) => {
      expect((await run.show()).status, at).toBe('canceled');
      expect(await run.get(auditView, `/v1/runs/${run.runId}/audit`), at).toMatchObject({ verdict: 'intact' });
    });
  },
);
