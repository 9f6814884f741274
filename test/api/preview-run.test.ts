import { describe, expect, it } from 'vitest';
import { runPage, runPreview } from '../../core/contract/api.ts';
import { createWorld, tokenWith } from './world.ts';

const path = '/v1/runs/preview';

describe('a preview of a run', () => {
  it('shows the input with its defaults and the plan as the gate accepts it, and starts nothing', async () => {
    const { get, engine } = createWorld();
    const preview = await get(runPreview, path, {
      body: { agent: 'writer', playbook: 'greet', input: { name: 'ada' } },
    });
    expect(preview).toMatchObject({
      ...{ agent: 'writer', goal: 'Greet somebody.', source: 'playbook', untrusted: [], deadlineSeconds: 3_600 },
      input: { name: 'ada', mood: 'glad' },
      plan: {
        final: true,
        steps: [
          { id: 'loud', skill: 'Words:v1', action: 'shout', after: [], effectClass: 'P', why: 'It has to be heard.' },
          { id: 'post', skill: 'Mail:v1', action: 'send', after: ['loud'], effectClass: 'N' },
          { id: 'extra', optional: true },
        ],
      },
    });
    expect((await get(runPage, '/v1/runs')).items).toEqual([]);
    expect(engine.executions.size).toBe(0);
  });

  it('shows the first steps of a playbook that plans as it goes on, and says that more will come', async () => {
    const { get } = createWorld();
    const { plan } = await get(runPreview, path, { body: { agent: 'writer', playbook: 'count', input: { upTo: 3 } } });
    expect(plan?.final).toBe(false);
    expect(plan?.steps).toHaveLength(1);
  });

  it('shows a plan of the caller, with the limits that would hold', async () => {
    const { get } = createWorld();
    const steps = [{ id: 'a', skill: 'Words:v1', action: 'shout', input: { text: 'hi' } }];
    const body = { agent: 'writer', plan: { steps }, budget: { steps: 7, deadlineSeconds: 60 } };
    expect(await get(runPreview, path, { body })).toMatchObject({
      ...{ source: 'plan', deadlineSeconds: 60, budget: { steps: 7 } },
      plan: { steps: [{ id: 'a' }], final: true },
    });
  });

  it('refuses what starting it would refuse, for the same reason', async () => {
    const { refused, engine } = createWorld();
    const notGranted = { steps: [{ id: 'a', skill: 'Mail:v1', action: 'forward', input: {} }] };
    for (const [code, body] of [
      ['unknown-agent', { agent: 'nobody', playbook: 'greet' }],
      ['unknown-playbook', { agent: 'writer', playbook: 'great' }],
      ['invalid-input', { agent: 'writer', playbook: 'greet', input: { name: 5 } }],
      ['plan-rejected', { agent: 'writer', plan: notGranted }],
      ['model-not-configured', { agent: 'writer', goal: 'be kind' }],
      ['invalid-request', { agent: 'writer', sreps: [] }],
    ] as const) {
      await refused(code, path, { body });
    }
    expect(engine.executions.size).toBe(0);
  });

  it('needs no leave to start runs', async () => {
    const { get, refused } = createWorld();
    const body = { agent: 'writer', playbook: 'greet', input: { name: 'ada' } };
    const preview = await get(runPreview, path, { body, token: await tokenWith({ scope: 'runs:read' }) });
    expect(preview.agent).toBe('writer');
    await refused('insufficient-scope', path, { body, token: await tokenWith({ scope: 'inbox:read' }) });
  });
});
