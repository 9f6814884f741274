import { afterEach, describe, expect, it, vi } from 'vitest';
import { escalationPage, escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import type { AttestRequest } from '../../core/contract/api.ts';
import type { LedgerItem } from '../../core/model/effect.ts';
import { transition } from '../../core/model/protocol.ts';
import { faults } from './project.ts';
import { createWorld, tokenWith } from './world.ts';

afterEach(() => {
  vi.restoreAllMocks();
  faults.clear();
});

const happened = {
  resolution: 'attest',
  happened: true,
  output: { sent: true },
  reason: 'it is in the outbox',
} as const satisfies AttestRequest;
const didNot = {
  resolution: 'attest',
  happened: false,
  reason: 'the outbox has none',
} as const satisfies AttestRequest;

/** A run of the playbook `greet` whose mail got no answer, so that a person has to say what became of it. */
async function doubtful(fault: 'refused' | 'no answer' = 'no answer') {
  const world = createWorld();
  const { get, drive, ports, ask } = world;
  faults.set('ADA', fault);
  const body = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
  const { runId } = await get(runAccepted, '/v1/runs', { body });
  await drive();
  const path = `/v1/runs/${runId}`;
  const listed = async (status: string) => (await get(escalationPage, `/v1/escalations?status=${status}`)).items;
  const [escalation] = await listed('open');
  if (!escalation) throw new Error('nothing was escalated');
  const inbox = `/v1/escalations/${escalation.escalationId}`;
  const resolve = `${inbox}/resolve`;
  const ref = { tenantId: 'acme', skill: 'Mail:v1', runId, stepId: 'post', direction: 'F' } as const;
  const item = async (): Promise<LedgerItem> => {
    const found = await ports.ledger.read(ref);
    if (!found) throw new Error('the step has no ledger item');
    return found;
  };
  const everything = async () => ({
    head: await ports.runs.readHead({ tenantId: 'acme', runId }),
    item: await item(),
    escalation: await ports.runs.readEscalation('acme', escalation.escalationId),
    executions: world.engine.names(runId),
  });
  return {
    ...world,
    ...{ runId, path, escalation, inbox, resolve, listed, item, everything },
    show: () => get(runView, path),
    attest: (request: AttestRequest) => get(runAccepted, resolve, { body: request }),
    status: async (request: unknown, token?: string) =>
      (await ask(resolve, { body: request, ...(token === undefined ? {} : { token }) })).status,
  };
}

describe('attesting that a step happened', () => {
  it('completes it with the output, settles the escalation and lets the run go on', async () => {
    const { attest, drive, show, get, inbox, item, runId, engine } = await doubtful();
    expect(await attest(happened)).toEqual({ runId, status: 'running' });
    expect(await get(escalationView, inbox)).toMatchObject({
      status: 'settled',
      settled: { by: 'ada', reason: 'attested by ada: it is in the outbox' },
    });
    await drive();
    expect(await show()).toMatchObject({ status: 'completed', output: { greeting: 'ADA' } });
    expect(await item()).toMatchObject({
      status: 'DONE',
      occurrence: 1,
      sends: 1,
      result: { kind: 'inline', value: { sent: true } },
    });
    expect((await item()).evidence.at(-1)).toMatchObject({
      kind: 'human',
      detail: 'ada: happened: it is in the outbox',
    });
    expect(engine.names(runId).map((name) => engine.executions.get(name)?.standing)).toEqual(['closed', 'closed']);
  });

  it.each([
    ['without an output', { ...happened, output: undefined }, 'No output was given'],
    ['with an output that does not fit', { ...happened, output: { sent: 'yes' } }, 'The output does not fit'],
    ['with null', { ...happened, output: null }, 'The output does not fit'],
  ])('%s is refused, with what the schema wants, and changes nothing', async (_, body, said) => {
    const { refused, resolve, everything } = await doubtful();
    const before = await everything();
    const { status, detail, problems } = await refused('invalid-output', resolve, { body });
    expect(status).toBe(422);
    expect(detail).toContain(said);
    expect(detail).toContain('Mail:v1/send');
    expect(detail).toContain('"sent":{"type":"boolean"}');
    expect(problems?.[0]).toMatchObject({ stepId: 'post', path: expect.stringMatching(/^output/) });
    expect(await everything()).toEqual(before);
  });

  it('stores a large output where large results are stored', async () => {
    const { attest, drive, item, get, path } = await doubtful();
    const output = { sent: true, receipt: 'x'.repeat(20_000) };
    await attest({ ...happened, output });
    expect(await item()).toMatchObject({ status: 'DONE', result: { kind: 'blob' } });
    await drive();
    const shown = await get(runView, `${path}?outputs=true`);
    expect(shown).toMatchObject({ status: 'completed', steps: { window: [{}, { output }, {}] } });
  });
});

describe('attesting that a step did not happen', () => {
  it('fails it, and a resume tries it as a new occurrence under a new key', async () => {
    const { attest, drive, show, item, listed, get, path } = await doubtful();
    const { effectKey } = await item();
    await attest(didNot);
    await drive();
    expect(await show()).toMatchObject({ status: 'escalated', steps: { window: [{}, { status: 'failed' }, {}] } });
    expect(await item()).toMatchObject({ status: 'FAILED', occurrence: 1, sends: 1, effectKey });
    expect(await listed('open')).toMatchObject([{ kind: 'failure', stepId: 'post' }]);
    await get(runAccepted, `${path}/resume`, { body: {} });
    await drive();
    expect((await show()).status).toBe('completed');
    const again = await item();
    expect(again).toMatchObject({ status: 'DONE', occurrence: 2, sends: 1 });
    expect(again.effectKey).not.toBe(effectKey);
  });

  it('with an output is refused, for what did not happen has none', async () => {
    const { refused, resolve, everything } = await doubtful();
    const before = await everything();
    const { detail } = await refused('invalid-output', resolve, { body: { ...didNot, output: { sent: true } } });
    expect(detail).toContain('Leave it out');
    expect(await everything()).toEqual(before);
  });
});

describe('an attest is refused', () => {
  it('for an escalation that is not there, or of another tenant', async () => {
    const { refused, resolve, everything } = await doubtful();
    const before = await everything();
    const token = await tokenWith({ tenant: 'other' });
    expect((await refused('unknown-escalation', resolve, { body: happened, token })).status).toBe(404);
    await refused('unknown-escalation', `/v1/escalations/esc-${'0'.repeat(20)}/resolve`, { body: happened });
    expect(await everything()).toEqual(before);
  });

  it('without the scope inbox:resolve', async () => {
    const { refused, resolve } = await doubtful();
    const token = await tokenWith({ scope: 'inbox:read runs:read runs:write' });
    expect((await refused('insufficient-scope', resolve, { body: happened, token })).status).toBe(403);
  });

  it.each([
    [{ ...happened, reason: '' }],
    [{ ...happened, reason: 'x'.repeat(501) }],
    [{ resolution: 'attest', happened: true, output: {} }],
    [{ resolution: 'attest', reason: 'x' }],
    [{ ...happened, resolution: 'approve' }],
    [{ ...happened, verdict: true }],
    [{}],
  ])('when its body does not fit: %j', async (body) => {
    const { refused, resolve } = await doubtful();
    expect((await refused('invalid-request', resolve, { body })).status).toBe(422);
  });

  it('of an escalation of another kind, naming what helps there', async () => {
    const { refused, resolve, runId, everything } = await doubtful('refused');
    const before = await everything();
    const { status, detail } = await refused('resolution-not-allowed', resolve, { body: happened });
    expect(status).toBe(422);
    expect(detail).toContain("is of kind 'denied'");
    expect(detail).toContain(`resume or cancel run '${runId}'`);
    expect(await everything()).toEqual(before);
  });

  it('once the escalation is settled, whoever asks and whatever is said, and changes nothing', async () => {
    const { attest, drive, refused, resolve, everything } = await doubtful();
    await attest(happened);
    await drive();
    const before = await everything();
    const eve = await tokenWith({ sub: 'eve' });
    for (const body of [happened, didNot, { ...happened, output: 7 }]) {
      expect((await refused('already-settled', resolve, { body })).status).toBe(409);
      const { detail } = await refused('already-settled', resolve, { body, token: eve });
      expect(detail).toContain('attested by ada: it is in the outbox');
    }
    expect(await everything()).toEqual(before);
  });

  it('when evidence has come late and the step is no longer in doubt; a resume goes on with it', async () => {
    const { refused, resolve, item, everything, ports, get, path, drive, show, listed } = await doubtful();
    const seen = await item();
    const result = { kind: 'inline', value: { sent: true } } as const;
    const late = transition(seen, { kind: 'lateEvidence', fence: seen.fence, result }, Date.now(), 'late');
    if (!late.ok) throw new Error(late.refusal);
    await ports.ledger.write(late.next, seen.writeToken);
    const before = await everything();
    expect((await refused('already-settled', resolve, { body: didNot })).detail).toContain('resume the run');
    expect(await everything()).toEqual(before);
    await get(runAccepted, `${path}/resume`, { body: {} });
    await drive();
    expect((await show()).status).toBe('completed');
    expect(await listed('open')).toEqual([]);
  });
});

describe('of two operators at once', () => {
  it.each([
    ['of different minds', didNot],
    ['who say the same', happened],
  ])('%s exactly one stands, and the other is told so', async (_, other) => {
    const { ask, resolve, drive, item, show, listed } = await doubtful();
    const tokens = [await tokenWith({ sub: 'ann' }), await tokenWith({ sub: 'bob' })];
    const answers = await Promise.all(
      [happened, other].map((body, index) => ask(resolve, { body, token: tokens[index] })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    const winner =
      answers[0]?.status === 202 ? 'ann: happened' : `bob: ${other.happened ? 'happened' : 'didNotHappen'}`;
    const { evidence, status } = await item();
    expect(evidence.filter(({ kind }) => kind === 'human')).toMatchObject([
      { detail: expect.stringContaining(winner) },
    ]);
    expect(status).toBe(winner.endsWith('didNotHappen') ? 'FAILED' : 'DONE');
    await drive();
    expect((await show()).status).toBe(status === 'DONE' ? 'completed' : 'escalated');
    expect((await listed('settled')).map(({ settled }) => settled?.by)).toEqual([winner.slice(0, 3)]);
  });

  it('the one whose write comes second is refused, and completes what the first has begun', async () => {
    const { ports, status, everything, drive, show, inbox, get } = await doubtful();
    const bob = await tokenWith({ sub: 'bob' });
    // Ada's process dies right after the ledger.
    vi.spyOn(ports.runs, 'writeHead').mockRejectedValueOnce(new Error('the process died'));
    expect(await status(happened)).toBe(500);
    expect((await everything()).item.status).toBe('DONE');
    expect(await status(didNot, bob)).toBe(409);
    expect((await everything()).item.status).toBe('DONE');
    expect(await get(escalationView, inbox)).toMatchObject({
      settled: { by: 'ada', reason: 'attested by ada: it is in the outbox' },
    });
    await drive();
    expect((await show()).status).toBe('completed');
  });
});

describe('an attest whose process died', () => {
  const deaths = [
    ['before the ledger was written', 'ledger', 'write'],
    ['after the ledger', 'runs', 'writeHead'],
    ['after the head', 'runs', 'writeEscalation'],
  ] as const;

  it.each(deaths.flatMap((death) => [happened, didNot].map((request) => [...death, request] as const)))(
    '%s (%s.%s) is completed by its repetition: %j',
    async (_, port, method, request) => {
      const { ports, status, attest, drive, show, listed, item, runId } = await doubtful();
      const target: Record<string, unknown> = ports[port] as never;
      vi.spyOn(target as Record<typeof method, () => Promise<never>>, method).mockRejectedValueOnce(
        new Error('the process died'),
      );
      expect(await status(request)).toBe(500);
      expect(await attest(request)).toMatchObject({ runId });
      await drive();
      expect((await show()).status).toBe(request.happened ? 'completed' : 'escalated');
      expect((await listed('open')).map(({ kind }) => kind)).toEqual(request.happened ? [] : ['failure']);
      expect((await item()).evidence.filter(({ kind }) => kind === 'human')).toHaveLength(1);
    },
  );

  it.each([['succeedTask'], ['start']] as const)('before engine.%s goes on once it is repeated', async (method) => {
    const { engine, status, drive, show, runId } = await doubtful();
    vi.spyOn(engine, method).mockRejectedValueOnce(new Error('the process died'));
    expect(await status(happened)).toBeGreaterThanOrEqual(500);
    // The escalation is settled by now, so the repetition is told that; the run goes on all the same.
    expect(await status(happened)).toBe(409);
    await drive();
    expect((await show()).status).toBe('completed');
    expect(engine.names(runId).map((name) => engine.executions.get(name)?.standing)).toEqual(['closed', 'closed']);
  });

  it.each([
    ['the ledger', 'writeHead'],
    ['the head', 'writeEscalation'],
  ] as const)('after %s is also completed by a resume', async (_, method) => {
    const { ports, status, get, path, drive, show, listed } = await doubtful();
    vi.spyOn(ports.runs, method).mockRejectedValueOnce(new Error('the process died'));
    expect(await status(happened)).toBe(500);
    await get(runAccepted, `${path}/resume`, { body: {} });
    await drive();
    expect((await show()).status).toBe('completed');
    expect(await listed('open')).toEqual([]);
  });

  it('is refused when it is repeated with another output, and the first output stands', async () => {
    const { ports, status, drive, show, item } = await doubtful();
    vi.spyOn(ports.runs, 'writeHead').mockRejectedValueOnce(new Error('the process died'));
    expect(await status(happened)).toBe(500);
    expect(await status({ ...happened, output: { sent: false } })).toBe(409);
    expect(await item()).toMatchObject({ result: { value: { sent: true } } });
    await drive();
    expect((await show()).status).toBe('completed');
  });
});

describe('a canceled run with a step in doubt', () => {
  it.each([happened, didNot])('ends as canceled once it is attested: %j', async (request) => {
    const { get, path, drive, show, attest, listed, engine, runId } = await doubtful();
    await get(runAccepted, `${path}/cancel`, { body: { reason: 'enough' } });
    await drive();
    expect((await show()).status).toBe('escalated');
    await attest(request);
    await drive();
    expect(await show()).toMatchObject({ status: 'canceled', cancelRequested: { reason: 'enough' } });
    expect(await listed('open')).toEqual([]);
    expect(engine.names(runId).map((name) => engine.executions.get(name)?.standing)).not.toContain('waiting');
  });

  it('ends also when it is attested before it has reported its doubt again', async () => {
    const { get, path, drive, show, attest, listed } = await doubtful();
    await get(runAccepted, `${path}/cancel`, { body: {} });
    await attest(happened);
    await drive();
    expect((await show()).status).toBe('canceled');
    expect(await listed('open')).toEqual([]);
  });

  it('is harmed neither by a second cancel nor by one after the end', async () => {
    const { get, path, drive, show, attest, listed, item } = await doubtful();
    const cancel = (reason: string) => get(runAccepted, `${path}/cancel`, { body: { reason } });
    await cancel('first');
    await drive();
    const before = await item();
    expect(await cancel('second')).toMatchObject({ status: 'escalated' });
    await drive();
    expect(await item()).toEqual(before);
    expect(await listed('open')).toMatchObject([{ kind: 'inDoubt' }]);
    await attest(didNot);
    await drive();
    expect(await cancel('third')).toMatchObject({ status: 'canceled' });
    expect(await show()).toMatchObject({ status: 'canceled', cancelRequested: { reason: 'first' } });
  });
});
