import type { Json } from '../../../core/model/json.ts';
import { reasonProblem } from '../../forms/reason.ts';
import type { Schema } from '../../forms/schema-problems.ts';
import { readJson } from '../../forms/written-json.ts';
import type { WrittenJson } from '../../forms/written-json.ts';
import { deciding, wordsOfResolution } from '../../strings/resolutions.ts';

/** What somebody has written so far about an item. */
export interface Draft {
  readonly reason: string;
  readonly happened: boolean | undefined;
  readonly output: string;
  readonly input: string;
  readonly instructions: string;
}

export const mostInstructionsCharacters = 4_000;

/** What the step takes and answers, as far as it is known. */
export interface StepSchemas {
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
}

export type DraftProblems = Readonly<Partial<Record<keyof Draft, readonly string[]>>>;

/** What a draft has come to: a body for the API, or what is missing, field by field. */
export type Decision =
  | { readonly state: 'good'; readonly body: Readonly<Record<string, Json>> }
  | { readonly state: 'bad'; readonly problems: DraftProblems };

export interface Subject {
  readonly schemas: StepSchemas;
  /** What an approval is to be bound to: that of the arguments which the person has seen. */
  readonly binding: string | undefined;
  /** The arguments that the step has now. */
  readonly planned: Json | undefined;
}

/** What a person's draft comes to about the use that an item is about. */
export function decisionOf(resolution: string, draft: Draft, { schemas, binding, planned }: Subject): Decision {
  const problems: Partial<Record<keyof Draft, readonly string[]>> = {};
  const why = reasonProblem(draft.reason);
  if (why !== undefined) problems.reason = [why];
  const parts: Record<string, Json> = {};
  const take = (field: 'input' | 'output', written: WrittenJson): void => {
    if (written.state === 'good') parts[field] = written.value;
    else problems[field] = written.problems;
  };
  switch (wordsOfResolution(resolution).form) {
    case 'reason':
      if ((resolution === 'approve' || resolution === 'reject') && binding !== undefined) parts['binding'] = binding;
      break;
    case 'attest':
      if (draft.happened === undefined) problems.happened = [deciding.happenedChoose];
      else parts['happened'] = draft.happened;
      if (draft.happened === true) take('output', readJson(draft.output, schemas.output));
      break;
    case 'output':
      take('output', readJson(draft.output, schemas.output));
      break;
    case 'arguments':
      take('input', readArguments(draft.input, schemas.input));
      if (planned !== undefined && JSON.stringify(parts['input']) === JSON.stringify(planned)) {
        problems.input = [deciding.unchanged];
      }
      break;
    case 'instructions': {
      const instructions = draft.instructions.trim();
      if (instructions === '') problems.instructions = [deciding.instructionsMissing];
      else if (instructions.length > mostInstructionsCharacters) {
        problems.instructions = [deciding.instructionsTooLong(mostInstructionsCharacters)];
      } else parts['instructions'] = instructions;
      break;
    }
  }
  if (Object.keys(problems).length > 0) return { state: 'bad', problems };
  return { state: 'good', body: { resolution, reason: draft.reason.trim(), ...parts } };
}

/** Arguments as a plan has them: what a reference stands for is known only when the step is done. */
function readArguments(text: string, schema: Schema | undefined): WrittenJson {
  return readJson(text, schema, (value) => typeof value === 'string' && value.includes('${'));
}
