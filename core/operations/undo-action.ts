import * as z from 'zod';
import type { StepRequest } from '../contract/machine.ts';
import type { Failure } from '../model/failure.ts';
import { jsonHash } from '../model/json.ts';
import type { Json } from '../model/json.ts';
import { reactions } from '../model/reaction.ts';
import type { ActionDefinition, SkillDefinition } from '../model/skill.ts';
import type { Ports } from '../ports/index.ts';
import { loadValue } from './stored-value.ts';

/** Tries of one compensation, the first included: slow ones, since nobody is waiting for it. */
export const mostUndoAttempts = reactions.compensationFailed.mostTries ?? 1;

/** What a compensation answers: nothing. */
const nothing = z.unknown().transform(() => null);

export type UndoAction =
  | { readonly ok: true; readonly action: ActionDefinition }
  | { readonly ok: false; readonly failure: Failure };

/**
 * The compensation of an action as an action of its own, for the one done effect that a request is about. What the ledger
 * says is what gives leave: only the effect of a step that is done with exactly these arguments is undone.
 * Throws StoreUnavailable.
 */
export async function undoAction(
  request: StepRequest,
  { skill, action }: { readonly skill: SkillDefinition; readonly action: ActionDefinition },
  input: Json,
  { ledger, blobs }: Pick<Ports, 'ledger' | 'blobs'>,
): Promise<UndoAction> {
  const { tenantId, runId, undo } = request;
  const name = `${skill.id}/${request.action}`;
  const refused = (message: string): UndoAction => ({ ok: false, failure: { class: 'compensationFailed', message } });
  if (!undo) return refused(`it was not said which step of ${name} is to be undone`);
  const { compensate, lookup: _lookup, check: _check, pursue: _pursue, trust: _trust, ...rest } = action;
  if (!compensate) return refused(`the code of ${name} that is here declares no compensate`);
  const item = await ledger.read({ tenantId, runId, skill: skill.id, stepId: undo.stepId, direction: 'F' });
  if (item?.status !== 'DONE' || item.argsHash !== jsonHash(input)) {
    const stands = item === undefined ? 'not in the ledger' : `${item.status} in the ledger`;
    const how = item?.status === 'DONE' ? `${stands} with other arguments` : stands;
    return refused(`step '${undo.stepId}' of ${name} is ${how}; only what was done with these arguments is undone`);
  }
  // A copy: code may change what it is given.
  const output = structuredClone(await loadValue(item.result, blobs)) as never;
  const { effect, timeoutSeconds, run, lookup } = compensate;
  return {
    ok: true,
    action: {
      ...rest,
      ...{ effect, timeoutSeconds, maxAttempts: mostUndoAttempts, output: nothing },
      run: async (given, context) => {
        await run(given, output, context);
        return null;
      },
      ...(lookup === undefined
        ? {}
        : {
            lookup: async (effectKey, given, context) => {
              const answer = await lookup(effectKey, given, output, context);
              return answer?.found === true ? { found: true, output: null } : answer;
            },
          }),
    },
  };
}
