import * as z from 'zod';
import { json } from '../model/json.ts';
import type { EscalationView, ResolveRequest } from './inbox-api.ts';
import { mostInstructionsCharacters } from './inbox-api.ts';
import { Problem } from './problems.ts';

const actionRequest = z.strictObject({ action: z.string(), args: z.record(z.string(), json) });

/** An inbox item in the shape that agent inboxes of LangChain show (their `HumanInterrupt`). */
export const humanInterrupt = z.strictObject({
  action_request: actionRequest,
  config: z.strictObject({
    allow_ignore: z.boolean(),
    allow_respond: z.boolean(),
    allow_edit: z.boolean(),
    allow_accept: z.boolean(),
  }),
  description: z.string().optional(),
});
export type HumanInterrupt = z.infer<typeof humanInterrupt>;

/** What such an inbox answers with: a list of one. */
const humanResponse = z.strictObject({
  type: z.enum(['accept', 'ignore', 'response', 'edit']),
  args: z.union([z.null(), z.string().max(mostInstructionsCharacters), actionRequest]).default(null),
});
export const humanResponses = z.array(humanResponse).length(1);
export type HumanResponse = z.infer<typeof humanResponse>;

type Kind = EscalationView['kind'];
type Resolution = ResolveRequest['resolution'];

/** What each answer of such an inbox decides here; what is left out cannot be said there. */
type Meaning = Extract<Resolution, 'approve' | 'edit' | 'reject' | 'replan' | 'retry' | 'skip'>;

const meanings: Readonly<Record<Kind, Partial<Readonly<Record<HumanResponse['type'], Meaning>>>>> = {
  approval: { accept: 'approve', edit: 'edit', response: 'replan', ignore: 'reject' },
  failure: { accept: 'retry', edit: 'edit', response: 'replan', ignore: 'skip' },
  denied: { accept: 'retry', edit: 'edit', response: 'replan', ignore: 'skip' },
  budget: { accept: 'retry' },
  deadRun: { accept: 'retry' },
  // Whether something has happened is a question that has no answer among these four.
  inDoubt: {},
};

const restOfPath = 'holdfast inbox resolve';

/** An inbox item for an agent inbox of LangChain. What cannot be said there is said in the description. */
export function interruptOf({ case: told, ...item }: EscalationView): HumanInterrupt {
  const may = new Set(told?.resolutions.flatMap(({ resolution, may: isAllowed }) => (isAllowed ? [resolution] : [])));
  const meaning = meanings[item.kind];
  const allows = (type: HumanResponse['type']): boolean => {
    const means: Resolution | undefined = meaning[type];
    return means !== undefined && may.has(means);
  };
  const elsewhere = [...may].filter((one) => !Object.values<Resolution>(meaning).includes(one));
  return {
    action_request: { action: actionNameOf(item, told), args: argumentsOf(item, told) },
    config: {
      allow_ignore: allows('ignore'),
      allow_respond: allows('response'),
      allow_edit: allows('edit'),
      allow_accept: allows('accept'),
    },
    description: [
      `${item.kind}: ${item.reason}`,
      ...(told === undefined ? [] : [`Goal: ${told.goal}`]),
      ...Object.entries(meaning).map(([type, resolution]) => `'${type}' means '${resolution}'.`),
      ...(elsewhere.length === 0 ? [] : [`Only with ${restOfPath} ${item.escalationId}: ${elsewhere.join(', ')}.`]),
    ].join('\n'),
  };
}

/**
 * What an answer of such an inbox decides. Throws the problem `resolution-not-allowed` for one that means nothing for an item
 * of that kind, or that changes the action.
 */
export function resolutionOfResponse(
  { type, args }: HumanResponse,
  { case: told, ...item }: EscalationView,
): ResolveRequest {
  const resolution = meanings[item.kind][type];
  const reason = `'${type}' in an agent inbox`;
  switch (resolution) {
    case 'edit': {
      if (typeof args !== 'object' || args === null) throw unclear(item, type, "'args' has to be { action, args }");
      const action = actionNameOf(item, told);
      if (args.action === action) return { resolution, input: args.args, reason };
      throw unclear(
        item,
        type,
        `the action stays '${action}', and only its arguments can be changed; given: '${args.action}'`,
      );
    }
    case 'replan':
      if (typeof args === 'string' && args.trim() !== '') return { resolution, instructions: args, reason };
      throw unclear(item, type, "'args' has to be a text: what is to be planned instead");
    case 'approve': {
      // What was shown there is what is approved here.
      const binding = item.approval?.binding;
      return { resolution, reason, ...(binding === undefined ? {} : { binding }) };
    }
    case 'reject':
    case 'retry':
    case 'skip':
      return { resolution, reason };
    case undefined:
      throw unclear(item, type, `'${type}' means nothing for an item of kind '${item.kind}'`);
  }
}

function actionNameOf({ approval, kind }: Omit<EscalationView, 'case'>, told: EscalationView['case']): string {
  const uses = approval ?? told?.step;
  return uses === undefined ? `Holdfast/${kind}` : `${uses.skill}/${uses.action}`;
}

function argumentsOf(
  { approval }: Omit<EscalationView, 'case'>,
  told: EscalationView['case'],
): HumanInterrupt['action_request']['args'] {
  const given = approval?.arguments ?? told?.step?.arguments;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
}

function unclear({ escalationId, kind }: Omit<EscalationView, 'case'>, type: string, why: string): Problem {
  const means = Object.entries(meanings[kind]).map(([one, resolution]) => `'${one}' for '${resolution}'`);
  const known = means.length === 0 ? 'None of the four answers can be given here' : `Known here: ${means.join(', ')}`;
  return new Problem(
    'resolution-not-allowed',
    `The answer '${type}' of an agent inbox does not decide about escalation '${escalationId}': ${why}. Nothing was decided. ${known}; everything else is said with { resolution, reason, … }.`,
  );
}
