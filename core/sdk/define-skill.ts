import * as z from 'zod';
import { definedActionName, skillId } from '../model/names.ts';
import type { ActionDefinition, Capability, Deprecation, SkillDefinition } from '../model/skill.ts';
import { findingsOf } from './define-action.ts';
import { inspectReach } from './inspect-reach.ts';
import { Inspection, shown } from './inspection.ts';

export interface SkillOptions<Actions extends Readonly<Record<string, ActionDefinition>>> {
  /** Name and major version, e.g. `HotelBooking:v1`; its folder is then `hotel-booking-v1`. */
  readonly id: string;
  /** Semantic version of the code behind the contract, e.g. `1.2.0`. A new one makes running plans ask again. */
  readonly release: string;
  /** One line for people; SKILL.md says the rest. */
  readonly description: string;
  /** Names of environment values that its actions read through `context.settings`. Not for secrets. */
  readonly settings?: readonly string[];
  /** Names of secrets that its actions read through `context.secret`: never part of a plan, a trace or a log. */
  readonly secrets?: readonly string[];
  /**
   * Origins that its actions may reach through `context.fetch`, and no other: `https://api.example.com`, or `$NAME` for
   * those that the setting NAME holds, separated by commas. Nothing when left out. Only https, unless http is written.
   */
  readonly network?: readonly string[];
  /** `'public'`: connect to no address of a private, local or otherwise special network. `'any'` when left out. */
  readonly addresses?: 'any' | 'public';
  /** `'store'` for `context.store`, `'mail'` for `context.sendMail`. */
  readonly uses?: readonly Capability[];
  /** What its actions depend on, in kebab-case: skills with the same dependency share a circuit breaker. */
  readonly dependency?: string;
  readonly actions: Actions;
  /** Set it when another skill should be used from now on: agents that are granted this one are warned about. */
  readonly deprecated?: Deprecation;
}

const optionNames = [
  'id',
  'release',
  'description',
  'settings',
  'secrets',
  'network',
  'addresses',
  'uses',
  'dependency',
  'actions',
  'deprecated',
] as const satisfies (keyof SkillOptions<Readonly<Record<string, ActionDefinition>>>)[];

/** https://semver.org/spec/v2.0.0.html, without leading zeros and build metadata */
const release = z
  .string()
  .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]{1,40})?$/, 'must look like 1.2.0');

/**
 * Defines a skill: a versioned bundle of actions. The default export of `skills/<folder>/skill.ts`.
 * Throws a DefinitionError that lists everything that is wrong.
 *
 * @example
 * export default defineSkill({
 *   id: 'Weather:v1',
 *   release: '1.0.0',
 *   description: 'Says what the weather will be.',
 *   actions: {
 *     forecast: defineAction({
 *       description: 'The forecast for a city and a day.',
 *       input: z.object({ city: z.string(), day: z.iso.date() }),
 *       output: z.object({ celsius: z.number() }),
 *       effect: { class: 'P' },
 *       run: async ({ city }) => ({ celsius: city.length }),
 *     }),
 *   },
 * });
 */
export function defineSkill<const Actions extends Readonly<Record<string, ActionDefinition>>>(
  options: SkillOptions<Actions>,
): SkillDefinition & { readonly actions: Actions } {
  const inspection = new Inspection();
  const given = inspection.members('', options, optionNames);
  if (given) {
    inspection.named('id', given['id'], skillId, 'Write a name in PascalCase, :v and the major version');
    inspection.named('release', given['release'], release, 'Write three numbers: major, minor, patch');
    inspection.text('description', given['description'], 1_000);
    inspectReach(given, inspection);
    inspectActions(given['actions'], inspection);
    inspectDeprecation(given['deprecated'], given['id'], inspection);
  }
  inspection.finish(typeof given?.['id'] === 'string' ? `skill ${given['id']}` : 'skill');
  const { release: version, settings = [], ...rest } = options;
  return Object.freeze({ kind: 'skill' as const, release: version, settings, ...rest });
}

function inspectDeprecation(deprecated: unknown, id: unknown, inspection: Inspection): void {
  if (deprecated === undefined) return;
  const given = inspection.members('deprecated', deprecated, ['replacedBy']);
  if (!given) return;
  const remedy = 'Name the skill to use instead, with its version';
  inspection.named('deprecated.replacedBy', given['replacedBy'], skillId, remedy);
  if (given['replacedBy'] !== id) return;
  inspection.add({
    at: 'deprecated.replacedBy',
    wrong: 'names the skill itself',
    given: shown(id),
    allowed: 'another skill or version',
    remedy,
  });
}

function inspectActions(actions: unknown, inspection: Inspection): void {
  const entries = typeof actions === 'object' && actions !== null ? Object.entries(actions) : [];
  if (entries.length === 0) {
    inspection.add({
      at: 'actions',
      wrong: 'must hold at least one action',
      given: shown(actions),
      allowed: 'an object of actions by name',
      remedy: 'Write actions: { book: defineAction({ … }) }',
    });
  }
  for (const [name, action] of entries) {
    inspection.named(`actions.${name}`, name, definedActionName, 'Name it with a verb in camelCase');
    const problems = findingsOf(action);
    if (problems) inspection.addAll(`actions.${name}`, problems);
    else {
      inspection.add({
        at: `actions.${name}`,
        wrong: 'does not come from defineAction',
        given: shown(action),
        allowed: 'what defineAction returns',
        remedy: 'Wrap it: defineAction({ … })',
      });
    }
  }
}
