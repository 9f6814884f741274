import type { EscalationView } from '../core/contract/api.ts';
import { Safe, safe } from './escape.ts';
import { approvalCommands, attestCommands, ownName } from './outcome.ts';
import { printLine, styled } from './output.ts';

type Case = NonNullable<EscalationView['case']>;
type Ruling = Case['resolutions'][number];

/** Shows what a person needs to know to decide: the goal, the plan, the step with its arguments, and what is on record. */
export function printCase({ goal, run, plan, step, diagnosis, asked }: Case, withArguments: boolean): void {
  fact('goal', goal);
  fact('wanted by', `${run.requestedBy}, until ${run.deadline}`);
  for (const { id, uses, status, why, asked: isIt } of plan.steps) {
    const mark = isIt ? styled('yellow', '>') : safe` `;
    printLine(safe`  ${mark} ${id}  ${styled('dim', uses)}  ${status}${why === '' ? '' : `  ${why}`}`);
  }
  if (plan.more > 0) printLine(safe`    and ${plan.more} more steps: ${ownName} show <run>`);
  if (step) printStep(withArguments ? step : { ...step, shown: undefined, tricks: [] });
  if (diagnosis) {
    fact('diagnosis', `${diagnosis.cause} (a model, which decided '${diagnosis.decision}')`);
    for (const { option, chosen, reason } of diagnosis.options) {
      printLine(safe`    ${chosen ? '+' : '-'} ${option}${reason === '' ? '' : `: ${reason}`}`);
    }
  }
  if (asked.next) fact('next', `${nextWords[asked.next.what]} at ${asked.next.at}`);
  if (asked.lapsesAt) fact('lapses', asked.lapsesAt);
}

const nextWords = {
  announce: 'people are told',
  remind: 'whoever is asked is reminded',
  handOver: 'the next contact is asked',
  lapse: "nobody's answer decides",
} as const;

function printStep({
  shown,
  unknown,
  tricks,
  sends,
  unknownSends,
  effectClass,
  evidence,
}: NonNullable<Case['step']>): void {
  if (shown !== undefined) {
    fact('with', '');
    printLine(Safe.lines(shown));
  }
  if (unknown !== undefined) fact('with', `arguments that are not known yet: ${unknown}`);
  for (const { path, name, why } of tricks)
    printLine(safe`  ${styled('red', 'careful'.padEnd(9))}  ${path}: ${name} ${why}`);
  const open = unknownSends === 0 ? '' : `, ${unknownSends} of them with an unknown outcome`;
  fact('sent', `${sends} times${open}${effectClass === undefined ? '' : ` (class ${effectClass})`}`);
  for (const { at, kind, detail } of evidence) printLine(safe`    ${styled('dim', at)}  ${kind}: ${detail}`);
}

function fact(label: string, value: string): void {
  printLine(safe`  ${styled('dim', label.padEnd(9))}  ${value}`);
}

/** What may be decided about an item, and what to type for it. */
export function printDecisions(escalation: EscalationView, resolutions: readonly Ruling[]): void {
  printLine(safe`What may be decided:`);
  for (const ruling of resolutions) {
    if (!ruling.may) continue;
    printLine(safe`  ${styled('bold', ruling.resolution.padEnd(10))}  ${ruling.does}`);
    for (const command of commandsFor(escalation, ruling.resolution)) printLine(safe`    ${command}`);
  }
}

function commandsFor(
  { escalationId, approval, case: told }: EscalationView,
  resolution: Ruling['resolution'],
): readonly string[] {
  const command = (options: string): string =>
    `${ownName} inbox resolve ${escalationId} ${options} --reason 'why' --watch`;
  switch (resolution) {
    case 'attest':
      return attestCommands(escalationId, told?.step);
    case 'approve':
      return approvalCommands(escalationId, approval?.binding).slice(0, 1);
    case 'reject':
      return approvalCommands(escalationId, approval?.binding).slice(1);
    case 'edit':
      return [command(`--edit --input '<JSON: all arguments>'`)];
    case 'provide':
      return [command(`--provide --output '<JSON: what the action would have answered>'`)];
    case 'replan':
      return [command(`--replan --instructions 'what is wanted'`)];
    case 'retry':
    case 'skip':
    case 'compensate':
    case 'abort':
      return [command(`--${resolution}`)];
  }
}
