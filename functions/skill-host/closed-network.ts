// The adapters take what they need of the global network before it is closed.
import '../../core/adapters/aws.ts';
import { ActionError } from '../../core/model/failure.ts';

const instead =
  "is closed to skills. Use context.fetch, and name the origin in the skill's 'network'; context.sendMail sends mail";

function refusal(what: string): ActionError {
  return new ActionError(`The global ${what} ${instead}.`, { class: 'denied', sendOutcome: 'notSent' });
}

/**
 * Imported before any skill is, so that none can put the global one aside. It keeps honest code on the road where
 * redirects, addresses and answers are watched; what a skill imports is read in review, and what its role may reach is
 * bounded by the platform.
 */
globalThis.fetch = () => Promise.reject(refusal('fetch'));
Reflect.set(globalThis, 'WebSocket', function WebSocket() {
  throw refusal('WebSocket');
});
