import { AsyncLocalStorage } from 'node:async_hooks';
import type { StepRequest } from '../core/contract/machine.ts';
import type { ActionContext, ActionDefinition, CompensationDefinition, SkillDefinition } from '../core/model/skill.ts';

/** Which code of an action is called. */
export type CallKind = 'run' | 'lookup' | 'compensate';

/** One call of the code of an action. */
export interface ActionCall {
  readonly kind: CallKind;
  readonly skillId: string;
  readonly action: string;
  readonly input: unknown;
  readonly context: ActionContext;
  /** Calls it. */
  readonly proceed: () => Promise<unknown>;
}

/** What a function of the platform is doing: code that it calls, however deep, finds it here. */
export interface Invocation {
  /** Nothing that it calls answers any more. */
  dead: boolean;
  /** Undefined while Decide is at work. */
  readonly request: StepRequest | undefined;
  /** Stands between the platform and the code of an action. */
  readonly around: (call: ActionCall) => Promise<unknown>;
}

export const invocations = new AsyncLocalStorage<Invocation>();

const watched = new WeakMap<SkillDefinition, SkillDefinition>();

/** The same skill, with the same contract, each call of which goes through the invocation that makes it. */
export function watchedSkill(skill: SkillDefinition): SkillDefinition {
  const known = watched.get(skill);
  if (known) return known;
  const actions = Object.entries(skill.actions).map(
    ([name, action]) => [name, watchedAction(skill.id, name, action)] as const,
  );
  const made = { ...skill, actions: Object.fromEntries(actions) };
  watched.set(skill, made);
  return made;
}

type Through = <Answer>(
  kind: CallKind,
  input: unknown,
  context: ActionContext,
  proceed: () => Promise<Answer>,
) => Promise<Answer>;

/** Its lookup is a lookup like any other. */
function watchedCompensation(definition: CompensationDefinition, through: Through): CompensationDefinition {
  const { run, lookup } = definition;
  return {
    ...definition,
    run: (input, output, context) => through('compensate', input, context, async () => run(input, output, context)),
    ...(lookup && {
      lookup: (effectKey, input, output, context) =>
        through('lookup', input, context, async () => lookup(effectKey, input, output, context)),
    }),
  };
}

function watchedAction(skillId: string, action: string, definition: ActionDefinition): ActionDefinition {
  const { run, lookup, compensate } = definition;
  const through: Through = <Answer>(
    kind: CallKind,
    input: unknown,
    context: ActionContext,
    proceed: () => Promise<Answer>,
  ): Promise<Answer> => {
    const invocation = invocations.getStore();
    if (!invocation) return proceed();
    return invocation.around({ kind, skillId, action, input, context, proceed }) as Promise<Answer>;
  };
  return {
    ...definition,
    run: (input, context) => through('run', input, context, async () => run(input, context)),
    ...(lookup && {
      lookup: (effectKey, input, context) =>
        through('lookup', input, context, async () => lookup(effectKey, input, context)),
    }),
    ...(compensate && { compensate: watchedCompensation(compensate, through) }),
  };
}
