import { expect, test } from 'vitest';
import type { GrantedAction } from '../../../core/contract/grants-api.ts';
import { rowsOf, rowsThatFit } from './grant-rows.ts';

const granted = (action: string, decision: GrantedAction['decision']): GrantedAction => ({
  ...{ skill: 'Billing:v1', action, decision, because: [] },
});
const rows = rowsOf([
  { agent: 'a', extends: [], actions: [granted('read', 'denied'), granted('refund', 'denied')] },
  { agent: 'b', extends: [], actions: [granted('read', 'allowed'), granted('refund', 'denied')] },
]);
const names = (wanted: Parameters<typeof rowsThatFit>[1]) => rowsThatFit(rows, wanted).map(({ name }) => name);

test('the matrix has a row for each action, with what each agent may do', () => {
  expect(rows.map(({ name }) => name)).toEqual(['Billing:v1/read', 'Billing:v1/refund']);
  expect([...(rows[0]?.byAgent ?? [])].map(([agent, { decision }]) => [agent, decision])).toEqual([
    ['a', 'denied'],
    ['b', 'allowed'],
  ]);
});

test('the matrix shows the rows that fit a text and leaves out what all shown agents are denied', () => {
  expect(names({ text: ' REFUND', onlyGranted: false, agents: ['a', 'b'] })).toEqual(['Billing:v1/refund']);
  expect(names({ text: '', onlyGranted: true, agents: ['a', 'b'] })).toEqual(['Billing:v1/read']);
  expect(names({ text: '', onlyGranted: true, agents: ['a'] })).toEqual([]);
});
