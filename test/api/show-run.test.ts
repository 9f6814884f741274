import { describe, expect, it } from 'vitest';
import {
  agentPage,
  health,
  planPage,
  runAccepted,
  runPage,
  runView,
  skillPage,
  skillView,
} from '../../core/contract/api.ts';
import { listSkills, showSkill } from '../../core/operations/show-catalogue.ts';
import { faults, registry } from './project.ts';
import { createWorld, tokenWith } from './world.ts';

const greet = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };

describe('a run is shown', () => {
  it('with its steps, and with its output once it is completed', async () => {
    const { get, drive } = createWorld();
    const { runId } = await get(runAccepted, '/v1/runs', { body: greet });
    await drive();
    const shown = await get(runView, `/v1/runs/${runId}`);
    expect(shown).toMatchObject({
      status: 'completed',
      revision: 1,
      generation: 1,
      goal: 'Greet somebody.',
      requestedBy: 'ada',
    });
    expect(shown.output).toEqual({ greeting: 'ADA', mood: 'glad', extra: { text: 'EXTRA' } });
    expect(shown.steps).toMatchObject({ total: 3, over: 3 });
    expect(shown.steps.window.map(({ id, status, attempts, optional }) => [id, status, attempts, optional])).toEqual([
      ['loud', 'completed', 1, false],
      ['post', 'completed', 1, false],
      ['extra', 'completed', 1, true],
    ]);
    expect(shown.steps.window[0]).not.toHaveProperty('output');
  });

  it('with outputs when they are asked for, large ones too', async () => {
    const { get, drive } = createWorld();
    const steps = [{ id: 'long', skill: 'Words:v1', action: 'fill', input: { characters: 20_000 } }];
    const { runId } = await get(runAccepted, '/v1/runs', { body: { agent: 'writer', plan: { steps } } });
    await drive();
    const shown = await get(runView, `/v1/runs/${runId}?outputs=true`);
    expect(shown.steps.window[0]?.output).toEqual({ text: 'x'.repeat(20_000) });
    expect(shown).not.toHaveProperty('output');
  });

  it('with null for what a skipped step would have given', async () => {
    const { get, drive } = createWorld();
    faults.set('extra', 'refused');
    const { runId } = await get(runAccepted, '/v1/runs', { body: greet });
    await drive();
    const shown = await get(runView, `/v1/runs/${runId}`);
    expect(shown).toMatchObject({ status: 'completed', output: { extra: null } });
    expect(shown.steps.window[2]?.status).toBe('skipped');
  });

  it('with the reason when its output cannot be rendered', async () => {
    const { get, drive } = createWorld();
    const steps = [{ id: 'a', skill: 'Words:v1', action: 'shout', input: { text: 'x' } }];
    const plan = { steps, output: '${steps.a.output.missing}' };
    const { runId } = await get(runAccepted, '/v1/runs', { body: { agent: 'writer', plan } });
    await drive();
    const shown = await get(runView, `/v1/runs/${runId}`);
    expect(shown.outputProblem).toContain("'missing'");
  });

  it('as its ledger has it where the head is behind', async () => {
    const { get, drive, ports, runs } = createWorld();
    const { runId } = await get(runAccepted, '/v1/runs', { body: greet });
    await drive();
    const run = { tenantId: 'acme', runId };
    const head = await ports.runs.readHead(run);
    if (!head) throw new Error('the run has no head');
    const mark = { version: head.version + 1, writeToken: 'behind' };
    await runs.writeHead(
      { ...head, ...mark, status: 'running', window: [{ revision: 1, statuses: 'rpp' }] },
      head.version,
    );
    const shown = await get(runView, `/v1/runs/${runId}`);
    expect(shown).toMatchObject({ status: 'running', steps: { total: 3, over: 3 } });
  });

  it('with how much of a long plan is over, and only its open window', async () => {
    const { get, drive } = createWorld();
    const body = { agent: 'writer', playbook: 'count', input: { upTo: 12 } };
    const { runId } = await get(runAccepted, '/v1/runs', { body });
    await drive();
    const shown = await get(runView, `/v1/runs/${runId}`);
    expect(shown).toMatchObject({
      status: 'completed',
      revision: 12,
      output: 'NUMBER 12',
      steps: { total: 12, over: 12 },
    });
    expect(shown.steps.window.length).toBeLessThan(4);
  });

  it('to whoever asks for its head only', async () => {
    const { get, ask } = createWorld();
    const { runId } = await get(runAccepted, '/v1/runs', { body: greet });
    expect((await ask(`/v1/runs/${runId}`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('a list', () => {
  it('of runs goes newest first, page by page, within the tenant', async () => {
    const { get, clock } = createWorld();
    const runIds: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      clock.advance(1);
      runIds.unshift((await get(runAccepted, '/v1/runs', { body: greet })).runId);
    }
    await get(runAccepted, '/v1/runs', { body: greet, token: await tokenWith({ tenant: 'other' }) });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ReturnType<typeof runPage.parse> = await get(
        runPage,
        `/v1/runs?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ runId }) => runId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(runIds);
  });

  it('of plan revisions goes newest first, page by page', async () => {
    const { get, drive, refused } = createWorld();
    const body = { agent: 'writer', playbook: 'count', input: { upTo: 5 } };
    const { runId } = await get(runAccepted, '/v1/runs', { body });
    expect(await get(planPage, `/v1/runs/${runId}/plan`)).toEqual({ items: [], nextCursor: null });
    await drive();
    const path = `/v1/runs/${runId}/plan?limit=2`;
    const first = await get(planPage, path);
    expect(first.items.map(({ revision, final }) => [revision, final])).toEqual([
      [5, true],
      [4, false],
    ]);
    expect(first.items[0]).toMatchObject({
      basedOn: 4,
      author: 'playbook',
      steps: [{ id: 'n5', action: 'shout', after: [] }],
    });
    const second = await get(planPage, `${path}&cursor=${first.nextCursor}`);
    const third = await get(planPage, `${path}&cursor=${second.nextCursor}`);
    expect([...second.items, ...third.items].map(({ revision }) => revision)).toEqual([3, 2, 1]);
    expect(third.nextCursor).toBeNull();
    await refused('invalid-parameter', `${path}&cursor=0`);
  });

  it('of skills names their actions, and a skill shows its whole contract', async () => {
    const { get } = createWorld();
    const { items } = await get(skillPage, '/v1/skills');
    expect(items.map(({ id }) => id)).toEqual(['Mail:v1', 'Words:v1', 'Words:v2']);
    expect(items[0]?.actions).toMatchObject([{ name: 'send', effect: { class: 'N' }, maxAttempts: 3 }]);
    const shown = await get(skillView, '/v1/skills/Words%3Av1');
    expect(shown).toMatchObject({ id: 'Words:v1', release: '1.0.0', actions: [{ input: { type: 'object' } }, {}] });
  });

  it('of skills that fit a goal is ordered by how well they fit, and a skill says what replaces it', async () => {
    const { get, refused } = createWorld();
    const { items } = await get(skillPage, '/v1/skills?search=please%20mail%20it');
    expect(items.map(({ id }) => id)).toEqual(['Mail:v1']);
    expect(items[0]).not.toHaveProperty('deprecated');
    expect((await get(skillPage, '/v1/skills?search=zzz')).items).toEqual([]);
    await refused('invalid-parameter', '/v1/skills?search=');
    const mail = registry.skills.get('Mail:v1')!;
    const deprecated = { replacedBy: 'Mail:v2' };
    const going = { ...registry, skills: new Map([['Mail:v1', { ...mail, deprecated }]]) };
    expect(skillPage.parse(listSkills(going)).items).toMatchObject([{ id: 'Mail:v1', deprecated }]);
    expect(skillView.parse(showSkill('Mail:v1', going))).toMatchObject({ deprecated });
  });

  it('of skills that fit a goal goes by SKILL.md too, and says which words matched', () => {
    const description = 'Writes to people. Use it for birthday greetings.';
    const cards = new Map([['Mail:v1', { description, body: 'Mention the anniversary, too.' }]]);
    const carded = { ...registry, cards };
    const find = (goal: string) => skillPage.parse(listSkills(carded, goal)).items;
    expect(listSkills(registry, 'birthday').items).toEqual([]);
    expect(find('a birthday')).toMatchObject([{ id: 'Mail:v1', whenToUse: description, matched: ['birthday'] }]);
    expect(find('our anniversary')).toMatchObject([{ id: 'Mail:v1' }]);
    expect(skillView.parse(showSkill('Mail:v1', carded))).toMatchObject({ whenToUse: description });
    expect(listSkills(carded).items.map(({ id }) => id)).toEqual(['Mail:v1', 'Words:v1', 'Words:v2']);
  });

  it('of agents tells what their playbooks take', async () => {
    const { get } = createWorld();
    const { items } = await get(agentPage, '/v1/agents');
    expect(items.map(({ name }) => name)).toEqual(['careful', 'idle', 'twofold', 'writer']);
    expect(items[3]).toMatchObject({
      grants: ['Words:v1', 'Mail:v1/send'],
      deadlineSeconds: 3_600,
      playbooks: [
        { name: 'greet', kind: 'fixed', input: { required: ['name'] } },
        { name: 'count', kind: 'function', input: { required: ['upTo'] } },
      ],
    });
  });
});

it('says that it serves without asking who wants to know', async () => {
  const { get } = createWorld();
  expect(await get(health, '/healthz', { token: '' })).toEqual({ status: 'ok' });
});
