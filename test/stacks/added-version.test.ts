import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource, Synthesised } from './synthesised.ts';
import { fixtureProject, ofType, packageDir, synthesise } from './synthesised.ts';

let earlier: string;
let before: Synthesised;
let after: Synthesised;

/** The fixture as it was before RoomBooking:v2 came. */
beforeAll(async () => {
  mkdirSync(join(packageDir, 'dist'), { recursive: true });
  // Within the package, because a project has to find holdfast and zod above it.
  earlier = mkdtempSync(join(packageDir, 'dist', 'earlier-'));
  cpSync(fixtureProject.directory, earlier, { recursive: true });
  rmSync(join(earlier, 'skills', 'room-booking-v2'), { recursive: true });
  const agent = join(earlier, 'agents', 'front-desk', 'agent.ts');
  writeFileSync(agent, readFileSync(agent, 'utf8').replace(" 'RoomBooking:v2',", ''));
  before = await synthesise({ ...fixtureProject, directory: earlier });
  after = await synthesise();
});
afterAll(() => rmSync(earlier, { recursive: true }));

type Resources = Readonly<Record<string, Resource>>;
const without = (from: Resources, other: Resources): [string, Resource][] =>
  Object.entries(from).filter(([id]) => !Object.hasOwn(other, id));
const text = (value: unknown): string => JSON.stringify(value);
/** Functions and machines by their names, all else by logical id. */
function nameOf([id, { Properties: named }]: [string, Resource]): string {
  const name = named['FunctionName'] ?? named['StateMachineName'];
  return typeof name === 'string' ? name : id;
}

describe('a version of a skill that is added beside another', () => {
  it('brings what is its own, and a version of Decide that knows it; the one before stays for the runs that use it', () => {
    const fresh = without(after.platform.Resources, before.platform.Resources);
    const isOwn = ([id]: [string, Resource]): boolean => id.startsWith('Skillroombookingv2');
    expect(fresh.filter((one) => !isOwn(one)).map(([id]) => id)).toEqual([
      expect.stringMatching(/^decideCurrentVersion/),
    ]);
    expect(fresh.filter(isOwn)).toHaveLength(5);
    const gone = without(before.platform.Resources, after.platform.Resources);
    expect(gone.map(([id, { DeletionPolicy }]) => [id, DeletionPolicy])).toEqual([
      [expect.stringMatching(/^decideCurrentVersion/), 'Retain'],
    ]);
  });

  it('changes nothing that is stored, no other skill, and of the rest what knows the catalogue or was granted it', () => {
    expect(after.data).toEqual(before.data);
    const changed = Object.entries(before.platform.Resources).filter(
      ([id, resource]) =>
        Object.hasOwn(after.platform.Resources, id) && text(after.platform.Resources[id]) !== text(resource),
    );
    expect(changed.map(nameOf).toSorted()).toEqual([
      expect.stringMatching(/^AgentfrontdeskBurstRoleDefaultPolicy/),
      expect.stringMatching(/^AgentfrontdeskRunRoleDefaultPolicy/),
      'holdfast-api',
      'holdfast-burst-front-desk',
      'holdfast-burst-garage',
      'holdfast-decide',
    ]);
  });

  it('changes of the state machines nothing but which version of Decide they ask', () => {
    const machines = (built: Synthesised): [string, unknown][] =>
      ofType(built.platform, 'AWS::StepFunctions::StateMachine').map(([id, { Properties: machine }]) => {
        const { DecideFunctionArn: _, ...values } = machine['DefinitionSubstitutions'] as Record<string, unknown>;
        return [id, { ...machine, DefinitionSubstitutions: values }];
      });
    expect(machines(after)).toHaveLength(4);
    expect(machines(after)).toEqual(machines(before));
  });
});
