import * as z from 'zod';
import { durationMs, parseDuration } from '../model/duration.ts';
import type { Duration } from '../model/duration.ts';
import { name } from '../model/names.ts';
import type { AgentDefinition, PlaybookDefinition } from '../model/skill.ts';
import { findingsOf } from './define-playbook.ts';
import { Inspection, shown } from './inspection.ts';

export interface AgentOptions {
  /** 1 to 40 characters of a-z, 0-9 and -. Its folder has the same name. */
  readonly name: string;
  readonly description: string;
  /** What it may do: `HotelBooking:v1`, or one action of it, `UserManagement:v2/read`. Nothing else is possible. */
  readonly grants: readonly string[];
  /** Plans by people for known kinds of goals, by name. */
  readonly playbooks?: Readonly<Record<string, PlaybookDefinition>>;
  /** From start to deadline of a run; `'1d'` when left out, at most 365 days. */
  readonly deadline?: Duration;
}

const optionNames = [
  'name',
  'description',
  'grants',
  'playbooks',
  'deadline',
] as const satisfies (keyof AgentOptions)[];

const defaultDeadline: Duration = '1d';
const mostDeadlineMs = durationMs('365d');

const grant = z
  .string()
  .regex(
    /^[A-Z][A-Za-z0-9]{0,39}:v[1-9][0-9]{0,3}(?:\/[a-z][A-Za-z0-9]{0,39})?$/,
    'must look like HotelBooking:v1 or UserManagement:v2/read',
  );

/**
 * Defines an agent: who may do what, and the plans it knows. The default export of `agents/<name>/agent.ts`.
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
  const given = inspection.members('', options, optionNames);
  if (given) {
    inspection.named('name', given['name'], name, 'Write it in kebab-case');
    inspection.text('description', given['description'], 1_000);
    inspectGrants(given['grants'], inspection);
    inspectPlaybooks(given['playbooks'], inspection);
    inspectDeadline(given['deadline'], inspection);
  }
  inspection.finish(typeof given?.['name'] === 'string' ? `agent ${given['name']}` : 'agent');
  return Object.freeze({
    kind: 'agent' as const,
    name: options.name,
    description: options.description,
    grants: options.grants,
    playbooks: options.playbooks ?? {},
    deadlineSeconds: Math.ceil(durationMs(options.deadline ?? defaultDeadline) / 1_000),
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
  grants.forEach((one: unknown, index) => {
    inspection.named(
      `grants.${index}`,
      one,
      grant,
      'Name a skill with its version, and an action after / if only that one is meant',
    );
    if (grants.indexOf(one) < index) {
      inspection.add({
        at: `grants.${index}`,
        wrong: 'is granted twice',
        given: shown(one),
        allowed: 'each grant once',
        remedy: 'Remove one of them',
      });
    }
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
