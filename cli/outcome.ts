import type { RunView, StepView } from '../core/contract/api.ts';
import { exitCodes } from './errors.ts';
import type { ExitCode } from './errors.ts';
import { Safe, safe } from './escape.ts';
import type { Style } from './escape.ts';
import { printLine, styled } from './output.ts';

type RunStatus = RunView['status'];
type StepStatus = StepView['status'];

/** Exit code of a run that nobody needs to wait for any longer; undefined while it is on its way. */
export function exitCodeOf(run: RunView): ExitCode | undefined {
  if (run.waitingFor?.kind === 'human') return exitCodes.waiting;
  return endings[run.status];
}

const endings: Readonly<Record<RunStatus, ExitCode | undefined>> = {
  pending: undefined,
  running: undefined,
  waiting: undefined,
  compensating: undefined,
  escalated: exitCodes.waiting,
  completed: exitCodes.completed,
  declined: exitCodes.failed,
  failed: exitCodes.failed,
  canceled: exitCodes.failed,
};

const runStyles: Readonly<Record<RunStatus, Style>> = {
  pending: 'dim',
  running: 'cyan',
  waiting: 'cyan',
  compensating: 'yellow',
  escalated: 'yellow',
  completed: 'green',
  declined: 'red',
  failed: 'red',
  canceled: 'red',
};

export const stepStyles: Readonly<Record<StepStatus, Style>> = {
  pending: 'dim',
  running: 'cyan',
  completed: 'green',
  failed: 'red',
  inDoubt: 'yellow',
  skipped: 'dim',
  compensated: 'yellow',
};

export function styledRunStatus(status: RunStatus, stream: NodeJS.WritableStream = process.stdout): Safe {
  return Safe.styled(runStyles[status], status, stream);
}

/** What recovery has done about a step, a line for each. */
export function triedLines(tried: NonNullable<StepView['tried']>): string[] {
  return tried.map(({ class: name, uses, decision, by = 'recovery', why, shadow }) => {
    const did = shadow ? `would have decided '${decision}'` : `decided '${decision}'`;
    return `after ${name} of ${uses} ${by} ${did}: ${why}`;
  });
}

/** How to call this program again: npx is the usual way, and then `holdfast` alone is not on the path. */
export const ownName = process.env['npm_command'] === 'exec' ? 'npx holdfast' : 'holdfast';

/** Tells what became of a run: its output, or why there is none and what can be done. */
export function printOutcome(run: RunView): void {
  if (run.status === 'completed') {
    printOutput(run);
    return;
  }
  if (exitCodeOf(run) === exitCodes.waiting) printWaiting(run);
  else printLine(safe`${styledRunStatus(run.status)}: ${run.ending ?? 'no reason was recorded'}`);
  for (const step of run.steps.window.filter(({ status }) => status === 'failed' || status === 'inDoubt')) {
    printLine(stepTrouble(step, run.waitingFor?.reason ?? run.ending ?? ''));
  }
  if (exitCodeOf(run) === exitCodes.waiting) printNextActions(run);
}

/** What is wrong with a step, in one line, unless it was said already. */
function stepTrouble({ failure, ...step }: StepView, said: string): Safe {
  const why = failure === undefined || said.includes(failure.message) ? '' : `: ${failure.class}: ${failure.message}`;
  return safe`  step ${styled('bold', step.id)} (${step.skill}/${step.action}) ${styled(stepStyles[step.status], statusWords(step.status))}${why}`;
}

function statusWords(status: StepStatus): string {
  return status === 'inDoubt' ? 'is in doubt' : `is ${status}`;
}

function printOutput(run: RunView): void {
  const { output } = run;
  if (run.outputProblem !== undefined) {
    printLine(safe`${styled('green', 'completed')}, but its output cannot be shown: ${run.outputProblem}`);
  } else if (output === undefined) {
    printLine(safe`${styled('green', 'completed')}, without an output`);
  } else if (isTextOutput(output)) {
    printLine(Safe.lines(output.text.replace(/\n$/, '')));
  } else {
    printLine(Safe.json(output));
  }
}

function isTextOutput(output: unknown): output is { readonly text: string } {
  return typeof output === 'object' && output !== null && 'text' in output && typeof output.text === 'string';
}

function printWaiting(run: RunView): void {
  const why = run.waitingFor?.reason ?? 'no reason was recorded';
  printLine(safe`${styled('yellow', 'waiting for a person')}: ${why}`);
}

/** What to type about a step in doubt, for each of the two things that may have become of it. */
export function attestCommands(
  escalationId: string,
  step?: Pick<StepView, 'skill' | 'action' | 'undoes'>,
): readonly string[] {
  const resolve = `${ownName} inbox resolve ${escalationId} --attest`;
  const rest = "--reason 'how you know' --watch";
  // What undoes a step answers nothing.
  if (step?.undoes !== undefined) return [`${resolve} not-happened ${rest}`, `${resolve} happened ${rest}`];
  const output =
    step === undefined
      ? 'what the action would have answered'
      : `what ${step.skill}/${step.action} would have answered`;
  return [`${resolve} not-happened ${rest}`, `${resolve} happened --output '<JSON: ${output}>' ${rest}`];
}

/** Enough to tell one from another. */
const shownBindingCharacters = 16;

/** What to type about a use that waits for approval. */
export function approvalCommands(escalationId: string, binding?: string): readonly string[] {
  const resolve = `${ownName} inbox resolve ${escalationId}`;
  const seen = binding === undefined ? '' : ` --binding ${binding.slice(0, shownBindingCharacters)}`;
  return [`${resolve} --approve${seen} --reason 'why' --watch`, `${resolve} --reject --reason 'why not' --watch`];
}

function printNextActions(run: RunView): void {
  if (run.waitingFor?.kind === 'human' && run.waitingFor.escalation === 'approval') {
    const { escalationId } = run.waitingFor;
    printLine(safe`What to do next:`);
    printLine(safe`  ${ownName} inbox show ${escalationId}   exactly what is to be approved`);
    printLine(safe`It prints what to type to approve or to reject it.`);
    return;
  }
  const { window } = run.steps;
  const waitsFor = run.waitingFor?.kind === 'human' ? run.waitingFor.escalationId : undefined;
  // A run reports its steps in doubt one after the other, in plan order.
  const doubtful = window.find(({ status }) => status === 'inDoubt');
  // Of a run that is taken back, only what undoes is tried again.
  const failed = window.some(
    ({ status, undoes }) => status === 'failed' && (!run.compensation || undoes !== undefined),
  );
  const askable = window.some(({ status, effectClass }) => status === 'inDoubt' && effectClass === 'Q');
  printLine(safe`What to do next:`);
  if (askable) printLine(safe`  ${ownName} resume ${run.runId} --watch   ask the provider again, once it answers`);
  else if (failed || !doubtful)
    printLine(safe`  ${ownName} resume ${run.runId} --watch   try again, once the cause is gone`);
  if (doubtful && waitsFor !== undefined) {
    const { id, skill } = doubtful;
    printLine(
      safe`  It is not known whether step ${id} took effect, and it is never sent again. Find out at its provider, then say so:`,
    );
    for (const command of attestCommands(waitsFor, doubtful)) printLine(safe`  ${command}`);
    if (doubtful.undoes === undefined) printLine(safe`  ${ownName} skills show ${skill}   what its actions answer`);
  }
  if (waitsFor !== undefined) printLine(safe`  ${ownName} inbox show ${waitsFor}   the whole story`);
}
