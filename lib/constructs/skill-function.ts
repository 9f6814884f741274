import type { Construct } from 'constructs';
import { skillBundle } from '../bundle/bundles.ts';
import type { ResourceNames } from '../names.ts';
import type { SkillManifest } from '../project.ts';
import { BundledFunction } from './bundled-function.ts';

export interface SkillFunctionProps {
  readonly names: ResourceNames;
  readonly bundleDir: string;
  readonly skill: SkillManifest;
  /** Values of settings by name, of every skill; a function gets those that its skill declares. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The function of one skill version. */
export class SkillFunction extends BundledFunction {
  readonly skill: SkillManifest;

  constructor(scope: Construct, id: string, { names, bundleDir, skill, settings }: SkillFunctionProps) {
    super(scope, id, {
      functionName: names.skillFunction(skill.folder),
      description: `Skill ${skill.id}`,
      bundleDir,
      bundle: skillBundle(skill.folder),
      timeoutSeconds: skill.functionSeconds,
      environment: Object.fromEntries(skill.settings.map((name) => [name, settingOf(skill, name, settings)])),
    });
    this.skill = skill;
  }
}

function settingOf(skill: SkillManifest, name: string, settings: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (value !== undefined) return value;
  const given = Object.keys(settings).join(', ') || 'none';
  throw new Error(
    `The skill ${skill.id} declares the setting '${name}', which has no value. Given are: ${given}. Add it to 'settings' in bin/app.ts.`,
  );
}
