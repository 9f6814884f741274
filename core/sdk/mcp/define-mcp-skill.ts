import * as z from 'zod';
import { ActionError } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ActionContext, ActionDefinition, SkillDefinition } from '../../model/skill.ts';
import { defineAction, findingsOf } from '../define-action.ts';
import type { ActionOptions, EffectDeclaration } from '../define-action.ts';
import { defineSkill } from '../define-skill.ts';
import type { SkillOptions } from '../define-skill.ts';
import { Inspection, listed, shown } from '../inspection.ts';
import { callTool, protocols } from './call-tool.ts';
import type { Protocol, Server } from './call-tool.ts';
import { outputOf, toolAnswerOf } from './tool-answer.ts';

type Anything = ActionOptions<z.ZodType, z.ZodType>;

/** What an author writes about one tool of a server. What the server itself says about it is not believed. */
export interface McpToolOptions extends Pick<
  Anything,
  'description' | 'input' | 'timeoutSeconds' | 'maxAttempts' | 'sensitive' | 'endorses' | 'check'
> {
  /** Its name at the server. */
  readonly tool: string;
  /** What it answers as data, or as JSON in a text. Left out, the action answers `{ text }`. */
  readonly output?: z.ZodType;
  /**
   * `{ class: 'N' }` when left out, whatever the server says. `P` only for a tool that changes nothing; `K` only for one that
   * keeps to the key, which it is given in `keyArgument` and as `holdfast/idempotencyKey` in `_meta`.
   */
  readonly effect?: Exclude<EffectDeclaration, { readonly class: 'Q' }>;
  /** The argument of the tool that takes an idempotency key: the effect key is put there. */
  readonly keyArgument?: string;
  /**
   * What it means when the tool says that it failed. `'unknown'` when left out: it may have done something before. `'notDone'`
   * for a tool that does all or nothing.
   */
  readonly errorsMean?: 'unknown' | 'notDone';
  /** How far its answers may be believed: `'untrusted'` when left out; `'asArguments'` as far as what it was asked with. */
  readonly trust?: 'asArguments' | 'model' | 'untrusted';
}

export interface McpSkillOptions extends Pick<
  SkillOptions<Readonly<Record<string, ActionDefinition>>>,
  'id' | 'release' | 'description' | 'addresses' | 'dependency' | 'deprecated'
> {
  /** Where the server listens: `https://…`, or `$NAME` for a setting that holds it. */
  readonly server: string;
  /** Name of the secret that is sent as bearer token. */
  readonly bearerSecret?: string;
  /** How the server speaks. Left out, it is asked before each call. */
  readonly protocol?: Protocol;
  /** Tools by the name of the action that each becomes. What is not listed cannot be used. */
  readonly tools: Readonly<Record<string, McpToolOptions>>;
}

const optionNames = [
  'id',
  'release',
  'description',
  'addresses',
  'dependency',
  'deprecated',
  'server',
  'bearerSecret',
  'protocol',
  'tools',
] as const satisfies (keyof McpSkillOptions)[];
const toolNames = [
  'description',
  'input',
  'timeoutSeconds',
  'maxAttempts',
  'sensitive',
  'endorses',
  'check',
  'tool',
  'output',
  'effect',
  'keyArgument',
  'errorsMean',
  'trust',
] as const satisfies (keyof McpToolOptions)[];

/** Names that fit into a header as they are. */
const toolName = z
  .string()
  .regex(/^[A-Za-z0-9_./-]{1,128}$/, 'must be 1 to 128 characters of A-Z, a-z, 0-9, _ . / and -');
const settingReference = /^\$[A-Z][A-Z0-9_]{0,63}$/;

/**
 * Defines a skill whose actions are tools of an MCP server (Streamable HTTP). Each is class N, its answers untrusted, unless
 * the author says otherwise; only tools that are listed can be used. Throws a DefinitionError that lists what is wrong.
 *
 * @example
 * export default defineMcpSkill({
 *   id: 'Tickets:v1',
 *   release: '1.0.0',
 *   description: 'Tickets of the help desk.',
 *   server: '$TICKETS_MCP_URL',
 *   bearerSecret: 'TICKETS_TOKEN',
 *   tools: {
 *     createTicket: {
 *       tool: 'create_ticket',
 *       description: 'Open a ticket.',
 *       input: z.object({ title: z.string() }),
 *       output: z.object({ ticketId: z.string() }),
 *     },
 *   },
 * });
 */
