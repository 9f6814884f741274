import { expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { actionEntity, withGroups } from './action-entities.ts';

const actions: JsonObject = {
  All: {},
  'Billing:v1': { memberOf: [{ id: 'All' }] },
  'Billing:v1/refund': { memberOf: [{ id: 'Billing:v1' }, { id: 'money' }], appliesTo: { principalTypes: ['Agent'] } },
  money: {},
};
const uid = (id: string) => ({ type: 'Action', id });

it('an action is in its groups, and in theirs', () => {
  expect(actionEntity(actions, 'Billing:v1/refund')).toEqual({
    uid: uid('Billing:v1/refund'),
    attrs: {},
    parents: ['Billing:v1', 'money', 'All'].map(uid),
  });
  expect(actionEntity(actions, 'All')).toEqual({ uid: uid('All'), attrs: {}, parents: [] });
});

it('groups that contain each other come to an end', () => {
  const circle = { a: { memberOf: [{ id: 'b' }] }, b: { memberOf: [{ id: 'a' }] } };
  expect(withGroups(circle, 'a')).toEqual(new Set(['a', 'b']));
});

it.each<[string, JsonObject]>([
  ['it is not there', {}],
  ['its group is not there', { x: { memberOf: [{ id: 'y' }] } }],
  ['it has attributes', { x: { attributes: { risk: 3 } } }],
  ['its group is of another type', { x: { memberOf: [{ type: 'Other::Action', id: 'x' }] } }],
  ['it is what every object has', { x: { memberOf: [{ id: 'toString' }] } }],
])('an action is not judged by half of its declaration: %s', (_, declared) => {
  expect(() => withGroups(declared, 'x')).toThrow(/^the schema must declare Action/);
});
