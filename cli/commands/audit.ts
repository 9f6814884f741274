import type { Command } from 'commander';
import type { AuditView } from '../../core/contract/api.ts';
import { runIdArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { exitCodes } from '../errors.ts';
import type { ExitCode } from '../errors.ts';
import { safe } from '../escape.ts';
import type { Safe } from '../escape.ts';
import { printDocument, printLine, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';

export function addAudit(program: Command, setExitCode: SetExitCode): void {
  const audit = program.command('audit').description('prove that what is stored of a run is what it was');
  withApiOptions(audit.command('verify'))
    .description('compare a run with what was sealed when it ended, and name the first event that is not as it was')
    .argument('<run>', 'id of the run', runIdArgument)
    .action(async (runId: string, options: ApiOptions) => {
      const found = await connect(options).auditRun(runId);
      if (options.json) printDocument(found);
      else for (const line of linesOf(found)) printLine(line);
      setExitCode(exitCodeFor(found));
    });
}

/** What cannot be shown to be whole is no success. */
function exitCodeFor({ verdict }: AuditView): ExitCode {
  return verdict === 'intact' ? exitCodes.completed : exitCodes.failed;
}

function linesOf({ runId, status, verdict, sealed, sealedAt, head, later = 0, first, why }: AuditView): Safe[] {
  switch (verdict) {
    case 'notOver':
      return [safe`${runId} is ${status}; it is sealed when it is over.`];
    case 'unsealed':
      return [
        safe`${styled('yellow', 'unsealed')}  ${runId} is ${status}, and nothing says what it was sealed with.`,
        safe`  It ended before there were seals, or before it began; or somebody has taken the seal away.`,
      ];
    case 'intact':
      return [
        safe`${styled('green', 'intact')}  ${runId}: ${sealed} records are as they were sealed at ${sealedAt ?? ''}.`,
        safe`  head of the chain  ${head ?? ''}`,
        ...(later > 0 ? [safe`  ${later} are younger than the seal, which says nothing of them.`] : []),
      ];
    case 'tampered':
      return [
        safe`${styled('red', 'tampered')}  ${runId} is not what was sealed.`,
        ...(first
          ? [
              safe`  first  ${first.type} (${first.key}), number ${first.position} of ${sealed}: ${problems[first.problem]}`,
            ]
          : []),
        ...(why === undefined ? [] : [safe`  ${why}`]),
      ];
  }
}

const problems: Readonly<Record<NonNullable<AuditView['first']>['problem'], string>> = {
  changed: 'it was changed',
  missing: 'it is missing',
  inserted: 'it was inserted',
  moved: 'it is not where it was',
};
