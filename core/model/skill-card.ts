/** What SKILL.md says of a skill. */
export interface SkillCard {
  /** From the front matter: what the skill does and when to use it. 1 to 1,024 characters. */
  readonly description: string;
  /** The instructions below the front matter, in Markdown. */
  readonly body: string;
}
