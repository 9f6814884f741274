import type { WrittenBudget } from '../model/budget.ts';
import { durationMs, parseDuration } from '../model/duration.ts';
import type { Duration } from '../model/duration.ts';
import { grantName, limitedGrant } from '../model/grant.ts';
import type { GrantDeclaration } from '../model/grant.ts';
import type { WrittenInbox } from '../model/inbox-times.ts';
import { canonicalJson } from '../model/json.ts';
import { name } from '../model/names.ts';
import type { AgentDefinition, OnFailure, PlaybookDefinition } from '../model/skill.ts';
import { findingsOf } from './define-playbook.ts';
import { Inspection, shown } from './inspection.ts';
import { inspectInbox } from './inspect-inbox.ts';
import { inspectOnFailure } from './inspect-on-failure.ts';
import type { RecoveryMode } from '../model/recovery.ts';
import { inspectBudget, inspectModels, inspectRecovery, refusePrompts } from './inspect-thinking.ts';

export interface AgentOptions {
  /** 1 to 40 characters of a-z, 0-9 and -. Its folder has the same name. */
  readonly name: string;
  readonly description: string;
  /**
   * What it may do: `HotelBooking:v1`, or one action of it, `UserManagement:v2/read`, or either with limits, as
   * `{ grant: 'Billing:v1/refund', when: { amountCents: { atMost: 50_000 } }, approval: 'required' }`.
   * Nothing else is possible. Several grants of one action add up: each use has to keep the limits of one of them.
   */
  readonly grants: readonly GrantDeclaration[];
  /** Names of agents whose grants it has too. Nothing else of them: no models, prompts, playbooks or budget. */
  readonly extends?: readonly string[];
  /** Plans by people for known kinds of goals, by name. */
  readonly playbooks?: Readonly<Record<string, PlaybookDefinition>>;
  /**
   * Language models that may speak for it, in the order in which they are asked: `openai:<model>` (any OpenAI-compatible
   * server), `anthropic:<model>`, `bedrock:<model>`. Left out, those that the platform is started with.
   */
  readonly models?: readonly string[];
  /** `'incremental'`: the next steps are planned when the last are over. `'upfront'` when left out: all of them at once. */
  readonly planning?: 'upfront' | 'incremental';
  /** Whether a model checks the goal against the results before a run is completed; no when left out. */
  readonly verify?: boolean;
  /** From start to deadline of a run; `'1d'` when left out, at most 365 days. */
  readonly deadline?: Duration;
  /**
   * The most that one run may use, such as `{ usd: 0.5, steps: 40 }`; what is left out is not limited. Whoever starts a
   * run can allow less, never more.
   */
  readonly budget?: WrittenBudget;
  /** Whom to ask when a run needs a person, and what happens when nobody answers. */
  readonly inbox?: WrittenInbox;
  /**
   * `'compensate'`: when a step of a run has failed for good, the effects of the run are undone and it ends as failed.
   * `'escalate'`, also when left out: a person sees to it. A playbook may say otherwise for itself.
   */
  readonly onFailure?: OnFailure;
  /**
   * Whether failures are mended within the run: by declared alternatives, and as a model decides where the agent has one.
   * `'shadow'`: what would be done is only recorded, and a person is asked. `'on'` when left out.
   */
  readonly recovery?: RecoveryMode;
}

const optionNames = [
  'name',
  'description',
  'grants',
  'extends',
  'playbooks',
  'models',
  'planning',
  'verify',
  'deadline',
  'budget',
  'inbox',
  'onFailure',
  'recovery',
] as const satisfies (keyof AgentOptions)[];

const defaultDeadline: Duration = '1d';
const mostDeadlineMs = durationMs('365d');

/**
 * Defines an agent: who may do what, and the plans it knows. The default export of `agents/<name>/agent.ts`.
 * What models are told for it stands beside it, in `prompts/plan.md` and its siblings.
 * Throws a DefinitionError that lists everything that is wrong.
 *
 * @example
 * export default defineAgent({
 *   name: 'weather-teller',
 *   description: 'Tells the weather.',
 *   grants: ['Weather:v1/forecast'],
 *   deadline: '5m',
 *   playbooks: { tell: definePlaybook({ … }) },
 * });
 */
