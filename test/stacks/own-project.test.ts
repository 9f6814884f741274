import { beforeAll, describe, expect, it } from 'vitest';
import { withDelegation } from '../../core/authz/with-delegation.ts';
import { withModels } from '../../core/authz/with-models.ts';
import { argumentsBlobKey, documentPartition, ledgerKey, resultBlobKey } from '../../core/contract/keys.ts';
import { agentSkillId } from '../../core/model/agent-step.ts';
import { modelSkillId, plannedPurpose } from '../../core/model/model-step.ts';
import { skillFolder } from '../../core/model/names.ts';
import { agentSkill } from '../../core/operations/agent-skill.ts';
import { modelSkill } from '../../core/operations/model-skill.ts';
import type { SkillManifest } from '../../lib/project.ts';
import { loadProject } from '../../local/project/index.ts';
import type { Opinions } from '../authz/opinions.ts';
import { opinions } from '../authz/opinions.ts';
import { Roles } from './roles.ts';
import type { Resource, Synthesised } from './synthesised.ts';
import { ownProject, packageDir, synthesise } from './synthesised.ts';
import { arn } from './values.ts';

let built: Synthesised;
let roles: Roles;
let judged: readonly Opinions[];
beforeAll(async () => {
  built = await synthesise(ownProject);
  roles = new Roles(built);
  const { registry, policies } = await loadProject(packageDir);
  judged = opinions(withDelegation(registry, agentSkill(registry)), policies);
});

/** Whether the state machine of an agent may invoke some version of the function of a skill. */
const mayInvoke = (kind: 'run' | 'burst', agent: string, skillId: string): boolean =>
  roles.may(roles.named(`${kind}-${agent}`), {
    action: 'lambda:InvokeFunction',
    resource: `${arn('lambda', `function:holdfast-skill-${skillFolder(skillId)}`)}:7`,
  });

interface Pair {
  readonly agent: string;
  readonly skillId: string;
  /** Of the tool list, the catalogue, the policies, the burst machine's role and the run machine's role. */
  readonly mayUse: readonly boolean[];
}

/** Those of this project, and the platform's for handing on. */
const skillIds = (): string[] => [...built.project.skills.map(({ id }) => id), agentSkillId];

const pairs = (): Pair[] =>
  built.project.agents.flatMap(({ name: agent }) =>
    skillIds().map((skillId): Pair => {
      const actions = judged.filter((one) => one.agent === agent && one.skillId === skillId);
      const bySome = (judge: 'shown' | 'found' | 'permitted'): boolean => actions.some((one) => one[judge]);
      return {
        ...{ agent, skillId },
        mayUse: [
          ...[bySome('shown'), bySome('found'), bySome('permitted')],
          ...[mayInvoke('burst', agent, skillId), mayInvoke('run', agent, skillId)],
        ],
      };
    }),
  );

describe('what an agent of this project may use', () => {
  it('is the same for the tool list, the plan gate, the policies and IAM, for each agent and skill', () => {
    const all = pairs();
    expect(all).toHaveLength(built.project.agents.length * skillIds().length);
    expect(all.filter(({ mayUse }) => new Set(mayUse).size !== 1)).toEqual([]);
    expect(new Set(all.flatMap(({ mayUse }) => mayUse))).toEqual(new Set([true, false]));
  });

  it('is nothing of the user directory for the billing agent, and nothing of payments for the user admin', () => {
    const usable = (agent: string): string[] =>
      pairs().flatMap((pair) => (pair.agent === agent && pair.mayUse.includes(true) ? [pair.skillId] : []));
    expect(usable('billing')).toEqual(['Billing:v1', 'Email:v1', 'Notes:v1', 'Text:v1']);
    expect(usable('user-admin')).toEqual([
      ...['Email:v1', 'Notes:v1', 'Text:v1'],
      ...['UserManagement:v1', 'UserManagement:v2'],
    ]);
  });
});

