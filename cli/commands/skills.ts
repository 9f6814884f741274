import type { Command } from 'commander';
import type { SkillPage, SkillView } from '../../core/contract/api.ts';
import { skillIdArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { Safe, safe } from '../escape.ts';
import { printDocument, printLine, printNote, printTable, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';
import { addSkillsCheck } from './skills-check.ts';

export function addSkills(program: Command, setExitCode: SetExitCode): void {
  const skills = program.command('skills').description('what agents can do');
  withApiOptions(skills.command('list', { isDefault: true }))
    .description('list the skills and their actions')
    .action(async (options: ApiOptions) => {
      const page = await connect(options).listSkills();
      if (options.json) return printDocument(page);
      if (page.items.length === 0) return printNote(safe`The project defines no skills.`);
      printSkills(page);
    });
  withApiOptions(skills.command('search'))
    .description('list the skills that fit a goal best, best first')
    .argument('<query...>', 'what should be done, in words')
    .action(async (words: readonly string[], options: ApiOptions) => {
      const page = await connect(options).listSkills(words.join(' '));
      if (options.json) return printDocument(page);
      if (page.items.length === 0) return printNote(safe`No skill fits. 'holdfast skills' lists all of them.`);
      printFound(page);
    });
  withApiOptions(skills.command('show'))
    .description('show a skill: its actions and their schemas')
    .argument('<id>', 'id such as HotelBooking:v1', skillIdArgument)
    .action(async (id: string, options: ApiOptions) => {
      const skill = await connect(options).showSkill(id);
      if (options.json) printDocument(skill);
      else printSkill(skill);
    });
  addSkillsCheck(skills, setExitCode);
}

function printSkills(page: SkillPage): void {
  printTable(
    ['SKILL', 'RELEASE', 'ACTION', 'EFFECT', 'TIMEOUT', 'DESCRIPTION'],
    page.items.flatMap((skill) =>
      skill.actions.map((action) => [
        skill.id,
        skill.release,
        action.name,
        action.effect.class,
        `${action.timeoutSeconds} s`,
        action.description,
      ]),
    ),
  );
  noteDeprecated(page);
}

/** Skills that fit a goal: why, and when to use each. */
function printFound(page: SkillPage): void {
  printTable(
    ['SKILL', 'ACTIONS', 'MATCHED', 'WHEN TO USE IT'],
    page.items.map(({ id, actions, matched = [], whenToUse, description }) => [
      id,
      actions.map(({ name }) => name).join(', '),
      matched.join(', '),
      whenToUse ?? description,
    ]),
  );
  noteDeprecated(page);
}

function noteDeprecated(page: SkillPage): void {
  for (const { id, deprecated } of page.items) {
    if (deprecated) printNote(safe`${id} is deprecated; use ${deprecated.replacedBy}.`);
  }
}

function printSkill(skill: SkillView): void {
  printLine(safe`${styled('bold', skill.id)}  ${skill.release}  ${styled('dim', skill.skillHash)}`);
  printLine(Safe.lines(skill.whenToUse ?? skill.description));
  if (skill.deprecated) printLine(safe`${styled('yellow', 'deprecated')}: use ${skill.deprecated.replacedBy}`);
  for (const action of skill.actions) {
    printLine(safe``);
    printLine(safe`${styled('bold', action.name)}: ${action.description}`);
    printLine(
      safe`  effect ${action.effect.class} (${effectMeanings[action.effect.class]})${effectTerms(action.effect)}`,
    );
    printLine(safe`  timeout ${action.timeoutSeconds} s, at most ${action.maxAttempts} attempts`);
    for (const [label, value] of believedOf(action)) printLine(safe`  ${label} ${value}`);
    printLine(safe`  input`);
    printLine(Safe.json(action.input));
    printLine(safe`  output`);
    printLine(Safe.json(action.output));
  }
}

/** What an action says of trust, and what may stand in for it. */
function believedOf({ sensitive, trust, endorses, alternatives }: SkillView['actions'][number]): [string, string][] {
  const endorsed = Object.entries(endorses ?? {}).map(([member, how]) => `${member} (${how})`);
  return [
    ...(sensitive ? [['sensitive', sensitive.join(', ')] satisfies [string, string]] : []),
    ...(trust ? [['answers are', trust] satisfies [string, string]] : []),
    ...(endorsed.length > 0 ? [['but for', endorsed.join(', ')] satisfies [string, string]] : []),
    ...(alternatives ? [['in its place', alternatives.join(', ')] satisfies [string, string]] : []),
  ];
}

type Effect = SkillView['actions'][number]['effect'];

const effectMeanings: Readonly<Record<Effect['class'], string>> = {
  P: 'pure, may run many times',
  K: 'the provider deduplicates on a key',
  Q: 'can be looked up by its key',
  N: 'neither; may stop in doubt',
};

function effectTerms(effect: Effect): string {
  if (effect.class === 'K') return `, key valid for ${effect.keyTtlMs / 1_000} s`;
  return effect.class === 'Q' ? `, settles within ${effect.settleMs / 1_000} s` : '';
}
