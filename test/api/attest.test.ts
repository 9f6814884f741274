import { afterEach, describe, expect, it, vi } from 'vitest';
import { escalationView, runAccepted, runView } from '../../core/contract/api.ts';
import { transition } from '../../core/model/protocol.ts';
import { didNot, doubtful, happened } from './doubtful-run.ts';
import { faults, registry } from './project.ts';
import { tokenWith } from './world.ts';

afterEach(() => {
  vi.restoreAllMocks();
  faults.clear();
});

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
    const { refused, resolve, everything } = await doubtful('refused');
    const before = await everything();
    const { status, detail } = await refused('resolution-not-allowed', resolve, { body: happened });
    expect(status).toBe(422);
    expect(detail).toContain("is of kind 'denied'");
    expect(detail).toContain("Allowed here: 'edit', 'retry', 'provide'");
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

  it('when the escalation is settled although its step is still in doubt, as after a resume that looks again', async () => {
    const { ports, escalation, refused, resolve, everything } = await doubtful();
    const stored = await ports.runs.readEscalation('acme', escalation.escalationId);
    if (!stored) throw new Error('the escalation is gone');
    const mark = { version: stored.version + 1, writeToken: 'settled' };
    const settled = { atMs: 1, by: 'bob', reason: 'resumed by bob' };
    await ports.runs.writeEscalation({ ...stored, ...mark, status: 'settled', settled }, stored.version);
    const before = await everything();
    expect((await refused('already-settled', resolve, { body: happened })).detail).toContain('resumed by bob');
    expect(await everything()).toEqual(before);
  });

  it('of somebody else once it is settled, without starting anything, even where the execution is dead', async () => {
    const { attest, status, engine, runId, everything } = await doubtful();
    await attest(happened);
    engine.kill(runId);
    const before = await everything();
    expect(await status(didNot, await tokenWith({ sub: 'eve' }))).toBe(409);
    expect(await everything()).toEqual(before);
  });

  it('of an earlier occurrence than the one that is in doubt', async () => {
    const { attest, drive, get, path, ports, escalation, refused, resolve, item, everything, listed } =
      await doubtful();
    await attest(didNot);
    await drive();
    faults.set('ADA', 'no answer');
    await get(runAccepted, `${path}/resume`, { body: {} });
    await drive();
    expect(await item()).toMatchObject({ status: 'IN_DOUBT', occurrence: 2 });
    // As if it had never been closed.
    const first = await ports.runs.readEscalation('acme', escalation.escalationId);
    if (!first) throw new Error('the first escalation is gone');
    await ports.runs.writeEscalation(
      { ...first, status: 'open', version: first.version + 1, writeToken: 'open' },
      first.version,
    );
    const before = await everything();
    await refused('already-settled', resolve, { body: happened });
    expect(await everything()).toEqual(before);

    const second = (await listed('open')).find(({ escalationId }) => escalationId !== escalation.escalationId);
    await get(runAccepted, `/v1/escalations/${second?.escalationId}/resolve`, { body: happened });
    await refused('already-settled', resolve, { body: happened });
  });

  it('with an output that nobody can check, because the skill is no longer deployed', async () => {
    const { refused, resolve, everything, attest, drive, show } = await doubtful();
    const before = await everything();
    const gone = vi.spyOn(registry.skills, 'get').mockReturnValue(undefined);
    const { detail } = await refused('resolution-not-allowed', resolve, { body: happened });
    expect(detail).toContain('Mail:v1/send');
    expect(await everything()).toEqual(before);
    await attest(didNot);
    gone.mockRestore();
    await drive();
    expect((await show()).status).toBe('escalated');
  });

  it('when evidence has come late and the step is no longer in doubt; a resume goes on with it', async () => {
    const { refused, resolve, item, everything, ports, get, path, drive, show, listed } = await doubtful();
    const seen = await item();
    const result = { kind: 'inline', value: { sent: true } } as const;
    const late = transition(
      seen,
      { kind: 'lateEvidence', fence: seen.fence, result, trust: 'trusted' },
      Date.now(),
      'late',
    );
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
