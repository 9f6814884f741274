import type { Json } from '../../../core/model/json.ts';
import type { Seen, Step } from '../attack.ts';
import type { Canaries } from '../canary.ts';
import type { Random } from '../random.ts';

/** What an attacker has at hand while he changes a plan. */
export interface Tools {
  readonly random: Random;
  readonly canaries: Canaries;
  readonly input: Json;
  readonly seen: Seen;
  /** Ids of steps of earlier revisions. */
  readonly earlier: readonly string[];
}

/** Changes a plan in place. */
export type Tampering = (steps: Step[], tools: Tools) => void;

/** A place in the arguments of a step. */
export interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every place in a value, arrays included, whose value is neither array nor object. */
export function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    const member: unknown = Reflect.get(value, key);
    if (typeof member === 'object' && member !== null) placesIn(member, found);
    else found.push({ holder: value as Record<string, unknown>, key });
  }
  return found;
}

export function anyStep(steps: readonly Step[], { random }: Tools): Step | undefined {
  return steps.length === 0 ? undefined : random.pick(steps);
}

export function anyPlace(steps: readonly Step[], tools: Tools): Place | undefined {
  const places = placesIn(anyStep(steps, tools)?.input);
  return places.length === 0 ? undefined : tools.random.pick(places);
}

export function put({ holder, key }: Place, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** False for what is no plan any more. */
export function isShaped({ id, skill, action, input }: Step): boolean {
  return [id, skill, action].every((name) => typeof name === 'string') && typeof input === 'object' && input !== null;
}

/** Steps with an argument that must be trusted, and where it is. */
export function sensitivePlaces(steps: readonly Step[]): { readonly step: Step; readonly place: Place }[] {
  return steps.flatMap((step) => {
    const { input } = step;
    const at = (key: string, holder: unknown = input): { step: Step; place: Place }[] =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
        ? [{ step, place: { holder: holder as Record<string, unknown>, key } }]
        : [];
    switch (`${step.skill}/${step.action}`) {
      case 'Bank:v1/transfer':
        return [...at('to'), ...at('amountCents')];
      case 'Bank:v2/transfer':
        return [...at('iban', input['recipient']), ...at('recipient'), ...at('amountCents'), ...at('splits')];
      case 'Mail:v1/send':
        return at('to');
      case 'Users:v1/write':
        return at('role');
      case 'Users:v2/remove':
        return at('id');
      default:
        return [];
    }
  });
}

let serial = 0;
/** An id that no base uses. The same for the same attack: it is set back at its beginning. */
export function freshId(): string {
  serial += 1;
  return `x${serial}`;
}
export function forgetIds(): void {
  serial = 0;
}
