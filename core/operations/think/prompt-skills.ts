import { toolList } from '../../authz/tool-list.ts';
import type { Tool, ToolScope } from '../../authz/tool-list.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { jsonSizeBytes } from '../../model/json.ts';
import type { AgentDefinition, Registry, SkillDefinition } from '../../model/skill.ts';
import { contractOf } from '../../model/skill-contract.ts';
import { shortenText } from './shorten.ts';

const mostBodyCharacters = 16_000;
const mostCatalogueBytes = 256 * 1024;

/**
 * What a planner is told of the skills that fit its goal: the granted actions of each with their schemas, limits and
 * sensitive arguments, and the instructions of its SKILL.md. Sorted by id, so that an equal shortlist gives equal bytes.
 */
export function promptSkills(
  agent: AgentDefinition,
  registry: Registry,
  shortlisted: readonly string[],
  scope: ToolScope,
): JsonObject[] {
  const tools = Map.groupBy(toolList(agent, registry, scope), ({ skillId }) => skillId);
  const ids = [...new Set(shortlisted)].toSorted();
  let leftBytes = mostCatalogueBytes;
  return ids.flatMap((id): JsonObject[] => {
    const skill = registry.skills.get(id);
    const granted = tools.get(id);
    if (!skill || !granted) return [];
    const forms = formsOf(skill, granted, registry.cards?.get(id)?.body);
    const form = forms.find((one) => jsonSizeBytes(one) <= leftBytes) ?? forms.at(-1) ?? {};
    leftBytes -= jsonSizeBytes(form);
    return [form];
  });
}

/** The whole, without its instructions, and no more than its name. */
function formsOf(skill: SkillDefinition, granted: readonly Tool[], body: string | undefined): JsonObject[] {
  const description = shortenText(skill.description, 1_000);
  const brief: JsonObject = {
    skill: skill.id,
    description,
    ...(skill.deprecated ? { deprecated: `use ${skill.deprecated.replacedBy} instead` } : {}),
  };
  const actions = granted.toSorted((a, b) => (a.action < b.action ? -1 : 1)).map((tool) => actionOf(skill, tool));
  const whole = { ...brief, actions };
  return [
    ...(body === undefined ? [] : [{ ...whole, instructions: shortenText(body, mostBodyCharacters) }]),
    whole,
    { ...brief, note: 'The catalogue is too long; the actions of this skill are not shown and cannot be used now.' },
  ];
}

function actionOf(skill: SkillDefinition, tool: Tool): JsonObject {
  const { effect, output, sensitive, trust, alternatives } = contractOf(skill).actions[tool.action] ?? {};
  // Any limit of several grants may be kept; one grant without limits leaves nothing to say.
  const limits = tool.limits.some((one) => one.length === 0) ? [] : tool.limits.map((one) => one.join(' and '));
  return {
    action: tool.action,
    description: tool.description,
    effect: effect?.class ?? null,
    input: plain(tool.input),
    output: plain(output),
    ...(sensitive ? { sensitive: [...sensitive] } : {}),
    ...(trust === undefined ? {} : { trust }),
    ...(limits.length === 0 ? {} : { limits: limits.join(', or ') }),
    ...(alternatives ? { alternatives: [...alternatives] } : {}),
  };
}

/** A schema without the name of its dialect, which is the same for all. */
function plain(schema: unknown): Json {
  const { $schema: _dialect, ...rest } = (schema ?? {}) as JsonObject;
  return rest;
}
