import type { AnswerContract, PlanAnswer, ThinkAnswer } from '../../model/model-answers.ts';
import { readAnswer } from '../../model/read-answer.ts';
import type { ThinkInput } from '../../model/think-input.ts';
import type { ModelAnswer } from '../../ports/model-client.ts';

/** What an answer is worth. */
export type JudgedAnswer =
  | { readonly kind: 'value'; readonly value: ThinkAnswer; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly problem: string }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly string[];
      /** The answer as it came. */
      readonly text: string;
      /** Whether it was cut off. */
      readonly cut: boolean;
    };

export interface Judges {
  readonly project: { readonly contract: AnswerContract };
  readonly check?: (answer: ThinkAnswer) => readonly string[];
}

/** Reads an answer and holds it to its contract, to what was offered, and to the caller's own check. */
export function judgeAnswer(answer: ModelAnswer, input: ThinkInput, { project, check }: Judges): JudgedAnswer {
  const { text } = answer;
  const invalid = (problems: readonly string[], cut = false): JudgedAnswer => ({
    kind: 'invalid',
    problems,
    text,
    cut,
  });
  const reading = readAnswer(answer);
  switch (reading.kind) {
    case 'refused':
      return { kind: 'refused', problem: 'it refused to answer' };
    case 'filtered':
      return { kind: 'refused', problem: 'a content filter of the provider held the answer back' };
    case 'truncated':
      return invalid(['the answer was cut off before its end'], true);
    case 'toolCall':
      return invalid(['the answer is a call of a tool; there are no tools here: answer with one JSON object as text']);
    case 'invalid':
      return invalid(reading.problems);
    case 'value':
      break;
  }
  const parsed = project.contract.schema.safeParse(reading.value);
  if (!parsed.success) {
    return invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`));
  }
  const value = withoutUndefined(parsed.data);
  const problems = [...offerProblems(value, input), ...(check?.(value) ?? [])];
  return problems.length > 0 ? invalid(problems) : { kind: 'value', value, notes: reading.notes };
}

/** A planner may choose only from what it was offered. */
function offerProblems(value: ThinkAnswer, { playbooks }: ThinkInput): string[] {
  if (!isPlanAnswer(value) || value.decision !== 'playbook') return [];
  if (playbooks.some(({ name }) => name === value.playbook)) return [];
  const offered = playbooks.map(({ name }) => `'${name}'`).join(', ') || 'none';
  return [`playbook: '${value.playbook}' is not offered; offered are: ${offered}`];
}

function isPlanAnswer(value: ThinkAnswer): value is PlanAnswer {
  return 'decision' in value && !('cause' in value);
}

/** As JSON would hold it: members that were left out are not there. */
function withoutUndefined(value: ThinkAnswer): ThinkAnswer {
  return JSON.parse(JSON.stringify(value));
}
