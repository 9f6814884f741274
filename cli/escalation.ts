import type { EscalationView } from '../core/contract/api.ts';
import { Safe, safe } from './escape.ts';
import { printCase, printDecisions } from './case.ts';
import { approvalCommands, attestCommands, ownName, triedLines } from './outcome.ts';
import { printLine, styled } from './output.ts';

type Approval = NonNullable<EscalationView['approval']>;
type Act = NonNullable<EscalationView['history']>[number];

/** Who has claimed an item, while the lease lives. */
export function heldBy({ claim }: EscalationView): string | undefined {
  return claim && Date.parse(claim.until) > Date.now() ? claim.by : undefined;
}

/** Shows an inbox item, what was done to it, and what to type about it. */
export function printEscalation(escalation: EscalationView): void {
  const { failure, settled } = escalation;
  printLine(
    safe`${styled('bold', escalation.escalationId)}  ${styled('yellow', escalation.kind)}, ${escalation.status}`,
  );
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['reason', escalation.reason],
    ['run', `${escalation.runId} (${escalation.agent})`],
    ['step', escalation.stepId === '' ? undefined : escalation.stepId],
    ['failure', failure && `${failure.class}: ${failure.message}`],
    ['opened', escalation.openedAt],
    ['asked', escalation.assignedTo],
    ['claimed', heldBy(escalation) && `by ${escalation.claim?.by} until ${escalation.claim?.until}`],
    ['settled', settled && `${settled.at} by ${settled.by}: ${settled.reason}`],
  ];
  for (const [label, value] of facts) {
    if (value !== undefined) printLine(safe`  ${styled('dim', label.padEnd(8))}  ${value}`);
  }
  for (const line of triedLines(escalation.tried ?? [])) printLine(safe`  ${styled('dim', 'tried   ')}  ${line}`);
  if (escalation.approval) printApproval(escalation.approval);
  // Of an approval they are shown with what asks for it.
  if (escalation.case) printCase(escalation.case, escalation.approval?.shown === undefined);
  for (const act of escalation.history ?? []) printAct(act);
  if (escalation.status !== 'open') return;
  printLine(safe``);
  printLine(safe`The run and its steps: ${ownName} show ${escalation.runId}`);
  if (escalation.case) printDecisions(escalation, escalation.case.resolutions);
  else printUsual(escalation);
}

/** Where the case is not told, what the kind alone says. */
function printUsual({ kind, escalationId, approval }: EscalationView): void {
  const commands = {
    inDoubt: attestCommands(escalationId),
    approval: approvalCommands(escalationId, approval?.binding),
  };
  if (kind !== 'inDoubt' && kind !== 'approval') return;
  for (const command of commands[kind]) printLine(safe`  ${command}`);
}

function printAct({ act, by, at, to, text }: Act): void {
  const what = to === undefined ? act : `${act} to ${to}`;
  printLine(safe`  ${styled('dim', at)}  ${by} ${what}${text === undefined ? '' : `: ${text}`}`);
}

function printApproval({ skill, action, skillHash, reasons, doubted, shown, tricks, ...asked }: Approval): void {
  printLine(safe`  ${styled('dim', 'use'.padEnd(8))}  ${skill}/${action} (code ${skillHash.slice(0, 12)})`);
  for (const reason of reasons) printLine(safe`  ${styled('dim', 'policy'.padEnd(8))}  ${reason}`);
  const { quorum = 1, differentPerson, votes = [] } = asked;
  if (quorum > 1) {
    const said = votes.length === 0 ? 'nobody' : votes.map(({ by, at }) => `${by} at ${at}`).join(', ');
    printLine(safe`  ${styled('dim', 'needs'.padEnd(8))}  ${quorum} people; approved so far by ${said}`);
  }
  if (differentPerson) printLine(safe`  ${styled('dim', 'needs'.padEnd(8))}  somebody else than who started the run`);
  for (const path of doubted) {
    printLine(safe`  ${styled('dim', 'doubted'.padEnd(8))}  ${path}: no person has given it`);
  }
  if (shown !== undefined) {
    printLine(safe`  ${styled('dim', 'with')}`);
    printLine(Safe.lines(shown));
  }
  for (const { path, name, why } of tricks ?? []) {
    printLine(safe`  ${styled('red', 'careful'.padEnd(8))}  ${path}: ${name} ${why}`);
  }
}
