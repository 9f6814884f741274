import { beforeAll, describe, expect, it } from 'vitest';
import {
  argumentsBlobKey,
  breakerKey,
  documentPartition,
  escalationKey,
  headKey,
  idempotencyKey,
  ledgerKey,
  resultBlobKey,
} from '../../core/contract/keys.ts';
import { env } from '../../core/contract/env.ts';
import type { Capability } from '../../core/model/skill.ts';
import type { SkillManifest } from '../../lib/project.ts';
import type { Request } from './policy.ts';
import { Roles } from './roles.ts';
import type { Resource, Synthesised } from './synthesised.ts';
import { buildApp, synthesise } from './synthesised.ts';
import { account, region } from './values.ts';

let built: Synthesised;
let roles: Roles;
beforeAll(async () => {
  built = await synthesise();
  roles = new Roles(built);
});

const functionOf = ({ folder }: SkillManifest): Resource => roles.named(`skill-${folder}`);
const may = (one: Resource, request: Request): boolean => roles.may(one, request);
const pairs = (): [SkillManifest, SkillManifest][] =>
  built.project.skills.flatMap((one) =>
    built.project.skills.map((other): [SkillManifest, SkillManifest] => [one, other]),
  );
const sending = (from = 'agents@example.com', identity = 'example.com'): Request => ({
  action: 'ses:SendEmail',
  resource: `arn:aws:ses:${region}:${account}:identity/${identity}`,
  context: { 'ses:FromAddress': [from] },
});
const uses = (skill: SkillManifest, capability: Capability): boolean => skill.uses.includes(capability);

describe('what the function of a skill may reach', () => {
  it('is judged over skills that differ in everything that can be declared', () => {
    const declared = built.project.skills.map(({ id, secrets, uses: used }) => ({ id, secrets, uses: used }));
    expect(declared).toEqual([
      { id: 'CarDesk:v1', secrets: ['CAR_API_KEY'], uses: ['mail'] },
      { id: 'Notes:v1', secrets: [], uses: ['store'] },
      { id: 'RoomBooking:v1', secrets: ['ROOM_API_KEY', 'ROOM_API'], uses: [] },
      { id: 'RoomBooking:v2', secrets: ['ROOM_API_KEY'], uses: ['store'] },
    ]);
  });

  it('is the breaker of its own dependency, which it shares with who depends on the same, and of no other', () => {
    const declared = built.project.skills.map(({ id, dependency }) => [id, dependency]);
    expect(declared).toEqual([
      ['CarDesk:v1', 'car-api'],
      ['Notes:v1', undefined],
      ['RoomBooking:v1', 'room-api'],
      ['RoomBooking:v2', 'room-api'],
    ]);
    for (const skill of built.project.skills) {
      for (const other of ['car-api', 'room-api', 'room-api-2', 'room', 'model:openai:gpt-5-mini']) {
        const own = skill.dependency === other ? ['GetItem', 'PutItem'] : [];
        expect(roles.table(functionOf(skill), breakerKey(other).PK), `${skill.id} ${other}`).toEqual(own);
      }
    }
  });

  it('are its own documents when it uses the store, of any tenant, and never those of another', () => {
    for (const [one, other] of pairs()) {
      const own = one === other && uses(one, 'store') ? ['GetItem', 'PutItem', 'DeleteItem', 'Query'] : [];
      for (const tenant of ['acme', 'globex']) {
        expect(roles.table(functionOf(one), documentPartition(tenant, other.id)), `${one.id} ${other.id}`).toEqual(own);
      }
    }
    for (const skill of built.project.skills) {
      expect(roles.table(functionOf(skill), documentPartition('acme', `${skill.id}0`))).toEqual([]);
    }
  });

  it('are its own ledger and blobs, and never those of another', () => {
    for (const [one, other] of pairs()) {
      // What undoes a step stands beside it, and needs nothing more.
      for (const direction of ['F', 'C'] as const) {
        const ledger = ledgerKey({ tenantId: 'acme', skill: other.id, runId: 'run-1', stepId: 's', direction }).PK;
        expect(roles.table(functionOf(one), ledger)).toEqual(one === other ? ['GetItem', 'PutItem'] : []);
      }
      const reached = [argumentsBlobKey('acme', other.id, 'h'), resultBlobKey('acme', other.id, 'h')].flatMap((key) =>
        roles.blob(functionOf(one), key),
      );
      expect(reached, `${one.id} ${other.id}`).toEqual(one === other ? ['GetObject', 'GetObject', 'PutObject'] : []);
    }
  });

  it('is no run, no escalation and no idempotency record', () => {
    for (const skill of built.project.skills) {
      for (const { PK } of [headKey('acme', 'run-1'), escalationKey('acme', 'esc-1'), idempotencyKey('acme', 'h')]) {
        expect(roles.table(functionOf(skill), PK)).toEqual([]);
      }
    }
  });

  it('are the secrets that it declares, to read, and no other', () => {
    const all = [...new Set(built.project.skills.flatMap(({ secrets }) => secrets))];
    for (const skill of built.project.skills) {
      const one = functionOf(skill);
      for (const secret of all) {
        const own = skill.secrets.includes(secret) ? ['GetSecretValue'] : [];
        expect(roles.secret(one, `holdfast/${secret}`), `${skill.id} ${secret}`).toEqual(own);
      }
      for (const foreign of ['holdfast/OTHER', 'holdfast/ROOM_API_KEYS', 'holdfast', 'production/ROOM_API_KEY']) {
        expect(roles.secret(one, foreign)).toEqual([]);
      }
      const variables = (one.Properties['Environment'] as { Variables: Record<string, unknown> }).Variables;
      expect(variables[env.secretsPrefix]).toBe(skill.secrets.length > 0 ? 'holdfast' : undefined);
      expect(variables[env.mailFrom]).toBe(uses(skill, 'mail') ? 'agents@example.com' : undefined);
    }
  });

  it('is mail when it uses it, from the sender of the platform and from nobody else', () => {
    for (const skill of built.project.skills) {
      const one = functionOf(skill);
      expect(may(one, sending()), skill.id).toBe(uses(skill, 'mail'));
      expect(may(one, sending('ceo@example.com'))).toBe(false);
      expect(may(one, sending('agents@example.com', 'example.org'))).toBe(false);
      for (const action of ['SendRawEmail', 'SendBulkEmail', 'CreateEmailIdentity', 'GetAccount']) {
        expect(may(one, { ...sending(), action: `ses:${action}` })).toBe(false);
      }
    }
  });
});

describe('everything else of the platform', () => {
  it('reads no secret, sends no mail, and reaches no document of a skill', () => {
    const others = roles.users().filter(([name]) => !name.startsWith('holdfast-skill-'));
    expect(others.length).toBeGreaterThan(4);
    for (const [name, one] of others) {
      expect(may(one, sending()), name).toBe(false);
      expect(roles.secret(one, 'holdfast/CAR_API_KEY'), name).toEqual([]);
      for (const skill of built.project.skills) {
        expect(roles.table(one, documentPartition('acme', skill.id)), name).toEqual([]);
      }
    }
  });

  it('is not there at all when a skill sends mail and nobody said from whom', async () => {
    await expect(buildApp({ mail: 'none' })).rejects.toThrow(
      'The skill CarDesk:v1 sends mail, and no sender is given. Add mail:',
    );
  });
});
