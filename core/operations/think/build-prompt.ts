import type { AgentPrompts } from '../../model/agent-prompts.ts';
import type { AnswerContract } from '../../model/model-answers.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { jsonSizeBytes } from '../../model/json.ts';
import type { AgentDefinition } from '../../model/skill.ts';
import type { CompletedStep, Purpose, ThinkInput } from '../../model/think-input.ts';
import type { PromptPart } from '../../ports/model-client.ts';
import { dataBlock, inertJson } from './data-block.ts';
import { diagnosisBlocks } from './diagnosis-blocks.ts';
import { inputBlocks } from './input-blocks.ts';
import { compactPrompt } from './prompts/compact.ts';
import { diagnosePrompt } from './prompts/diagnose.ts';
import { groundRules } from './prompts/ground-rules.ts';
import { planPrompt } from './prompts/plan.ts';
import { reasonPrompt } from './prompts/reason.ts';
import { revisePrompt } from './prompts/revise.ts';
import { verifyPrompt } from './prompts/verify.ts';
import { shorten, shortenText } from './shorten.ts';

const mostGoalCharacters = 16_000;
const mostResultBytes = 8 * 1024;
const mostResultsBytes = 128 * 1024;
/** What is told of a result for which there is no more room. */
const leastResultBytes = 256;
const mostResults = 500;
/** Providers look for what they have kept at the ends of the last 20 parts or so. */
const linesOfPart = 5;
const mostListed = 50;
const mostInstructionsCharacters = 4_000;
const mostListedCharacters = 1_000;

/** What of the project a prompt is made of. */
export interface PromptProject {
  readonly agent: Pick<AgentDefinition, 'name' | 'description'>;
  /** The agent's own, from its files. */
  readonly prompts: AgentPrompts;
  /** As promptSkills gives them. */
  readonly skills: readonly JsonObject[];
  readonly contract: AnswerContract;
}

const platformPrompts: Readonly<Record<Purpose, string>> = {
  plan: planPrompt,
  // The same bytes, so that plan and revise have one prefix; what is its own follows the skills.
  revise: planPrompt,
  verify: verifyPrompt,
  reason: reasonPrompt,
  compact: compactPrompt,
  diagnose: diagnosePrompt,
};

/**
 * The prompt of one model step. What is equal in all runs of an agent comes first, then what is equal within a run, then
 * what changes; results only ever grow at their end. Equal arguments give equal bytes.
 */
export function buildPrompt(input: ThinkInput, { agent, prompts, skills, contract }: PromptProject): PromptPart[] {
  const { purpose } = input;
  const isPlanner = purpose === 'plan' || purpose === 'revise';
  const schema = purpose === 'reason' ? [] : [`# The schema of your answer\n${inertJson(contract.jsonSchema)}`];
  return [
    system([groundRules, platformPrompts[purpose], ...schema].join('\n\n')),
    system(agentPrompt(agent, prompts[purpose === 'revise' ? 'plan' : purpose])),
    ...(isPlanner || purpose === 'diagnose'
      ? [system(['# Skills', dataBlock('skills', 'trusted', skills)].join('\n'))]
      : []),
    ...(purpose === 'revise' ? [system([revisePrompt, prompts.revise ?? ''].join('\n\n').trimEnd())] : []),
    { role: 'user', text: runPrompt(input, contract), stable: true },
    ...resultParts(input),
    { role: 'user', text: changingPrompt(input), stable: false },
  ];
}

function system(text: string): PromptPart {
  return { role: 'system', text, stable: true };
}

function agentPrompt({ name, description }: PromptProject['agent'], own = ''): string {
  return [`# The agent you work for\n${name}: ${description}`, own].join('\n\n').trimEnd();
}

/** Equal for all model steps of a run that have the same purpose. */
function runPrompt(input: ThinkInput, { jsonSchema }: AnswerContract): string {
  const { goal, mode, playbooks, purpose, question } = input;
  const isPlanner = purpose === 'plan' || purpose === 'revise';
  return [
    '# This run',
    dataBlock('goal', 'trusted', [shortenText(goal, mostGoalCharacters)]),
    ...inputBlocks(input.input, input.inputUntrusted),
    ...(isPlanner ? [`Mode: ${mode}.`] : []),
    ...(isPlanner && playbooks.length > 0
      ? [
          dataBlock(
            'playbooks',
            'trusted',
            playbooks.slice(0, mostListed).map(({ name, description, input }) => ({ name, description, input })),
          ),
        ]
      : []),
    ...(purpose === 'reason'
      ? [
          dataBlock('question', 'model', [shortenText(question ?? goal, mostGoalCharacters)]),
          `The schema of your answer:\n${inertJson(jsonSchema)}`,
        ]
      : []),
  ].join('\n');
}