export function defineAgent(options: AgentOptions): AgentDefinition {
  const inspection = new Inspection();
  const given = inspection.members('', refusePrompts(options, inspection), optionNames);
  if (given) {
    inspection.named('name', given['name'], name, 'Write it in kebab-case');
    inspection.text('description', given['description'], 1_000);
    inspectGrants(given['grants'], inspection);
    inspectBases(given['extends'], given['name'], inspection);
    inspectPlaybooks(given['playbooks'], inspection);
    inspectModels(given, inspection);
    inspectDeadline(given['deadline'], inspection);
    inspectBudget(given['budget'], inspection);
    inspectInbox(given['inbox'], inspection);
    inspectOnFailure(given['onFailure'], inspection);
    inspectRecovery(given['recovery'], inspection);
  }
  inspection.finish(typeof given?.['name'] === 'string' ? `agent ${given['name']}` : 'agent');
  return Object.freeze({
    kind: 'agent' as const,
    name: options.name,
    description: options.description,
    grants: options.grants,
    ...(options.extends === undefined ? {} : { extends: options.extends }),
    playbooks: options.playbooks ?? {},
    ...(options.models === undefined ? {} : { models: options.models }),
    ...(options.planning === undefined ? {} : { planning: options.planning }),
    ...(options.verify === undefined ? {} : { verify: options.verify }),
    deadlineSeconds: Math.ceil(durationMs(options.deadline ?? defaultDeadline) / 1_000),
    ...(options.budget === undefined ? {} : { budget: options.budget }),
    ...(options.inbox === undefined ? {} : { inbox: options.inbox }),
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
    ...(options.recovery === undefined ? {} : { recovery: options.recovery }),
  });
}

function inspectGrants(grants: unknown, inspection: Inspection): void {
  if (!Array.isArray(grants)) {
    inspection.add({
      at: 'grants',
      wrong: 'must be a list',
      given: shown(grants),
      allowed: "a list such as ['HotelBooking:v1', 'UserManagement:v2/read']",
      remedy: 'List every skill or action that the agent may use; an empty list lets it do nothing',
    });
    return;
  }
  const seen = new Set<string>();
  grants.forEach((one: unknown, index) => {
    const at = `grants.${index}`;
    if (typeof one === 'object' && one !== null) inspectLimitedGrant(at, one, inspection);
    else inspection.named(at, one, grantName, nameRemedy);
    const text = canonicalJson(one);
    if (seen.has(text)) {
      inspection.add({
        at,
        wrong: 'is granted twice',
        given: shown(one),
        allowed: 'each grant once',
        remedy: 'Remove one of them',
      });
    }
    seen.add(text);
  });
}

const nameRemedy = 'Name a skill with its version, and an action after / if only that one is meant';

function inspectLimitedGrant(at: string, grant: object, inspection: Inspection): void {
  const parsed = limitedGrant.safeParse(grant);
  for (const { path, message } of parsed.error?.issues ?? []) {
    inspection.add({
      at: [at, ...path].join('.'),
      wrong: 'is not a valid limit of a grant',
      given: shown(path.reduce<unknown>((value, part) => memberOf(value, part), grant)),
      allowed: message,
      remedy: path[0] === 'grant' ? nameRemedy : 'Correct it, or leave it out for no such limit',
    });
  }
}

function memberOf(value: unknown, part: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<PropertyKey, unknown>)[part];
}

function inspectBases(bases: unknown, ownName: unknown, inspection: Inspection): void {
  if (bases === undefined) return;
  if (!Array.isArray(bases)) {
    inspection.add({
      at: 'extends',
      wrong: 'must be a list',
      given: shown(bases),
      allowed: "a list of agents such as ['base']",
      remedy: 'List the agents whose grants it has too',
    });
    return;
  }
  bases.forEach((base: unknown, index) => {
    inspection.named(`extends.${index}`, base, name, 'Name an agent as its folder is named');
    if (base !== ownName && bases.indexOf(base) === index) return;
    inspection.add({
      at: `extends.${index}`,
      wrong: base === ownName ? 'is the agent itself' : 'is named twice',
      given: shown(base),
      allowed: 'each other agent once',
      remedy: 'Remove it',
    });
  });
}

function inspectPlaybooks(playbooks: unknown, inspection: Inspection): void {
  if (playbooks === undefined) return;
  if (typeof playbooks !== 'object' || playbooks === null || Array.isArray(playbooks)) {
    inspection.add({
      at: 'playbooks',
      wrong: 'must be an object',
      given: shown(playbooks),
      allowed: 'playbooks by name',
      remedy: "Write playbooks: { 'book-trip': definePlaybook({ … }) }",
    });
    return;
  }
  for (const [key, playbook] of Object.entries(playbooks)) {
    inspection.named(`playbooks.${key}`, key, name, 'Write its name in kebab-case');
    const problems = findingsOf(playbook);
    if (problems) inspection.addAll(`playbooks.${key}`, problems);
    else {
      inspection.add({
        at: `playbooks.${key}`,
        wrong: 'does not come from definePlaybook',
        given: shown(playbook),
        allowed: 'what definePlaybook returns',
        remedy: 'Wrap it: definePlaybook({ … })',
      });
    }
  }
}

function inspectDeadline(deadline: unknown, inspection: Inspection): void {
  if (deadline === undefined) return;
  const milliseconds = parseDuration(deadline);
  if (milliseconds !== undefined && milliseconds >= 1_000 && milliseconds <= mostDeadlineMs) return;
  inspection.add({
    at: 'deadline',
    wrong: 'must be a duration within its bounds',
    given: shown(deadline),
    allowed: "'1s' to '365d'",
    remedy: "Write a whole number and s, m, h or d, such as '2h'",
  });
}
