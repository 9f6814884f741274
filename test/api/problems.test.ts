import { afterEach, describe, expect, it, vi } from 'vitest';
import { maxBodyBytes } from '../../core/contract/api.ts';
import { problemCodes } from '../../core/contract/problems.ts';
import { partKey } from '../../core/model/agent-step.ts';
import { StoreUnavailable } from '../../core/model/failure.ts';
import { faults } from './project.ts';
import { createWorld, met, tokenWith } from './world.ts';

const world = createWorld();
const { ask, refused, ports } = world;
const greet = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
const post = (body: unknown) => ({ body });
const noRun = `run-${'0'.repeat(26)}`;

afterEach(() => vi.restoreAllMocks());

describe('a body', () => {
  it('that is not JSON is named as such, with what the parser said', async () => {
    const { detail } = await refused('malformed-json', '/v1/runs', { raw: '{"agent": }' });
    expect(detail).toContain('Unexpected token');
    await refused('malformed-json', '/v1/runs', { raw: new Uint8Array([0x22, 0xff, 0x22]) });
    await refused('malformed-json', '/v1/runs', { raw: '{"agent":"\\ud800"}' });
  });

  it('that is nested too deeply is refused before anything recurses over it', async () => {
    const deep = `{"agent":"writer","input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await refused('json-too-deep', '/v1/runs', { raw: deep })).status).toBe(400);
  });

  it('over 256 KiB is refused, whether or not it says its size', async () => {
    const large = JSON.stringify({ ...greet, goal: 'x'.repeat(maxBodyBytes) });
    await refused('body-too-large', '/v1/runs', { raw: large });
    await refused('body-too-large', '/v1/runs', { raw: large, headers: { 'content-length': String(large.length) } });
    const fits = { ...greet, input: { name: 'x'.repeat(maxBodyBytes - 100) } };
    expect((await ask('/v1/runs', post(fits))).status).toBe(202);
  });

  it('of another type is refused', async () => {
    const { detail } = await refused('unsupported-media-type', '/v1/runs', {
      ...post(greet),
      headers: { 'content-type': 'text/plain' },
    });
    expect(detail).toContain("'text/plain'");
    await refused('unsupported-media-type', '/v1/runs', {
      ...post(greet),
      headers: { 'content-type': 'application/json; charset=latin1' },
    });
    const { status } = await ask('/v1/runs', {
      ...post(greet),
      headers: { 'content-type': 'Application/JSON; charset="UTF-8"' },
    });
    expect(status).toBe(202);
  });

  it('that does not fit is told every mistake at its place', async () => {
    const body = { agent: 'Writer!', playbok: 'greet', budget: { euros: 3 }, labels: { 'a b': 'c' } };
    const { problems } = await refused('invalid-request', '/v1/runs', post(body));
    expect(problems?.map(({ path }) => path)).toEqual(['agent', 'budget.euros', 'labels.a b', 'playbok']);
    expect((await refused('invalid-request', '/v1/runs', post([]))).detail).toContain('expected object');
    expect((await refused('invalid-request', '/v1/runs', { method: 'POST' })).problems?.[0]?.path).toBe('agent');
  });

  it('with a member named __proto__ changes no prototype', async () => {
    await refused('invalid-request', '/v1/runs', { raw: '{"agent":"writer","playbook":"greet","__proto__":{"x":1}}' });
    const { answer } = await ask('/v1/runs', {
      raw: '{"agent":"writer","playbook":"greet","input":{"name":"ada","__proto__":{"mood":"hacked"}}}',
    });
    expect(JSON.stringify(answer)).not.toContain('hacked');
    expect(({} as Record<string, unknown>)['mood']).toBeUndefined();
  });
});

describe('what is asked for', () => {
  it('has to be a known agent, by its exact name', async () => {
    const { detail } = await refused('unknown-agent', '/v1/runs', post({ ...greet, agent: 'write' }));
    expect(detail).toContain("'writer'");
  });

  it.each(['gret', 'constructor', '__proto__'])('has to be a known playbook, which %s is not', async (playbook) => {
    const { detail } = await refused('unknown-playbook', '/v1/runs', post({ ...greet, playbook }));
    expect(detail).toContain("'greet', 'count'");
  });

  it('has to have one source of its plan', async () => {
    expect((await refused('plan-source-unclear', '/v1/runs', post({ ...greet, plan: { steps: [] } }))).status).toBe(
      422,
    );
    expect((await refused('plan-source-unclear', '/v1/runs', post({ agent: 'writer' }))).status).toBe(422);
  });

  it('may not be a goal alone while no model is configured, and names the playbooks there are', async () => {
    const { detail, status } = await refused(
      'model-not-configured',
      '/v1/runs',
      post({ agent: 'writer', goal: 'greet ada' }),
    );
    expect(status).toBe(422);
    expect(detail).toContain("agent 'writer' has none: start the platform with HOLDFAST_MODELS");
    expect(detail).toContain("or use a playbook (it has 'greet', 'count')");
    expect((await refused('model-not-configured', '/v1/runs', post({ agent: 'idle', goal: 'x' }))).detail).toContain(
      'none',
    );
  });

  it('has to fit the input of its playbook', async () => {
    const { problems } = await refused('invalid-input', '/v1/runs', post({ ...greet, input: { name: '', age: 3 } }));
    expect(problems?.map(({ path }) => path)).toEqual(['input.name', 'input']);
    await refused('invalid-input', '/v1/runs', post({ ...greet, input: undefined }));
  });

  it('is rejected with every problem of its plan before anything is stored', async () => {
    const before = await ports.runs.listRuns({ tenantId: 'acme', limit: 100, cursor: undefined });
    const steps = [
      { id: 'a', skill: 'Words:v9', action: 'shout' },
      { id: 'b', skill: 'Nothing:v1', action: 'x' },
      { id: 'c', skill: 'Words:v1', action: 'toString' },
      { id: 'd', skill: 'Words:v2', action: 'shout', input: { text: 'x' } },
      { id: 'e', skill: 'Words:v1', action: 'shout', input: { text: 4 } },
      { id: 'e', skill: 'Words:v1', action: 'shout', input: { text: '${steps.z.output}' } },
    ];
    const { problems } = await refused('plan-rejected', '/v1/runs', post({ agent: 'writer', plan: { steps } }));
    const codes = [
      'duplicateStep',
      'unknownVersion',
      'unknownSkill',
      'unknownAction',
      'notGranted',
      'invalidInput',
      'unknownStep',
    ];
    expect(problems?.map(({ code }) => code)).toEqual(codes);
    await refused(
      'plan-rejected',
      '/v1/runs',
      post({ agent: 'writer', plan: { steps: [{ id: 'a', skil: 'Words:v1' }] } }),
    );
    expect(await ports.runs.listRuns({ tenantId: 'acme', limit: 100, cursor: undefined })).toEqual(before);
  });
});

describe('an address', () => {
  it('that is none is named', async () => {
    expect((await refused('unknown-route', '/v1/rnus')).status).toBe(404);
    expect((await refused('unknown-route', '/v1/runs/')).status).toBe(404);
    expect((await refused('unknown-route', '/', { token: '' })).status).toBe(404);
  });

  it('says which methods it takes', async () => {
    const { headers } = await refused('method-not-allowed', '/v1/runs', { method: 'DELETE' });
    expect(headers.get('allow')).toBe('POST, GET, HEAD');
    expect((await refused('method-not-allowed', `/v1/runs/${noRun}/cancel`)).headers.get('allow')).toBe('POST');
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=bm9uc2Vuc2U', 'colour=red', 'limit=1&limit=2'])(
    'refuses the query %s',
    async (query) => {
      const { detail } = await refused('invalid-parameter', `/v1/runs?${query}`);
      expect(detail).toContain(query.startsWith('cursor') ? 'bm9uc2Vuc2U' : (query.split('=')[0] ?? ''));
    },
  );

  it.each(['', '/plan'])('of a run that is not there is 404: /v1/runs/{id}%s', async (rest) => {
    expect((await refused('unknown-run', `/v1/runs/${noRun}${rest}`)).status).toBe(404);
    expect((await refused('unknown-run', `/v1/runs/T%23acme%23R${rest}`)).status).toBe(404);
  });

  it('of a skill, a breaker or an escalation that is not there is 404', async () => {
    expect((await refused('unknown-skill', '/v1/skills/Words:v3')).status).toBe(404);
    expect((await refused('unknown-skill', '/v1/skills/constructor')).status).toBe(404);
    const closing = post({ reason: 'repaired' });
    expect((await refused('unknown-breaker', '/v1/breakers/word-api/close', closing)).status).toBe(404);
    expect((await refused('unknown-escalation', `/v1/escalations/esc-${'0'.repeat(20)}`)).status).toBe(404);
    expect((await refused('unknown-escalation', '/v1/escalations/x%23y')).status).toBe(404);
  });
});

describe('a caller', () => {
  it('without a token is asked for one', async () => {
    const { headers } = await refused('unauthenticated', '/v1/runs', { token: '' });
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['/v1/runs', 'GET', 'runs:write'],
    ['/v1/runs', 'POST', 'runs:read'],
    [`/v1/runs/${noRun}`, 'GET', 'inbox:read'],
    [`/v1/runs/${noRun}/cancel`, 'POST', 'runs:read'],
    [`/v1/runs/${noRun}/resume`, 'POST', 'runs:read inbox:resolve'],
    ['/v1/skills', 'GET', ''],
    ['/v1/agents', 'GET', 'runs:reader'],
    ['/v1/agents/writer/tools', 'GET', 'runs:write'],
    ['/v1/escalations', 'GET', 'runs:read inbox:resolve'],
    [`/v1/escalations/esc-${'0'.repeat(20)}/resolve`, 'POST', 'runs:write inbox:read'],
  ])('needs the scope of %s %s, which "%s" is not', async (path, method, scope) => {
    expect((await refused('insufficient-scope', path, { method, token: await tokenWith({ scope }) })).status).toBe(403);
  });

  it('of another tenant is not told that a run exists', async () => {
    const { answer } = await ask('/v1/runs', post(greet));
    const path = `/v1/runs/${(answer as { runId: string }).runId}`;
    const token = await tokenWith({ tenant: 'other' });
    await refused('unknown-run', path, { token });
    await refused('unknown-run', `${path}/plan`, { token });
    await refused('unknown-run', `${path}/cancel`, { token, body: {} });
    await refused('unknown-run', `${path}/resume`, { token, body: {} });
    expect((await ask(path)).status).toBe(200);
  });
});

describe('an Idempotency-Key', () => {
  it.each(['', ' ', 'two words', 'é', 'x'.repeat(256)])('of %j is malformed', async (key) => {
    expect(
      (await refused('malformed-idempotency-key', '/v1/runs', { ...post(greet), headers: { 'idempotency-key': key } }))
        .status,
    ).toBe(400);
  });

  it('of another body is refused', async () => {
    const headers = { 'idempotency-key': 'once' };
    expect((await ask('/v1/runs', { ...post(greet), headers })).status).toBe(202);
    await refused('idempotency-key-reused', '/v1/runs', { ...post({ ...greet, goal: 'more' }), headers });
  });

  it('of a call that hangs is in flight, and says when to come back', async () => {
    const headers = { 'idempotency-key': 'hangs' };
    const create = vi.spyOn(ports.runs, 'createRun').mockImplementationOnce(() => new Promise(() => undefined));
    void ask('/v1/runs', { ...post(greet), headers });
    await vi.waitFor(() => expect(create).toHaveBeenCalled());
    const problem = await refused('idempotency-in-flight', '/v1/runs', { ...post(greet), headers });
    expect(Number(problem.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a run', () => {
  async function started(): Promise<string> {
    const { answer } = await ask('/v1/runs', post(greet));
    await world.drive();
    return (answer as { runId: string }).runId;
  }

  it('that is over can neither be canceled nor resumed', async () => {
    const runId = await started();
    await refused('run-over', `/v1/runs/${runId}/cancel`, post({}));
    expect((await refused('run-over', `/v1/runs/${runId}/resume`, post({}))).detail).toContain('completed');
  });

  it('with a step in doubt is not resumed, and names the step', async () => {
    faults.set('ADA', 'no answer');
    const runId = await started();
    const { problems } = await refused('step-in-doubt', `/v1/runs/${runId}/resume`, post({}));
    expect(problems).toMatchObject([{ stepId: 'post' }]);
  });

  it('whose step in doubt is attested with a wrong output is told so, and twice is told that it is settled', async () => {
    faults.set('ADA', 'no answer');
    await started();
    const { items } = (await ask('/v1/escalations')).answer as { items: { escalationId: string; kind: string }[] };
    const doubt = items.find(({ kind }) => kind === 'inDoubt');
    const resolve = `/v1/escalations/${doubt?.escalationId}/resolve`;
    const attest = { resolution: 'attest', happened: true, reason: 'seen' };
    await refused('invalid-output', resolve, post(attest));
    expect((await ask(resolve, post({ ...attest, output: { sent: true } }))).status).toBe(202);
    await refused('already-settled', resolve, post(attest));
  });

  it('that failed has nothing to attest', async () => {
    faults.set('ADA', 'refused');
    await started();
    const { items } = (await ask('/v1/escalations')).answer as { items: { escalationId: string; kind: string }[] };
    const denied = items.find(({ kind }) => kind === 'denied');
    const body = { resolution: 'attest', happened: false, reason: 'seen' };
    const resolve = `/v1/escalations/${denied?.escalationId}/resolve`;
    expect((await refused('resolution-not-allowed', resolve, post(body))).status).toBe(422);
  });

  it('that waits for approval of something else by now is told so', async () => {
    const plan = { steps: [{ id: 'post', skill: 'Mail:v1', action: 'send', input: { text: 'hello' } }] };
    await ask('/v1/runs', post({ agent: 'careful', plan }));
    await world.drive();
    const { items } = (await ask('/v1/escalations')).answer as { items: { escalationId: string; kind: string }[] };
    const asked = items.find(({ kind }) => kind === 'approval');
    const body = { resolution: 'approve', reason: 'seen', binding: '0123456789abcdef' };
    const { detail } = await refused('approval-changed', `/v1/escalations/${asked?.escalationId}/resolve`, post(body));
    expect(detail).toContain('Nothing was decided');
  });

  it('whose inbox item somebody else has claimed, or that has a long history, says so', async () => {
    const plan = { steps: [{ id: 'post', skill: 'Mail:v1', action: 'send', input: { text: 'claimed' } }] };
    const { answer } = await ask('/v1/runs', post({ agent: 'careful', plan }));
    await world.drive();
    const { items } = (await ask('/v1/escalations')).answer as { items: { escalationId: string; runId: string }[] };
    const asked = items.find(({ runId }) => runId === (answer as { runId: string }).runId);
    const path = `/v1/escalations/${asked?.escalationId}`;
    expect((await ask(`${path}/claim`, post({}))).status).toBe(200);
    const token = await tokenWith({ sub: 'grace' });
    const approve = { ...post({ resolution: 'approve', reason: 'seen' }), token };
    expect((await refused('escalation-claimed', `${path}/resolve`, approve)).detail).toMatch(/claimed by ada until 20/);
    const stored = await ports.runs.readEscalation('acme', asked?.escalationId ?? '');
    if (!stored?.lastAct) throw new Error('nothing was claimed');
    const full = { ...stored, version: 99, writeToken: 'full', lastAct: { ...stored.lastAct, number: 200 } };
    await ports.runs.writeEscalation(full, stored.version);
    await refused('escalation-full', `${path}/comments`, post({ text: 'one more' }));
  });

  it('that wants another person to approve says so to the one who has started it', async () => {
    const plan = { steps: [{ id: 'post', skill: 'Mail:v1', action: 'send', input: { text: 'own' } }] };
    const { answer } = await ask('/v1/runs', post({ agent: 'twofold', plan }));
    await world.drive();
    const { items } = (await ask('/v1/escalations')).answer as { items: { escalationId: string; runId: string }[] };
    const asked = items.find(({ runId }) => runId === (answer as { runId: string }).runId);
    const path = `/v1/escalations/${asked?.escalationId}/resolve`;
    const { detail } = await refused('different-person-needed', path, post({ resolution: 'approve', reason: 'seen' }));
    expect(detail).toContain('ada has started run');
  });

  it('that is a part of another one may not be given more than that one has left', async () => {
    const budget = { tokens: 100 };
    const { runId: above } = (await ask('/v1/runs', post({ ...greet, budget }))).answer as { runId: string };
    const { runId: part } = (await ask('/v1/runs', post({ ...greet, budget: { tokens: 50 } }))).answer as {
      runId: string;
    };
    const parent = { agent: 'writer', runId: above, stepId: 'on', occurrence: 1, depth: 1 };
    const ref = { tenantId: 'acme', runId: above };
    await ports.spend.allot(ref, partKey(parent), { wanted: { tokens: 50 }, atMost: {} }, budget);
    const readRequest = ports.runs.readRequest.bind(ports.runs);
    vi.spyOn(ports.runs, 'readRequest').mockImplementation(async (run) => {
      const request = await readRequest(run);
      return request && run.runId === part ? { ...request, parent } : request;
    });
    const resume = `/v1/runs/${part}/resume`;
    const { detail } = await refused('part-too-large', resume, post({ budget: { tokens: 101 } }));
    expect(detail).toContain(`a part of run '${above}', which may use 100 tokens`);
    expect((await ask(resume, post({ budget: { tokens: 100 } }))).status).toBe(202);
  });

  it('that others keep changing is contended, and nothing is lost', async () => {
    const { answer } = await ask('/v1/runs', post(greet));
    vi.spyOn(ports.runs, 'writeHead').mockResolvedValue({ written: false, current: undefined });
    const path = `/v1/runs/${(answer as { runId: string }).runId}/cancel`;
    expect((await refused('run-contended', path, post({}))).headers.get('retry-after')).toBe('1');
  });
});

describe('a fault of ours', () => {
  it('of the state machine is told as such and logged', async () => {
    world.engine.startFault = new Error('throttled by 10.0.0.7');
    const { detail, headers } = await refused('engine-unavailable', '/v1/runs', post(greet));
    expect(detail).not.toContain('10.0.0.7');
    expect(headers.get('retry-after')).toBe('1');
    expect(world.logged.at(-1)?.cause).toMatchObject({ message: 'throttled by 10.0.0.7' });
  });

  it('of the table is told as such and logged', async () => {
    vi.spyOn(ports.runs, 'listRuns').mockRejectedValue(
      new StoreUnavailable('runs.list', new Error('ECONNREFUSED 10.0.0.7')),
    );
    const { detail, headers } = await refused('store-unavailable', '/v1/runs');
    expect(detail).not.toContain('10.0.0.7');
    expect(headers.get('retry-after')).toBe('1');
    expect(world.logged.at(-1)?.message).toContain('10.0.0.7');
  });

  it('of a front door that hands on whole answers only is told to whoever wants a stream', async () => {
    const { answer } = await world.ask('/v1/runs', { body: greet });
    const { runId } = answer as { runId: string };
    const { detail } = await refused('streaming-unavailable', `/v1/runs/${runId}/events`);
    expect(detail).toContain(`/v1/runs/${runId}/trace?since=`);
  });

  it('that nobody expected says nothing of its insides and is logged', async () => {
    vi.spyOn(ports.runs, 'listRuns').mockRejectedValue(new TypeError('secret of line 12'));
    const { detail } = await refused('internal-error', '/v1/runs');
    expect(detail).not.toContain('secret');
    expect(world.logged.at(-1)?.message).toBe('secret of line 12');
  });
});

it('every problem of the closed list was met above', () => {
  expect([...met].toSorted()).toEqual([...problemCodes].toSorted());
});
