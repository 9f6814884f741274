import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { auditView, escalationPage, otlpTrace, runAccepted, tracePage } from '../../core/contract/api.ts';
import type { OtlpTrace, TraceEvent, TracePage } from '../../core/contract/api.ts';
import { canonicalJson } from '../../core/model/json.ts';
import type { Registry } from '../../core/model/skill.ts';
import { defineAction, defineAgent, definePlaybook, defineSkill } from '../../core/sdk/index.ts';
import { faults } from './project.ts';
import { exportRequest } from '../trace/otlp-request.ts';
import { createWorld, tokenWith } from './world.ts';

const count = (upTo: number) => ({ agent: 'writer', playbook: 'count', input: { upTo } });
const typesOf = (events: readonly TraceEvent[]): string[] => events.map(({ type }) => type);

async function traced(body: object, world = createWorld()) {
  const { runId } = await world.get(runAccepted, '/v1/runs', { body });
  await world.drive();
  return { ...world, runId, page: await world.get(tracePage, `/v1/runs/${runId}/trace?limit=500`) };
}

describe('the trace of a run', () => {
  it('tells what was planned, what was done and how it ended, in that order', async () => {
    const { page } = await traced({ agent: 'writer', playbook: 'greet', input: { name: 'ada' } });
    const types = typesOf(page.events);
    expect(types.slice(0, 3)).toEqual(['run.started', 'plan.created', 'step.scheduled']);
    expect(types.at(-1)).toBe('run.completed');
    for (const stepId of ['loud', 'post', 'extra']) {
      const own = page.events.filter((event) => 'stepId' in event && event.stepId === stepId);
      expect(typesOf(own)).toEqual(['step.scheduled', 'step.completed']);
    }
    expect(types).toHaveLength(9);
    expect(page).toMatchObject({ agent: 'writer', status: 'completed', nextAfter: null });
    expect(page.events[1]).toMatchObject({
      ...{ author: 'playbook', diff: { added: ['loud', 'post', 'extra'], superseded: [] } },
      steps: [
        { id: 'loud', wave: 1 },
        { id: 'post', wave: 2 },
        { id: 'extra', wave: 1 },
      ],
    });
    const seqs = page.events.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
  });

  it('is the same in pages of any size as in one, and however often it is asked for', async () => {
    const { get, runId, page } = await traced(count(9));
    expect(page.events).toHaveLength(2 + 9 * 3);
    for (const limit of [1, 2, 7, 28]) {
      const events: TraceEvent[] = [];
      for (let after: number | null = 0; after !== null;) {
        const part: TracePage = await get(tracePage, `/v1/runs/${runId}/trace?after=${after}&limit=${limit}`);
        expect(part.events.length).toBeLessThanOrEqual(limit);
        events.push(...part.events);
        after = part.nextAfter;
      }
      expect(canonicalJson(events)).toBe(canonicalJson(page.events));
    }
  });

  it('tells of a step in doubt, of the person who was asked, and of what that person said', async () => {
    const world = createWorld();
    faults.set('ADA', 'no answer');
    const { runId, get, drive, page } = await traced(
      { agent: 'writer', playbook: 'greet', input: { name: 'ada' } },
      world,
    );
    expect(typesOf(page.events).slice(-2)).toEqual(['effect.inDoubt', 'escalation.opened']);
    expect(await get(auditView, `/v1/runs/${runId}/audit`)).toMatchObject({ verdict: 'notOver' });
    const { items } = await get(escalationPage, '/v1/escalations');
    const body = { resolution: 'attest', happened: true, output: { sent: true }, reason: 'it is there' };
    await get(runAccepted, `/v1/escalations/${items[0]?.escalationId ?? ''}/resolve`, { body });
    await drive();
    const after = await get(tracePage, `/v1/runs/${runId}/trace`);
    expect(after.events).toContainEqual(
      expect.objectContaining({ type: 'effect.examined', how: 'human', stepId: 'post' }),
    );
    expect(after.events).toContainEqual(expect.objectContaining({ type: 'escalation.resolved', by: 'ada' }));
    expect(after.events.at(-1)?.type).toBe('run.completed');
    expect(await get(auditView, `/v1/runs/${runId}/audit`)).toMatchObject({ verdict: 'intact' });
  });

  it('tells of an approval: what was asked, and who allowed it', async () => {
    const world = createWorld();
    const steps = [{ id: 'send', skill: 'Mail:v1', action: 'send', input: { text: 'hello' } }];
    const { runId, get, drive } = await traced({ agent: 'careful', plan: { steps } }, world);
    const { items } = await get(escalationPage, '/v1/escalations');
    const escalationId = items[0]?.escalationId ?? '';
    const body = { resolution: 'approve', reason: 'it is only a greeting' };
    await get(runAccepted, `/v1/escalations/${escalationId}/resolve`, { body });
    await drive();
    const { events } = await get(tracePage, `/v1/runs/${runId}/trace`);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'approval.requested', stepId: 'send', escalationId }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'approval.decided', verdict: 'approved', by: 'ada', reason: body.reason }),
    );
    expect(await get(auditView, `/v1/runs/${runId}/audit`)).toMatchObject({ verdict: 'intact' });
  });

  it('hides what a schema marks as not to be shown', async () => {
    const { page } = await traced(
      { agent: 'clerk', playbook: 'file', input: { passport: 'X1234567', name: 'ada' } },
      createWorld({ registry: clerks }),
    );
    expect(JSON.stringify(page)).not.toContain('X1234567');
    expect(page.events[0]).toMatchObject({ input: { passport: '[hidden]', name: 'ada' } });
    expect(page.events).toContainEqual(
      expect.objectContaining({
        type: 'step.completed',
        output: { kind: 'inline', value: { number: '[hidden]', name: 'ada' } },
      }),
    );
  });

  it('belongs to one tenant, and is nothing where there is no run', async () => {
    const { runId, refused } = await traced(count(1));
    const token = await tokenWith({ tenant: 'other' });
    for (const path of ['trace', 'trace?format=otlp', 'audit']) {
      expect(await refused('unknown-run', `/v1/runs/${runId}/${path}`, { token })).toMatchObject({ status: 404 });
      await refused('unknown-run', `/v1/runs/run-01j9zzzzzzzzzzzzzzzzzzzzzz/${path}`);
    }
    await refused('invalid-parameter', `/v1/runs/${runId}/trace?after=-1`);
    await refused('invalid-parameter', `/v1/runs/${runId}/trace?format=xml`);
  });
});

