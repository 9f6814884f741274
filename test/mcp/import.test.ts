import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { zodSource } from '../../cli/mcp/schema-source.ts';
import { skillSource } from '../../cli/mcp/skill-source.ts';
import type { SkillDefinition } from '../../core/model/skill.ts';
import type { McpSkillOptions } from '../../core/sdk/index.ts';
import { defineMcpSkill } from '../../core/sdk/index.ts';
import { holdfast } from '../cli/command.ts';
import { repository } from '../e2e/running-platform.ts';
import type { ToolServer } from './tool-server.ts';
import { startToolServer } from './tool-server.ts';

describe.each(['sessions', 'both'] as const)('holdfast mcp import from a server that speaks %s', (manner) => {
  let server: ToolServer;
  let folder: string;
  beforeAll(async () => {
    server = await startToolServer(manner);
    mkdirSync(join(repository, '.holdfast'), { recursive: true });
    folder = mkdtempSync(join(repository, '.holdfast', 'import-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('prints a skill that loads as it is, with every tool class N and untrusted', async () => {
    server.token = 'let-me-in-please';
    const args = ['mcp', 'import', server.url, '--id', 'Desk:v1', '--server', '$DESK_URL', '--bearer', 'DESK_TOKEN'];
    const { exitCode, stdout, stderr } = await holdfast(args, { env: { DESK_TOKEN: server.token } });
    expect(stderr).toContain('6 tools. Review every line');
    expect(exitCode).toBe(0);
    const file = join(folder, 'skill.ts');
    writeFileSync(file, stdout);
    const { default: skill } = (await import(pathToFileURL(file).href)) as { default: SkillDefinition };
    expect(skill).toMatchObject({ id: 'Desk:v1', settings: ['DESK_URL'], secrets: ['DESK_TOKEN'] });
    expect(Object.keys(skill.actions)).toContain('createTicket');
    for (const action of Object.values(skill.actions)) {
      expect(action).toMatchObject({ effect: { class: 'N' }, trust: 'untrusted' });
    }
    expect(stdout).toContain('// The server says readOnlyHint');
  });

  it('says what is wrong when the server lets nobody in, or is not there', async () => {
    server.token = 'let-me-in-please';
    const refused = await holdfast(['mcp', 'import', server.url, '--id', 'Desk:v1']);
    expect(refused).toMatchObject({ exitCode: 4, stdout: '', stderr: expect.stringContaining('cannot be asked') });
    const unset = await holdfast(['mcp', 'import', server.url, '--id', 'Desk:v1', '--bearer', 'NOBODY']);
    expect(unset).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('NOBODY, which is not set') });
    expect(await holdfast(['mcp', 'import', 'desk', '--id', 'Desk:v1'])).toMatchObject({ exitCode: 2 });
  });
});

/** What the source would hand to defineMcpSkill. */
function optionsIn(source: string): McpSkillOptions {
  const expression = source.replace(/^import .*$/gm, '').replace('export default defineMcpSkill(', '(');
  return runInNewContext(expression, { z }) as McpSkillOptions;
}

it('whatever a server says stays text: the source means one skill, and shows nothing that deceives the eye', () => {
  const anyText = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(anyText, anyText, fc.array(anyText, { maxLength: 3 }), (description, member, values) => {
      const properties = { [member]: { type: 'string' as const, description, enum: values } };
      const tools = ['open', 'o-pen', 'Open'].map((name) => ({
        ...{ name, description },
        inputSchema: { type: 'object' as const, properties, required: [member] },
      }));
      const source = skillSource({ id: 'Desk:v1', server: '$DESK_URL', bearerSecret: undefined, tools });
      expect(source.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      const options = optionsIn(source);
      expect(Object.keys(options.tools)).toEqual(['open', 'oPen', 'open2']);
      const [first] = Object.values(options.tools);
      expect(first?.description).toBe((description.trim() || 'Call open.').slice(0, 1_000).toWellFormed());
      expect(defineMcpSkill(options).id).toBe('Desk:v1');
    }),
  );
});

describe('a JSON Schema as zod', () => {
  it.each<[source: string, schema: unknown]>([
    ['z.string().min(1).max(9)', { type: 'string', minLength: 1, maxLength: 9, pattern: '(a+)+$' }],
    ['z.email()', { type: 'string', format: 'email' }],
    ['z.string()', { type: 'string', format: 'constructor' }],
    ['z.int().min(0)', { type: 'integer', minimum: 0 }],
    ['z.number().max(1.5)', { type: 'number', maximum: 1.5 }],
    ['z.number()', { type: 'number', maximum: '1); evil(' }],
    ['z.array(z.boolean()).min(1)', { type: 'array', items: { type: 'boolean' }, minItems: 1 }],
    ['z.enum(["a", "b"])', { enum: ['a', 'b'] }],
    ['z.union([z.literal("a"), z.literal(1)])', { enum: ['a', 1] }],
    ['z.literal(null)', { const: null }],
    ['z.string().nullable()', { type: ['string', 'null'] }],
    ['z.int().nullable()', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    ['z.union([z.string(), z.int()])', { oneOf: [{ type: 'string' }, { type: 'integer' }] }],
    [
      'z.strictObject({ a: z.string(), "b-c": z.int().optional() })',
      {
        ...{ type: 'object', additionalProperties: false, required: ['a'] },
        properties: { a: { type: 'string' }, 'b-c': { type: 'integer' } },
      },
    ],
    ['z.strictObject({})', { type: 'object' }],
    [
      'z.object({ a: z.record(z.string(), z.int()).optional() })',
      {
        type: 'object',
        properties: { a: { type: 'object', additionalProperties: { type: 'integer' } } },
      },
    ],
    ['z.json()', { $ref: '#/$defs/loop' }],
    ['z.json()', true],
  ])('%s', (source, schema) => {
    expect(zodSource(schema)).toBe(source);
  });
});
