import { parseDuration } from '../core/model/duration.ts';
import type { ActionDefinition, Registry } from '../core/model/skill.ts';
import { failingStores } from './faults.ts';
import type { ActionFault, CrashFault, Fault, OutageFault, StoreFault } from './faults.ts';
import { TestSetupError } from './test-setup-error.ts';

/** Throws TestSetupError for a fault that could never apply, saying what there is instead. */
export function checkFault(fault: Fault, registry: Registry): void {
  if ('at' in fault) checkAction(fault, registry);
  else if ('dependency' in fault) checkOutage(fault, registry);
  else if ('store' in fault) checkStore(fault);
  else checkCrash(fault);
}

function checkAction(fault: ActionFault, { skills }: Registry): void {
  const [skillId = '', name = ''] = fault.at.split('/');
  const actions = skills.get(skillId)?.actions ?? {};
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) {
    const known = [...skills.values()].flatMap(({ id, actions: own }) => Object.keys(own).map((one) => `${id}/${one}`));
    throw wrong(fault, `'at' names no action`, `an action of this test, compared byte for byte: ${listed(known)}`);
  }
  const { call = 'run', attempt = 1, times } = fault;
  const calls = ['run', 'lookup', 'compensate'].filter(
    (one) => one in action && Reflect.get(action, one) !== undefined,
  );
  if (!calls.includes(call)) throw wrong(fault, `'${fault.at}' has no ${call}`, listed(calls));
  const attempts = attempt === 'every' ? [] : [attempt].flat();
  if (attempts.some((one) => !isPositive(one)) || (attempt !== 'every' && attempts.length === 0)) {
    throw wrong(fault, `'attempt' is ${JSON.stringify(attempt)}`, `a whole number from 1, a list of them, or 'every'`);
  }
  if (times !== undefined && !isPositive(times)) throw wrong(fault, `'times' is ${times}`, 'a whole number from 1');
  checkKind(fault);
  if (fault.fault === 'wrong-output' && misfitOf(action) === undefined)
    throw wrong(fault, 'every answer fits the output schema of the action', `{ output: … } with an answer of your own`);
}

/** An answer that does not fit the output schema of an action; undefined when every one does. */
export function misfitOf(action: ActionDefinition | undefined): unknown {
  return [null, [], 'no answer of this kind', -1, {}].find((one) => !action?.output.safeParse(one).success);
}

const words = ['hang', 'apply-then-drop', 'crash-before-send', 'crash-after-send', 'wrong-output'];
const members = ['throw', 'output', 'status', 'connection'];

function checkKind(fault: ActionFault): void {
  const kind: unknown = fault.fault;
  const isKnown =
    typeof kind === 'string'
      ? words.includes(kind)
      : typeof kind === 'object' && kind !== null && members.some((member) => member in kind);
  if (!isKnown) {
    const allowed = [...words.map((one) => `'${one}'`), ...members.map((one) => `{ ${one}: … }`)];
    throw wrong(fault, `'fault' is none that is known`, allowed.join(', '));
  }
  if (typeof fault.fault === 'object' && 'status' in fault.fault) {
    const { status } = fault.fault;
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw wrong(fault, `'status' is ${status}`, 'a status of HTTP from 200 to 599');
  }
}

function checkOutage(fault: OutageFault, { skills }: Registry): void {
  const known = [...new Set([...skills.values()].map(({ dependency, id }) => dependency ?? id))];
  if (!known.includes(fault.dependency)) throw wrong(fault, `no skill depends on '${fault.dependency}'`, listed(known));
  const spans = [fault.downFor, fault.after ?? '0s'];
  if (spans.some((span) => parseDuration(span) === undefined))
    throw wrong(fault, 'a span is none', `durations such as '90s' or '5m'`);
}

function checkStore(fault: StoreFault): void {
  if (!failingStores.includes(fault.store))
    throw wrong(fault, `there is no store '${fault.store}'`, listed(failingStores));
  if (!isPositive(fault.calls)) throw wrong(fault, `'calls' is ${fault.calls}`, 'a whole number from 1');
}

function checkCrash(fault: CrashFault): void {
  const { at, call } = fault.crash;
  if (at !== 'before' && at !== 'after') throw wrong(fault, `'at' is '${String(at)}'`, `'before' or 'after'`);
  if (!isPositive(call)) throw wrong(fault, `'call' is ${call}`, 'a whole number from 1');
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function wrong(fault: Fault, what: string, allowed: string): TestSetupError {
  return new TestSetupError(`A fault could never apply: ${what}. Given: ${faultText(fault)}. Allowed: ${allowed}.`);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none, for there is none' : names.map((one) => `'${one}'`).join(', ');
}

/** A fault as a test writes it, in one line. */
export function faultText(fault: Fault): string {
  const text = JSON.stringify(fault, (_key, value: unknown) => {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return typeof value === 'function' ? 'a function' : value;
  });
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