describe('the trace as spans of OpenTelemetry', () => {
  it('is a valid export request, with a root, revisions and tools that hang together', async () => {
    const { get, runId } = await traced({ agent: 'writer', playbook: 'greet', input: { name: 'ada' } });
    const found = await get(otlpTrace, `/v1/runs/${runId}/trace?format=otlp`);
    exportRequest.parse(found);
    const spans = spansOf(found);
    const names = spans.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['invoke_agent writer', 'before the first plan', 'revision 1']);
    expect(names.slice(3).toSorted()).toEqual([
      ...['execute_tool Mail:v1/send', 'execute_tool Words:v1/shout', 'execute_tool Words:v1/shout'],
    ]);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(ids.size).toBe(spans.length);
    for (const { parentSpanId } of spans.slice(1)) expect(ids).toContain(parentSpanId);
    expect(spans[0]).not.toHaveProperty('parentSpanId');
    expect(spans[0]?.attributes).toContainEqual({
      key: 'gen_ai.operation.name',
      value: { stringValue: 'invoke_agent' },
    });
    expect(canonicalJson(await get(otlpTrace, `/v1/runs/${runId}/trace?format=otlp`))).toBe(canonicalJson(found));
  });

  it('comes in pages of whole revisions, each named by the one before', async () => {
    const { ask, get, runId } = await traced(count(40));
    const whole = spansOf(await get(otlpTrace, `/v1/runs/${runId}/trace?format=otlp&limit=500`));
    const spans: unknown[] = [];
    for (let query: string | undefined = '?format=otlp&limit=10'; query !== undefined;) {
      const { answer, headers } = await ask(`/v1/runs/${runId}/trace${query}`);
      spans.push(...spansOf(otlpTrace.parse(answer)));
      query = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(canonicalJson(spans)).toBe(canonicalJson(whole));
  });

  it('keeps every span under 200 KB', async () => {
    const text = '\u0007"\\'.repeat(6_000);
    const steps = [{ id: 'long', skill: 'Words:v1', action: 'shout', input: { text } }];
    const { get, runId } = await traced({ agent: 'writer', plan: { steps } });
    const spans = spansOf(await get(otlpTrace, `/v1/runs/${runId}/trace?format=otlp`));
    for (const span of spans) expect(Buffer.byteLength(JSON.stringify(span))).toBeLessThan(200 * 1024);
    expect(JSON.stringify(spans)).toContain('[cut: ');
  });
});

function spansOf(trace: OtlpTrace) {
  return trace.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

const passport = z.string().meta({ writeOnly: true });
const archive = defineSkill({
  id: 'Archive:v1',
  release: '1.0.0',
  description: 'Keeps.',
  actions: {
    file: defineAction({
      description: 'Files somebody.',
      input: z.object({ passport, name: z.string() }),
      output: z.object({ number: passport, name: z.string() }),
      effect: { class: 'P' },
      run: async (input) => ({ number: input.passport, name: input.name }),
    }),
  },
});
const clerk = defineAgent({
  name: 'clerk',
  description: 'Files.',
  grants: ['Archive:v1'],
  playbooks: {
    file: definePlaybook({
      description: 'File somebody.',
      input: z.object({ passport, name: z.string() }),
      steps: [
        {
          ...{ id: 'file', skill: 'Archive:v1', action: 'file' },
          input: { passport: '${input.passport}', name: '${input.name}' },
        },
      ],
    }),
  },
});
const clerks: Registry = { skills: new Map([[archive.id, archive]]), agents: new Map([[clerk.name, clerk]]) };
