import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/examine.ts';
import { exitCodes } from '../errors.ts';
import { safe } from '../escape.ts';
import { printDocument, printLine, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';

export function addDoctor(program: Command, setExitCode: SetExitCode): void {
  withApiOptions(program.command('doctor'))
    .description('check what Holdfast needs, and say what to do about each problem')
    .option('--project <dir>', 'folder with skills/ and agents/', '.')
    .action(async (options: ApiOptions & { readonly project: string }) => {
      const findings = await examine({ ...options, projectDirectory: resolve(options.project) });
      if (options.json) printDocument({ findings });
      else for (const finding of findings) printFinding(finding);
      const problems = findings.filter(({ verdict }) => verdict === 'problem');
      if (problems.some(({ check }) => check === 'platform')) setExitCode(exitCodes.unreachable);
      else if (problems.length > 0) setExitCode(exitCodes.failed);
    });
}

function printFinding(finding: Finding): void {
  const style = finding.verdict === 'ok' ? 'green' : 'red';
  printLine(safe`${styled(style, finding.verdict.padEnd(7))}  ${finding.check}: ${finding.found}`);
  if (finding.verdict === 'problem') printLine(safe`         what to do: ${finding.remedy}`);
}
