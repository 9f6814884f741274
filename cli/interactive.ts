import { confirm, select, text } from '@clack/prompts';
import type { Client } from './client.ts';
import { usageError } from './errors.ts';
import { safe } from './escape.ts';
import { printEscalation } from './escalation.ts';
import { ownName, styledRunStatus } from './outcome.ts';
import { printLine, printNote } from './output.ts';
import { resolutionOf } from './resolution.ts';
import type { ResolutionOptions } from './resolution.ts';
import type { EscalationView } from '../core/contract/api.ts';

/** What is asked of the person at the terminal. Undefined is the wish to stop. */
export interface Prompts {
  choose(
    message: string,
    options: readonly { readonly value: string; readonly label: string; readonly hint?: string }[],
  ): Promise<string | undefined>;
  /** @param wrong why a text is no answer; undefined for one that is */
  write(message: string, wrong: (given: string) => string | undefined): Promise<string | undefined>;
  agree(message: string): Promise<boolean>;
}

/** Prompts at the terminal. Throws a usage error when there is none. */
export function terminalPrompts(): Prompts {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw usageError(
      `This command asks questions, and there is no terminal to ask them at. Use ${ownName} inbox show and ${ownName} inbox resolve instead.`,
    );
  }
  // What is canceled answers with a symbol.
  const orUndefined = (answer: string | symbol): string | undefined =>
    typeof answer === 'string' ? answer : undefined;
  return {
    choose: async (message, options) => orUndefined(await select({ message, options: [...options] })),
    write: async (message, wrong) => orUndefined(await text({ message, validate: (given) => wrong(given ?? '') })),
    agree: async (message) => (await confirm({ message })) === true,
  };
}

type InboxClient = Pick<
  Client,
  'showEscalation' | 'listEscalations' | 'claimEscalation' | 'resolveEscalation' | 'releaseEscalation'
>;

const claimMinutes = 15;

/**
 * Goes through open inbox items: shows the case of each, asks what is to be done, and does it. An item is claimed while the
 * person decides, and given back when they leave it.
 */
export async function workInbox(client: InboxClient, prompts: Prompts, escalationId?: string): Promise<void> {
  const ids = escalationId === undefined ? await openIds(client) : [escalationId];
  if (ids.length === 0) printNote(safe`Nothing here is open.`);
  for (const id of ids) {
    if (!(await workItem(client, prompts, id))) return;
  }
}

async function openIds(client: InboxClient): Promise<string[]> {
  return (await client.listEscalations({ status: 'open' })).items.map((item) => item.escalationId);
}

/** False when the person wants to stop. */
async function workItem(client: InboxClient, prompts: Prompts, escalationId: string): Promise<boolean> {
  const item = await client.showEscalation(escalationId);
  printEscalation(item);
  if (item.status !== 'open') return true;
  const chosen = await prompts.choose('What is to be done?', choicesFor(item));
  if (chosen === undefined || chosen === 'stop') return false;
  if (chosen === 'later') return true;
  await client.claimEscalation(escalationId, { minutes: claimMinutes });
  const options = await optionsFor(chosen, item, prompts);
  if (options === undefined) {
    await client.releaseEscalation(escalationId);
    return true;
  }
  const accepted = await client.resolveEscalation(escalationId, await resolutionOf(options));
  printLine(safe`Run ${accepted.runId} is ${styledRunStatus(accepted.status)}`);
  return true;
}

function choicesFor({ case: told, kind }: EscalationView): { value: string; label: string; hint?: string }[] {
  const rulings = told?.resolutions ?? [];
  const decisions = rulings.flatMap((ruling) => {
    if (!ruling.may) return [];
    const { resolution, does } = ruling;
    if (resolution !== 'attest') return [{ value: resolution, label: resolution, hint: does }];
    // Of what has failed it is on record already that it did not happen.
    const verdicts = kind === 'inDoubt' ? ['happened', 'not-happened'] : ['happened'];
    return verdicts.map((verdict) => ({ value: verdict, label: `attest ${verdict}`, hint: does }));
  });
  return [...decisions, { value: 'later', label: 'leave it for later' }, { value: 'stop', label: 'stop' }];
}

/** What the decision needs besides; undefined when the person has thought better of it. */
async function optionsFor(
  chosen: string,
  item: EscalationView,
  prompts: Prompts,
): Promise<ResolutionOptions | undefined> {
  const own: { -readonly [Name in keyof ResolutionOptions]?: ResolutionOptions[Name] } =
    chosen === 'happened' || chosen === 'not-happened' ? { attest: chosen } : { [chosen]: true };
  const wanted = wantedBy(chosen, item);
  if (wanted) {
    const given = await prompts.write(wanted.message, wanted.option === 'instructions' ? wrongIfEmpty : wrongJson);
    if (given === undefined) return undefined;
    own[wanted.option] = given;
  }
  if (chosen === 'approve' && item.approval) own.binding = item.approval.binding;
  const reason = await prompts.write('Why, for the record?', wrongIfEmpty);
  if (reason === undefined) return undefined;
  return (await prompts.agree(`Decide '${chosen}' about ${item.escalationId}?`)) ? { ...own, reason } : undefined;
}

/** What a decision needs to be told. What undoes a step answers nothing. */
function wantedBy(
  chosen: string,
  item: EscalationView,
): { readonly option: 'input' | 'output' | 'instructions'; readonly message: string } | undefined {
  const answers = item.case?.step?.undoes === undefined;
  if (chosen === 'edit') return { option: 'input', message: 'All arguments of the step, as JSON' };
  if (chosen === 'replan') return { option: 'instructions', message: 'What is to be planned?' };
  if (chosen === 'provide' || (chosen === 'happened' && answers)) {
    return { option: 'output', message: 'What the action would have answered, as JSON' };
  }
  return undefined;
}

function wrongIfEmpty(given: string): string | undefined {
  return given.trim() === '' ? 'Say something.' : undefined;
}

function wrongJson(given: string): string | undefined {
  try {
    JSON.parse(given);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
