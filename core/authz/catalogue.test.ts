import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { env } from '../contract/env.ts';
import type { ActionDefinition, AgentDefinition, Registry, SkillDefinition } from '../model/skill.ts';
import { skillHashOf } from '../model/skill-contract.ts';
import { catalogueFor, skillFunctions } from './catalogue.ts';

const action: ActionDefinition = {
  description: 'Reads.',
  input: z.object({}),
  output: z.object({}),
  effect: { class: 'P' },
  timeoutSeconds: 5,
  maxAttempts: 1,
  run: async () => ({}),
};
const skill = (id: string, ...names: string[]): SkillDefinition => ({
  kind: 'skill',
  id,
  release: '1.0.0',
  description: '',
  settings: [],
  actions: Object.fromEntries(names.map((name) => [name, action])),
});
const skills = [skill('Users:v1', 'read', 'write'), skill('Users:v2', 'read', 'write'), skill('Mail:v1', 'send')];
const registry: Registry = { skills: new Map(skills.map((one) => [one.id, one])), agents: new Map() };
const granted = (...grants: string[]): AgentDefinition => ({
  kind: 'agent',
  name: 'clerk',
  description: '',
  grants,
  playbooks: {},
  deadlineSeconds: 60,
});
const functions = { arnOf: (id: string) => `arn:${id}` };
const find = (grants: string[], skillId: string, name: string) =>
  catalogueFor(granted(...grants), registry, functions).find(skillId, name);

describe('a catalogue', () => {
  it('grants every action of a granted skill version, with its function and its hash', () => {
    const [users] = skills;
    expect(find(['Users:v1'], 'Users:v1', 'write')).toEqual({
      found: true,
      action,
      skillHash: users && skillHashOf(users),
      functionArn: 'arn:Users:v1',
    });
  });

  it('grants one action when only that is granted', () => {
    expect(find(['Users:v2/read'], 'Users:v2', 'read')).toMatchObject({ found: true });
    expect(find(['Users:v2/read'], 'Users:v2', 'write')).toMatchObject({ found: false, code: 'notGranted' });
  });

  it.each([
    ['Users:v1', 'Users:v2', 'read'],
    ['Users:v1/rea', 'Users:v1', 'read'],
    ['users:v1', 'Users:v1', 'read'],
    ['Users', 'Users:v1', 'read'],
    ['*', 'Users:v1', 'read'],
    ['Users:v1/*', 'Users:v1', 'read'],
  ])('does not stretch the grant %s to %s/%s', (grant, skillId, name) => {
    const entry = find([grant], skillId, name);
    expect(entry).toMatchObject({ found: false, code: 'notGranted' });
    expect(entry.found ? '' : entry.message).toContain(`'${grant}'`);
  });

  it('tells a version that is not there from a skill that is not there', () => {
    expect(find([], 'Users:v3', 'read')).toEqual({
      found: false,
      code: 'unknownVersion',
      message: "There is no 'Users:v3'; there is 'Users:v1', 'Users:v2'. Use one of these versions.",
    });
    const none = find(['Mail:v1'], 'Chat:v1', 'send');
    expect(none).toMatchObject({ found: false, code: 'unknownSkill' });
    expect(none.found ? '' : none.message).toContain("is granted 'Mail:v1'");
  });

  it('compares byte for byte, and says so when only the capitals differ', () => {
    const entry = find(['Mail:v1'], 'MAIL:v1', 'send');
    expect(entry).toMatchObject({ found: false, code: 'unknownSkill' });
    expect(entry.found ? '' : entry.message).toContain("byte for byte; did you mean 'Mail:v1'?");
  });

  it.each([
    ['a Cyrillic letter', 'Mаil:v1', 'M\\u{430}il:v1'],
    ['fullwidth letters', 'Ｍail:v1', '\\u{ff2d}ail:v1'],
    ['an invisible character', 'Mail\u200b:v1', 'Mail\\u{200b}:v1'],
  ])('says what a name with %s looks like, and shows it', (_what, given, shown) => {
    const entry = find(['Mail:v1'], given, 'send');
    expect(entry).toMatchObject({ found: false, code: 'unknownSkill' });
    expect(entry.found ? '' : entry.message).toBe(
      `There is no skill '${shown}'. It looks like 'Mail:v1', but names are compared byte for byte.`,
    );
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'Read'])('has no action %s', (name) => {
    const entry = find(['Users:v1', `Users:v1/${name}`], 'Users:v1', name);
    expect(entry).toMatchObject({ found: false, code: 'unknownAction' });
    expect(entry.found ? '' : entry.message).toContain("it has 'read', 'write'");
  });

  it('holds what the agent inherits', () => {
    const base: AgentDefinition = { ...granted('Mail:v1'), name: 'base' };
    const all = { ...registry, agents: new Map([['base', base]]) };
    const inherited = catalogueFor({ ...granted(), extends: ['base'] }, all, functions);
    expect(inherited.find('Mail:v1', 'send')).toMatchObject({ found: true });
    expect(inherited.find('Users:v1', 'read')).toMatchObject({ found: false, code: 'notGranted' });
  });

  it('holds what is granted with limits, which an authorizer judges', () => {
    const limited: AgentDefinition = { ...granted(), grants: [{ grant: 'Mail:v1/send', tenants: ['acme'] }] };
    expect(catalogueFor(limited, registry, functions).find('Mail:v1', 'send')).toMatchObject({ found: true });
  });

  it('is not fooled by a skill id that holds an action', () => {
    expect(find(['Users:v1/read'], 'Users:v1/read', '')).toMatchObject({ found: false, code: 'unknownVersion' });
  });
});

describe('functions of skills', () => {
  const prefix = 'arn:aws:lambda:eu-west-1:1:function:holdfast-skill-';
  const environment = (versions: string | undefined) => ({
    [env.skillFunctionArnPrefix]: prefix,
    [env.skillFunctionVersions]: versions,
  });

  it('are qualified by the published version', () => {
    const { arnOf } = skillFunctions(environment('{"UserManagement:v2":"7","Mail:v1":3}'));
    expect(arnOf('UserManagement:v2')).toBe(`${prefix}user-management-v2:7`);
    expect(arnOf('Mail:v1')).toBe(`${prefix}mail-v1:3`);
  });

  it.each(['Chat:v1', 'constructor', '__proto__'])('are not made up for %s', (id) => {
    expect(() => skillFunctions(environment('{"Mail:v1":"3"}')).arnOf(id)).toThrow(
      `No function of skill '${id}' is published`,
    );
  });

  it.each([undefined, '', 'x', '[]', 'null', '{"Mail:v1":{}}'])(
    'need a table of versions, which %j is not',
    (versions) => {
      expect(() => skillFunctions(environment(versions))).toThrow(env.skillFunctionVersions);
    },
  );

  it('need the prefix', () => {
    expect(() => skillFunctions({})).toThrow(env.skillFunctionArnPrefix);
  });
});
