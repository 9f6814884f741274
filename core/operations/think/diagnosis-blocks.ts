import type { DiagnosisInput } from '../../model/diagnosis-input.ts';
import type { Json } from '../../model/json.ts';
import { dataBlock } from './data-block.ts';
import { shorten, shortenText } from './shorten.ts';

const mostArgumentBytes = 8 * 1024;
const mostSaidCharacters = 1_000;
const mostPlannedSteps = 60;

/** A failed step as a model is told of it: what the platform knows, and apart from it what others have said. */
export function diagnosisBlocks(diagnosis: DiagnosisInput): string[] {
  const { step, sent, failure, attempts, evidence, proven, reaction, plan, alternatives } = diagnosis;
  const { dependencies, tried, left, secondsLeft } = diagnosis;
  const known: Json = {
    ...{ step: step.id, uses: `${step.skill}/${step.action}`, why: step.why, effect: step.effect },
    ...{ optional: step.optional, arguments: shorten(step.arguments, mostArgumentBytes).value },
    ...{ sensitive: [...step.sensitive], class: failure.class, attempts, proven, secondsLeft, left: { ...left } },
    ...{ reaction: reaction.again, advice: reaction.advice, alternatives: [...alternatives] },
  };
  const said = [
    { failure: shortenText(failure.message, mostSaidCharacters) },
    ...evidence.map(({ kind, detail }) => ({ [kind]: detail })),
  ];
  const planned = plan.slice(-mostPlannedSteps).map(({ id, uses, status, after, why }) => ({
    ...{ step: id, uses, status: id === step.id ? `${status}: this one` : status, after: [...after], why },
  }));
  return [
    // Whoever wrote the plan may have been a model, and its arguments may hold what others wrote.
    dataBlock('the failed step', 'untrusted', [known]),
    ...(sent === undefined ? [] : [dataBlock('what was sent', 'untrusted', [shorten(sent, mostArgumentBytes).value])]),
    dataBlock('what was said', 'untrusted', said),
    dataBlock('the plan', 'untrusted', planned),
    ...(dependencies.length === 0
      ? []
      : [
          dataBlock(
            'breakers',
            'trusted',
            dependencies.map((one) => ({ ...one })),
          ),
        ]),
    ...(tried.length === 0
      ? []
      : [
          dataBlock(
            'what recovery has done before',
            'untrusted',
            tried.map((one) => ({ ...one })),
          ),
        ]),
  ];
}
