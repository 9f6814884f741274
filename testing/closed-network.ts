import { AsyncLocalStorage } from 'node:async_hooks';
import { ActionError } from '../core/model/failure.ts';

const inSkill = new AsyncLocalStorage<boolean>();
let open: typeof fetch | undefined;
let users = 0;

/** Runs code of a skill: the global fetch is closed to it, as in production. */
export function asSkill<Result>(code: () => Promise<Result>): Promise<Result> {
  return inSkill.run(true, code);
}

/** Runs code of the test that a skill has led to. */
export function asTest<Result>(code: () => Result): Result {
  return inSkill.run(false, code);
}

/** Until the function returned is called, skills find the global fetch closed. Everybody else goes on as before. */
export function closeNetworkToSkills(): () => void {
  users += 1;
  if (users === 1) {
    open = globalThis.fetch;
    globalThis.fetch = guarded;
  }
  return () => {
    users -= 1;
    if (users === 0 && open && globalThis.fetch === guarded) globalThis.fetch = open;
  };
}

const guarded: typeof fetch = (input, init) => {
  if (!inSkill.getStore() && open) return open(input, init);
  const instead = "Use context.fetch, and name the origin in the skill's 'network'";
  return Promise.reject(
    new ActionError(`The global fetch is closed to skills. ${instead}.`, { class: 'denied', sendOutcome: 'notSent' }),
  );
};
