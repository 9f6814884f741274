import type { Tool } from '@modelcontextprotocol/client';
import { literal, zodSource } from './schema-source.ts';

export interface SkillSourceOptions {
  /** Of the new skill, e.g. `Tickets:v1`. */
  readonly id: string;
  /** An address, or `$NAME` for a setting. */
  readonly server: string;
  readonly bearerSecret: string | undefined;
  readonly tools: readonly Tool[];
}

const mostDescriptionCharacters = 1_000;

/** `skill.ts` of a skill that mounts a server, for its author to review: each tool is class N and untrusted. */
export function skillSource({ id, server, bearerSecret, tools }: SkillSourceOptions): string {
  const taken = new Set<string>();
  return [
    "import { defineMcpSkill } from 'holdfast';",
    "import * as z from 'zod';",
    '',
    '// Review this: names, descriptions and schemas were written by the server, and planners will read them. Remove tools that',
    '// nobody needs, say which arguments are sensitive, and narrow what is wider than you want.',
    'export default defineMcpSkill({',
    `  id: ${literal(id)},`,
    "  release: '1.0.0',",
    `  description: ${literal(`Tools of ${server.replace(/^\$/, '')}.`)},`,
    `  server: ${literal(server)},`,
    ...(bearerSecret === undefined ? [] : [`  bearerSecret: ${literal(bearerSecret)},`]),
    '  tools: {',
    ...tools.flatMap((tool) => toolSource(tool, taken)),
    '  },',
    '});',
    '',
  ].join('\n');
}

function toolSource({ name, description, inputSchema, outputSchema, annotations }: Tool, taken: Set<string>): string[] {
  const said = description?.trim() || `Call ${name}.`;
  const hints = [
    ...(annotations?.readOnlyHint === true ? ["readOnlyHint (effect: { class: 'P' } if that is true)"] : []),
    ...(annotations?.idempotentHint === true ? ['idempotentHint (not enough for class K, which needs a key)'] : []),
  ];
  return [
    ...hints.map((hint) => `    // The server says ${hint}.`),
    `    ${actionNameFor(name, taken)}: {`,
    `      tool: ${literal(name)},`,
    `      description: ${literal(said.slice(0, mostDescriptionCharacters).toWellFormed())},`,
    `      input: ${zodSource(inputSchema)},`,
    ...(outputSchema === undefined ? [] : [`      output: ${zodSource(outputSchema)},`]),
    '    },',
  ];
}

/** `createTicket` for `create_ticket`; a number makes it unlike those that are taken. */
function actionNameFor(tool: string, taken: Set<string>): string {
  const [first = 'call', ...others] = tool
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  const joined = [first, ...others.map((word) => word[0]?.toUpperCase() + word.slice(1))].join('');
  const base = (/^[a-z]/.test(joined) ? joined : `call${joined}`).slice(0, 36);
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}${number}`;
  taken.add(name);
  return name;
}
