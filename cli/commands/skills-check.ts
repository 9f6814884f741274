import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { SkillCheck, SkillsCheck } from '../../local/project/skills-lock.ts';
import { CliError, exitCodes } from '../errors.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';

interface CheckOptions {
  readonly project: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

export function addSkillsCheck(skills: Command, setExitCode: SetExitCode): void {
  skills
    .command('check')
    .description('compare the skills of a project with skills.lock.json: within a version a contract may only widen')
    .option('--project <dir>', 'folder with skills/ and agents/', '.')
    .option('--write', 'record what is compatible, and which skills are gone')
    .option('--json', 'print one JSON document')
    .action(async (options: CheckOptions) => {
      const { check, written } = await checkSkills(resolve(options.project), options.write ?? false);
      if (options.json) printDocument({ ...check, written });
      else printCheck(check, written);
      if (!written && (check.verdict === 'breaking' || check.verdict === 'removed')) setExitCode(exitCodes.rejected);
    });
}

async function checkSkills(directory: string, write: boolean): Promise<{ check: SkillsCheck; written: boolean }> {
  const { loadProject, ProjectError } = await import('../../local/project/index.ts');
  const { compareWithLock, readSkillsLock, SkillsLockError, skillsLockName, writeSkillsLock } =
    await import('../../local/project/skills-lock.ts');
  try {
    const { registry } = await loadProject(directory);
    const locked = await readSkillsLock(directory);
    if (!locked && !write) {
      throw new CliError(exitCodes.rejected, `${directory} has no ${skillsLockName}, so nothing is promised yet.`, {
        details: [
          "Record what its skills promise with 'holdfast skills check --write', and keep the file in version control.",
        ],
      });
    }
    const check = compareWithLock(locked ?? new Map(), registry);
    const written = write && check.verdict !== 'breaking' && check.verdict !== 'same';
    if (written) await writeSkillsLock(directory, registry);
    return { check, written };
  } catch (error) {
    if (!(error instanceof ProjectError || error instanceof SkillsLockError)) throw error;
    const [message = '', ...details] = error.message.split('\n');
    throw new CliError(exitCodes.rejected, message, { details, cause: error });
  }
}

function printCheck({ verdict, skills }: SkillsCheck, written: boolean): void {
  for (const skill of skills) printSkillCheck(skill, written);
  if (verdict === 'same')
    printLine(safe`${styled('green', 'ok')}: ${skills.length} skills promise what skills.lock.json says.`);
  else if (written) printLine(safe`${styled('green', 'ok')}: skills.lock.json was written.`);
  else if (verdict === 'compatible')
    printLine(safe`${styled('green', 'ok')}: record it with 'holdfast skills check --write'.`);
  else if (verdict === 'removed') {
    printLine(
      safe`${styled('red', 'breaking')}: skills are gone. Bring them back, or record it with 'holdfast skills check --write'.`,
    );
  } else {
    printLine(safe`${styled('red', 'breaking')}: nothing was recorded. Plans that kept to the contract would fail.`);
  }
}

function printSkillCheck({ id, state, was, is, changes }: SkillCheck, written: boolean): void {
  if (state === 'same') return;
  const releases = [was, is].filter((release) => release !== undefined).join(' -> ');
  printLine(safe`${styled('bold', id)}  ${state}  ${releases}`);
  for (const { kind, path, was: before, is: after, remedy } of changes) {
    const style = kind === 'compatible' ? 'green' : 'red';
    printLine(
      safe`  ${styled(style, kind.padEnd(10))}  ${path}: was ${before}, is ${after}${remedy === '' ? '' : `. ${remedy}.`}`,
    );
  }
  if (state === 'changed' && was === is && changes.length > 0 && !written) {
    printLine(safe`  The contract changed but the release did not: raise 'release' before you publish it.`);
  }
}
