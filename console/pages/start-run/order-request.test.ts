import { expect, it } from 'vitest';
import { emptyDraft, problemsByPath, requestOf } from './order-request.ts';
import type { Agent } from './order-request.ts';

const agent: Agent = { name: 'writer', description: '', grants: [], deadlineSeconds: 60, playbooks: [] };

it('is nothing that could be sent until it is known who plans', () => {
  expect(requestOf(emptyDraft)).toBeUndefined();
  for (const source of ['playbook', 'goal', 'plan'] as const) {
    expect(requestOf({ ...emptyDraft, agent, source })).toBeUndefined();
  }
  expect(requestOf({ ...emptyDraft, agent, source: 'goal', goal: '  ' })).toBeUndefined();
});

it('sends what was filled in, and nothing of what was not', () => {
  expect(requestOf({ ...emptyDraft, agent, playbook: 'greet' })).toEqual({ agent: 'writer', playbook: 'greet' });
  const full = {
    ...{ ...emptyDraft, agent, playbook: 'greet', goal: ' be kind ', input: { name: 'ada' }, plan: { steps: [] } },
    limits: { ...emptyDraft.limits, usd: '0.5', steps: '7' },
    labels: [{ key: 'team', value: 'red' }],
  };
  expect(requestOf(full)).toEqual({
    ...{ agent: 'writer', playbook: 'greet', goal: 'be kind', input: { name: 'ada' } },
    ...{ budget: { usd: 0.5, steps: 7 }, labels: { team: 'red' } },
  });
  expect(requestOf({ ...full, source: 'plan', input: undefined })).toMatchObject({ plan: { steps: [] } });
  expect(requestOf({ ...full, source: 'plan' })).not.toHaveProperty('playbook');
});

it('sorts what is wrong by the field that it is about', () => {
  const problems = [
    { path: 'input.name', message: 'Too short.' },
    { path: 'input.name', message: 'No digits.' },
    { message: 'Something else.' },
  ];
  const document = { type: '', title: '', status: 422, detail: '', code: 'invalid-input', problems } as const;
  expect([...problemsByPath({ ...document, problems })]).toEqual([['input.name', 'Too short. No digits.']]);
  expect(problemsByPath(undefined).size).toBe(0);
});
