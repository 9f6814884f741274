import * as z from 'zod';
import { actionName, skillId } from '../model/names.ts';
import type { ActionDefinition, Deprecation, SkillDefinition } from '../model/skill.ts';
import { findingsOf } from './define-action.ts';
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
  readonly actions: Actions;
  /** Set it when another skill should be used from now on: agents that are granted this one are warned about. */
  readonly deprecated?: Deprecation;
}

const optionNames = ['id', 'release', 'description', 'settings', 'actions', 'deprecated'] as const;

/** https://semver.org/spec/v2.0.0.html, without leading zeros and build metadata */
const release = z
  .string()
  .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]{1,40})?$/, 'must look like 1.2.0');

/** Names under which the platform keeps its own values and credentials; a skill may not ask for those. */
const settingName = z
  .string()
  .regex(
    /^(?!AWS_|HOLDFAST_|NODE_|LAMBDA_|_|(?:PATH|HOME)$)[A-Z][A-Z0-9_]{0,63}$/,
    'must look like HOTEL_API_URL and not begin with AWS_, HOLDFAST_, NODE_ or LAMBDA_',
  );

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
    inspectSettings(given['settings'], inspection);
    inspectActions(given['actions'], inspection);
    inspectDeprecation(given['deprecated'], given['id'], inspection);
  }
  inspection.finish(typeof given?.['id'] === 'string' ? `skill ${given['id']}` : 'skill');
  const { id, release: version, description, settings = [], actions, deprecated } = options;
  return Object.freeze({
    kind: 'skill' as const,
    id,
    release: version,
    description,
    settings,
    actions,
    ...(deprecated === undefined ? {} : { deprecated }),
  });
}

function inspectSettings(settings: unknown, inspection: Inspection): void {
  if (settings === undefined) return;
  if (!Array.isArray(settings)) {
    inspection.add({
      at: 'settings',
      wrong: 'must be a list of names',
      given: shown(settings),
      allowed: "a list such as ['HOTEL_API_URL']",
      remedy: 'List the names; their values come from holdfast.json or the environment',
    });
    return;
  }
  settings.forEach((name: unknown, index) => {
    inspection.named(`settings.${index}`, name, settingName, 'Choose a name of your own');
  });
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
    inspection.named(`actions.${name}`, name, actionName, 'Name it with a verb in camelCase');
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
