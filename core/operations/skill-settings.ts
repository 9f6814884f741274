import type { SkillDefinition } from '../model/skill.ts';

/** The values of the settings that a skill declares; one may be empty. Throws when one is missing, naming it. */
export function settingsOf(
  skill: SkillDefinition,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of skill.settings) {
    const value = environment[name];
    if (value === undefined) {
      throw new Error(
        `${skill.id} needs the setting ${name}, which is not set. Set it in holdfast.json (settings) or in the environment.`,
      );
    }
    settings[name] = value;
  }
  return settings;
}