export function defineMcpSkill(options: McpSkillOptions): SkillDefinition {
  const inspection = new Inspection();
  const given = inspection.members('', options, optionNames);
  if (given) {
    inspectServer(given['server'], inspection);
    inspectOneOf('protocol', given['protocol'], protocols, inspection);
    inspectTools(given['tools'], inspection);
  }
  const actions: Record<string, ActionDefinition> = {};
  if (inspection.problems.length === 0) {
    for (const [name, tool] of Object.entries(options.tools)) {
      const action = actionOf(tool, options);
      actions[name] = action;
      inspection.addAll(`tools.${name}`, findingsOf(action) ?? []);
    }
  }
  inspection.finish(typeof given?.['id'] === 'string' ? `skill ${given['id']}` : 'skill');
  const { server, bearerSecret, protocol: _, tools: __, ...rest } = options;
  const isSetting = server.startsWith('$');
  return defineSkill({
    ...rest,
    settings: isSetting ? [server.slice(1)] : [],
    ...(bearerSecret === undefined ? {} : { secrets: [bearerSecret] }),
    network: [isSetting ? server : new URL(server).origin],
    actions,
  });
}

function actionOf(options: McpToolOptions, mounted: McpSkillOptions): ActionDefinition {
  const { tool, output, effect, keyArgument, errorsMean, trust, check, ...rest } = options;
  return defineAction<z.ZodType, z.ZodType>({
    ...rest,
    ...(check === undefined ? {} : { check }),
    output: output ?? z.object({ text: z.string() }),
    effect: effect ?? { class: 'N' },
    ...(trust === 'asArguments' ? {} : { trust: trust ?? 'untrusted' }),
    run: async (input, context) => {
      const args = {
        ...(input as JsonObject),
        ...(keyArgument === undefined ? {} : { [keyArgument]: context.effectKey }),
      };
      const answer = toolAnswerOf(await callTool(await serverOf(mounted, context), { tool, arguments: args }, context));
      if (!answer.isError) return outputOf(answer, output === undefined);
      throw new ActionError(`${tool} failed: ${answer.text || 'it did not say why'}`, {
        class: 'bug',
        sendOutcome: errorsMean ?? 'unknown',
      });
    },
  });
}

async function serverOf({ server, bearerSecret, protocol }: McpSkillOptions, context: ActionContext): Promise<Server> {
  const setting = server.startsWith('$') ? server.slice(1) : undefined;
  const url = setting === undefined ? server : (context.settings[setting] ?? '');
  if (!URL.canParse(url)) {
    throw new ActionError(
      `the setting ${setting} holds '${url}'; it must hold the one address where the MCP server listens, such as https://tickets.example.com/mcp`,
      { class: 'bug', sendOutcome: 'notSent' },
    );
  }
  const token = bearerSecret === undefined ? undefined : await context.secret(bearerSecret);
  return { url, token, protocol };
}

function inspectServer(server: unknown, inspection: Inspection): void {
  if (typeof server === 'string' && (settingReference.test(server) || isAddress(server))) return;
  inspection.add({
    at: 'server',
    wrong: 'is no address of a server',
    given: shown(server),
    allowed:
      "an address such as 'https://tickets.example.com/mcp', or '$TICKETS_MCP_URL' for the setting that holds it",
    remedy: 'Write where the server listens for Streamable HTTP, without user and password',
  });
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function inspectTools(tools: unknown, inspection: Inspection): void {
  const entries = typeof tools === 'object' && tools !== null ? Object.entries(tools) : [];
  if (entries.length === 0) {
    inspection.add({
      at: 'tools',
      wrong: 'must hold at least one tool',
      given: shown(tools),
      allowed: 'an object of tools by the name of the action that each becomes',
      remedy: "Write tools: { createTicket: { tool: 'create_ticket', … } }",
    });
  }
  for (const [name, tool] of entries) {
    const at = `tools.${name}`;
    const given = inspection.members(at, tool, toolNames);
    if (!given) continue;
    inspection.named(`${at}.tool`, given['tool'], toolName, 'Write its name as the server lists it');
    inspectOneOf(`${at}.errorsMean`, given['errorsMean'], ['unknown', 'notDone'], inspection);
    inspectOneOf(`${at}.trust`, given['trust'], ['asArguments', 'model', 'untrusted'], inspection);
    inspectEffect(`${at}.effect`, given['effect'], inspection);
    if (given['keyArgument'] !== undefined) inspection.text(`${at}.keyArgument`, given['keyArgument'], 128);
  }
}

function inspectOneOf(at: string, value: unknown, allowed: readonly string[], inspection: Inspection): void {
  if (value === undefined || allowed.some((one) => one === value)) return;
  inspection.add({
    at,
    wrong: 'is not known',
    given: shown(value),
    allowed: listed(allowed),
    remedy: 'Correct it, or leave it out',
  });
}

function inspectEffect(at: string, effect: unknown, inspection: Inspection): void {
  if (typeof effect !== 'object' || effect === null || !('class' in effect) || effect.class !== 'Q') return;
  inspection.add({
    at,
    wrong: 'needs a lookup, which a tool does not have',
    given: "'Q'",
    allowed: listed(['P', 'K', 'N']),
    remedy: "Leave it out for class 'N', or write the action with defineAction and a lookup of its own",
  });
}