/**
 * Results in parts of a few lines, so that a part which is full stays as it is while results are added. The end of the
 * block is left to the part that changes.
 */
function resultParts({ purpose, mode, completed, summary }: ThinkInput): PromptPart[] {
  if (completed.length === 0 && summary === undefined) return [];
  // What is asked once more with more results: then providers find the beginning of them in their caches.
  const recurs = purpose === 'plan' && mode === 'incremental';
  const earlier = summary === undefined ? [] : [dataBlock('summary of older results', 'untrusted', [summary])];
  const opening = dataBlock('results', 'of each line', []).replace(/<\/data>$/, '');
  const lines = resultLines(completed).map((line) => `${inertJson(line)}\n`);
  const parts = Array.from({ length: Math.ceil(lines.length / linesOfPart) }, (_, index) =>
    lines.slice(index * linesOfPart, (index + 1) * linesOfPart),
  );
  return [
    { role: 'user', text: ['# Results', ...earlier, opening].join('\n'), stable: recurs },
    ...parts.map((some): PromptPart => {
      const isFull = some.length === linesOfPart;
      return { role: 'user', text: some.join(''), stable: recurs && isFull, results: some.length };
    }),
  ];
}

function resultLines(completed: readonly CompletedStep[]): Json[] {
  const kept = completed.slice(-mostResults);
  let leftBytes = mostResultsBytes;
  // The newest have the room: what is old has been planned upon already.
  const lines = kept.toReversed().map((step) => {
    const line = resultLine(step, Math.max(leastResultBytes, Math.min(mostResultBytes, leftBytes)));
    leftBytes -= jsonSizeBytes(line);
    return line;
  });
  const missing = completed.length - kept.length;
  return [...(missing === 0 ? [] : [{ note: `${missing} older results are left out` }]), ...lines.toReversed()];
}

function resultLine({ id, skill, action, status, output, trust }: CompletedStep, mostBytes: number): Json {
  const { value, fromBytes } = shorten(output, mostBytes);
  return {
    ...{ step: id, uses: `${skill}/${action}`, ...(status === 'completed' ? {} : { status }), trust, output: value },
    ...(fromBytes === undefined ? {} : { shortened: `from ${fromBytes} bytes; a reference gives the whole` }),
  };
}

function changingPrompt(input: ThinkInput): string {
  const { completed, summary, failures, problems, findings, breakers, round } = input;
  const hasResults = completed.length > 0 || summary !== undefined;
  const told = failures.slice(-mostListed).map(({ stepId, skill, action, class: failureClass, message }) => ({
    ...{ step: stepId, uses: `${skill}/${action}`, class: failureClass },
    message: shortenText(message, mostListedCharacters),
  }));
  return [
    ...(hasResults ? ['</data>'] : []),
    ...(input.diagnosis === undefined ? [] : diagnosisBlocks(input.diagnosis)),
    ...listBlock('failed steps', 'untrusted', told),
    ...listBlock(
      'instructions: what the operator wants to be planned',
      'trusted',
      input.instructions === undefined ? [] : [shortenText(input.instructions, mostInstructionsCharacters)],
    ),
    ...listBlock('findings: what is missing or wrong', 'model', findings.slice(0, mostListed).map(listed)),
    ...listBlock(
      `problems: why your last ${input.purpose === 'diagnose' ? 'decision' : 'plan'} was rejected`,
      'model',
      problems.slice(0, mostListed).map(listed),
    ),
    ...listBlock(
      'breakers',
      'trusted',
      breakers.slice(0, mostListed).map(({ skill, breaker }) => ({ skill, breaker })),
    ),
    `Round ${round}. Answer now with one JSON object.`,
  ].join('\n');
}

function listBlock(name: string, trust: 'trusted' | 'model' | 'untrusted', values: readonly Json[]): string[] {
  return values.length === 0 ? [] : [dataBlock(name, trust, values)];
}

function listed(text: string): string {
  return shortenText(text, mostListedCharacters);
}
