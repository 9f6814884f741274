import type { Command } from 'commander';
import type { RunView } from '../../core/contract/api.ts';
import { usdText } from '../../core/contract/api.ts';
import { runIdArgument } from '../arguments.ts';
import { connect, withApiOptions } from '../connection.ts';
import type { ApiOptions } from '../connection.ts';
import { Safe, safe } from '../escape.ts';
import type { Printable } from '../escape.ts';
import { exitCodeOf, printOutcome, stepStyles, styledRunStatus, triedLines } from '../outcome.ts';
import { printDocument, printLine, printTable, styled } from '../output.ts';
import type { SetExitCode } from '../program.ts';
import { followRun } from '../watch/follow.ts';

export function addShow(program: Command, setExitCode: SetExitCode): void {
  withApiOptions(program.command('show'))
    .description('show a run: where it stands, its steps, its output')
    .argument('<run>', 'id of the run', runIdArgument)
    .option('--watch', 'follow it until it is over or waits for a person')
    .action(async (runId: string, options: ApiOptions & { readonly watch?: boolean }) => {
      const client = connect(options);
      if (options.watch) {
        setExitCode(await followRun(client, runId, options.json ?? false));
        return;
      }
      const run = await client.showRun(runId, true);
      if (options.json) printDocument(run);
      else printRun(run);
    });
}

function printRun(run: RunView): void {
  printLine(safe`${styled('bold', run.runId)}  ${styledRunStatus(run.status)}`);
  const facts: readonly (readonly [string, Printable | undefined])[] = [
    ['agent', run.agent],
    ['goal', run.goal === '' ? undefined : run.goal],
    ['playbook', run.playbook],
    ['labels', labelsOf(run)],
    ['part of', run.parent && `${run.parent.runId} (step ${run.parent.stepId} of ${run.parent.agent})`],
    ['requested by', run.requestedBy],
    ['created', run.createdAt],
    ['updated', run.updatedAt],
    ['deadline', run.deadline],
    ['generation', run.generation],
    ['plan revision', run.revision],
    [
      'waiting until',
      run.waitingFor?.kind === 'time' ? `${run.waitingFor.until}: ${run.waitingFor.reason}` : undefined,
    ],
    ['cancel requested', cancelOf(run)],
    ['taken back', takenBackOf(run)],
    ['steps', `${run.steps.over} of ${run.steps.total} over`],
    ['budget', run.budget && amountsOf(run.budget)],
    ['spent', run.spend && amountsOf(run.spend)],
  ];
  for (const [label, value] of facts) {
    if (value !== undefined) printLine(safe`  ${styled('dim', label.padEnd(16))}  ${value}`);
  }
  printLine(safe`  ${styled('dim', 'input')}`);
  printLine(Safe.json(run.input));
  if (run.steps.window.length > 0) {
    printLine(safe``);
    printTable(
      ['STEP', 'STATUS', 'ATTEMPTS', 'ACTION', 'WHY'],
      run.steps.window.map((step) => [
        step.id,
        styled(stepStyles[step.status], step.status),
        step.attempts,
        step.runId === undefined ? `${step.skill}/${step.action}` : `${step.skill}/${step.action} (${step.runId})`,
        step.why,
      ]),
    );
  }
  for (const { id, tried = [] } of run.steps.window) {
    if (tried.length > 0) printLine(safe``);
    for (const line of triedLines(tried)) printLine(safe`  ${styled('dim', id)}: ${line}`);
  }
  if (exitCodeOf(run) !== undefined) {
    printLine(safe``);
    printOutcome(run);
  }
}

function labelsOf(run: RunView): string | undefined {
  const labels = Object.entries(run.labels).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? undefined : labels.join(', ');
}

function amountsOf({ usdMicros, tokens, steps, recoveries }: NonNullable<RunView['budget']>): string {
  const amounts = [
    ['USD', usdMicros === undefined ? undefined : usdText(usdMicros)],
    ['tokens', tokens],
    ['steps', steps],
    ['recoveries', recoveries],
  ] as const;
  return amounts.flatMap(([unit, amount]) => (amount === undefined ? [] : [`${amount} ${unit}`])).join(', ');
}

function cancelOf(run: RunView): string | undefined {
  const request = run.cancelRequested;
  return request && `${request.at} by ${request.by}: ${request.reason}`;
}

function takenBackOf({ compensation }: RunView): string | undefined {
  return compensation && `since ${compensation.at} for ${compensation.by}: ${compensation.reason}`;
}
