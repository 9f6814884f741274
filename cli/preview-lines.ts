import type { RunPreview } from '../core/contract/api.ts';
import { safe } from './escape.ts';
import { printDocument, printLine, printNote, printTable, styled } from './output.ts';

const planners = {
  playbook: 'its playbook',
  plan: 'the plan that was given',
  model: 'a model, when the run has begun',
} as const satisfies Readonly<Record<RunPreview['source'], string>>;

/** Prints what a run would begin with. */
export function printPreview(preview: RunPreview, asJson: boolean): void {
  if (asJson) return printDocument(preview);
  const { agent, goal, source, input, plan } = preview;
  printLine(safe`${styled('bold', agent)}  ${goal}`);
  printLine(safe`  ${styled('dim', 'input')}  ${JSON.stringify(input)}`);
  printLine(safe`  ${styled('dim', 'plan')}   by ${planners[source]}`);
  if (plan) {
    printTable(
      ['STEP', 'ACTION', 'EFFECT', 'AFTER', 'WHY'],
      plan.steps.map((step) => [
        step.id,
        `${step.skill}/${step.action}`,
        step.effectClass ?? '',
        step.after.join(', '),
        step.why,
      ]),
    );
    if (!plan.final) printNote(safe`More is planned as the run goes on.`);
  }
  printNote(safe`Nothing was started.`);
}
