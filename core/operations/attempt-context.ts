import { ActionError } from '../model/failure.ts';
import type { ActionContext, DocumentStore } from '../model/skill.ts';
import { changesSomething } from './harmless-requests.ts';

/** The context of one attempt, with what has left through it. */
export interface AttemptContext {
  readonly context: ActionContext;
  /** From now on nothing leaves through the context: the attempt has ended, whatever its code still does. */
  readonly close: () => void;
}

/**
 * Watches what leaves through a context. Once the attempt has ended, calls wait for ever: their code may not go on, and
 * an error would reach nobody but the worker, which it would end.
 *
 * A refusal is proof about one request only. When an earlier one of the attempt may have had its effect, a refusal
 * says no more that nothing has happened.
 */
export function attemptContext(inner: ActionContext): AttemptContext {
  let closed = false;
  let mayHaveEffect = false;

  const leave = async <Answer>(call: () => Promise<Answer>, hasEffect: boolean): Promise<Answer> => {
    if (closed) return new Promise<never>(() => undefined);
    try {
      const answer = await call();
      mayHaveEffect ||= hasEffect;
      return answer;
    } catch (error) {
      const outcome = ActionError.isInstance(error) ? error.sendOutcome : 'unknown';
      const stands = mayHaveEffect && ActionError.isInstance(error) && outcome !== 'unknown';
      mayHaveEffect ||= hasEffect && outcome === 'unknown';
      throw stands ? afterEffect(error) : error;
    }
  };
  const { store } = inner;
  const watchedStore: DocumentStore = {
    get: (key) => leave(() => store.get(key), false),
    put: (key, value, ifVersion) => leave(() => store.put(key, value, ifVersion), false),
    remove: (key, ifVersion) => leave(() => store.remove(key, ifVersion), false),
    list: (query) => leave(() => store.list(query), false),
  };
  const context: ActionContext = {
    ...inner,
    store: watchedStore,
    fetch: (url, init) => leave(() => inner.fetch(url, init), changesSomething(init)),
    secret: (name) => leave(() => inner.secret(name), false),
    sendMail: (mail) => leave(() => inner.sendMail(mail), true),
  };
  return {
    context,
    close: () => {
      closed = true;
    },
  };
}

function afterEffect(error: ActionError): ActionError {
  const { failureClass, retryAfterMs } = error;
  return new ActionError(`${error.message} (an earlier request of this attempt may have had its effect)`, {
    class: failureClass,
    sendOutcome: 'unknown',
    cause: error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