describe('to whom agents of this project may hand on a part of their goal', () => {
  it('is the same for the tool list, the plan gate, the policies and the infrastructure, for each pair of agents', () => {
    const toWhom = (agent: string, judge: 'shown' | 'found' | 'permitted'): string[] =>
      judged
        .flatMap((one) => (one.agent === agent && one.skillId === agentSkillId && one[judge] ? [one.action] : []))
        .toSorted();
    for (const { name, handsOnTo } of built.project.agents) {
      for (const judge of ['shown', 'found', 'permitted'] as const)
        expect(toWhom(name, judge), name).toEqual(handsOnTo);
    }
    const reception = built.project.agents.find(({ name }) => name === 'reception');
    expect(reception?.handsOnTo).toEqual(['trip-planner', 'user-admin']);
  });
});

describe('which agents of this project may ask models', () => {
  it('is the same for all of them: those that have any, and not those that extend one', async () => {
    const models = ['openai:gpt-5-mini'];
    const { registry, policies } = await loadProject(packageDir);
    const base = registry.agents.get('base');
    if (!base) throw new Error('This project has no agent base.');
    const heirs = [...registry.agents.values()].filter((agent) => agent.extends?.includes('base'));
    expect(heirs.length).toBeGreaterThan(0);
    const agents = new Map([...registry.agents, ['base', { ...base, models }]]);
    const deployed = new Roles(await synthesise(ownProject, { ownModels: { base: models } }));
    const resource = `${arn('lambda', `function:holdfast-skill-${skillFolder(modelSkillId)}`)}:7`;
    const asked = opinions(withModels({ ...registry, agents }, [], modelSkill()), policies)
      .filter(({ skillId, action }) => skillId === modelSkillId && action === plannedPurpose)
      .map(({ agent, shown, found, permitted }) => {
        const invokes = ['burst', 'run'].map((kind) =>
          deployed.may(deployed.named(`${kind}-${agent}`), { action: 'lambda:InvokeFunction', resource }),
        );
        return [agent, [...new Set([shown, found, permitted, ...invokes])]];
      });
    expect(asked).toEqual([...agents.keys()].map((agent) => [agent, [agent === 'base']]));
  });
});

describe('the role of a skill of this project', () => {
  const functionOf = ({ folder }: SkillManifest): Resource => roles.named(`skill-${folder}`);
  const others = (skill: SkillManifest): SkillManifest[] => built.project.skills.filter((one) => one !== skill);
  const secretsOf = (skills: readonly SkillManifest[]): Set<string> =>
    new Set(skills.flatMap(({ secrets }) => secrets));
  /** What it may do to the ledger, the documents and the blobs of a skill. */
  const reach = (by: SkillManifest, { id }: SkillManifest): string[] => {
    const user = functionOf(by);
    return [
      ...roles.table(user, ledgerKey({ tenantId: 'acme', skill: id, runId: 'r', stepId: 's', direction: 'F' }).PK),
      ...roles.table(user, documentPartition('acme', id)),
      ...roles.blob(user, argumentsBlobKey('acme', id, 'h')),
      ...roles.blob(user, resultBlobKey('acme', id, 'h')),
    ];
  };

  it('reaches its own ledger and blobs, its documents if it uses the store, and nothing of any other', () => {
    for (const skill of built.project.skills) {
      const documents = skill.uses.includes('store') ? ['GetItem', 'PutItem', 'DeleteItem', 'Query'] : [];
      const own = ['GetItem', 'PutItem', ...documents, 'GetObject', 'GetObject', 'PutObject'];
      expect(reach(skill, skill), skill.id).toEqual(own);
      for (const other of others(skill)) expect(reach(skill, other), `${skill.id} ${other.id}`).toEqual([]);
    }
  });

  it('reads the secrets that it declares, and no other', () => {
    const all = secretsOf(built.project.skills);
    expect(all.size).toBeGreaterThan(0);
    for (const skill of built.project.skills) {
      for (const name of all) {
        const own = skill.secrets.includes(name) ? ['GetSecretValue'] : [];
        expect(roles.secret(functionOf(skill), `holdfast/${name}`), `${skill.id} ${name}`).toEqual(own);
      }
    }
  });
});
