import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import type { Json } from '../../model/json.ts';
import { DefinitionError } from '../definition-error.ts';
import { defineMcpSkill } from './define-mcp-skill.ts';
import type { McpSkillOptions, McpToolOptions } from './define-mcp-skill.ts';
import { outputOf, toolAnswerOf } from './tool-answer.ts';

const create: McpToolOptions = {
  tool: 'create_ticket',
  description: 'Open a ticket.',
  input: z.object({ title: z.string(), priority: z.string() }),
};
const tickets: McpSkillOptions = {
  id: 'Tickets:v1',
  release: '1.0.0',
  description: 'Tickets of the help desk.',
  server: '$TICKETS_MCP_URL',
  tools: { createTicket: create },
};

function complaints(options: object): string {
  try {
    defineMcpSkill({ ...tickets, ...options });
    return '';
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
}

describe('a mounted server', () => {
  test('becomes a skill like any other, which may reach the server and nothing else', () => {
    const skill = defineMcpSkill({ ...tickets, bearerSecret: 'TICKETS_TOKEN', dependency: 'help-desk' });
    expect(skill).toMatchObject({
      kind: 'skill',
      settings: ['TICKETS_MCP_URL'],
      secrets: ['TICKETS_TOKEN'],
      network: ['$TICKETS_MCP_URL'],
      dependency: 'help-desk',
      actions: { createTicket: { effect: { class: 'N' }, trust: 'untrusted', description: 'Open a ticket.' } },
    });
    expect(Object.keys(skill)).not.toEqual(expect.arrayContaining(['server', 'tools']));
    const direct = defineMcpSkill({ ...tickets, server: 'https://desk.example.com/mcp' });
    expect(direct).toMatchObject({ settings: [], network: ['https://desk.example.com'] });
    expect(direct).not.toHaveProperty('secrets');
  });

  test('has what its author declares', () => {
    const options = { effect: { class: 'K', keyTtl: '24h' }, sensitive: ['priority'], trust: 'model' } as const;
    const { actions } = defineMcpSkill({ ...tickets, tools: { createTicket: { ...create, ...options } } });
    expect(actions['createTicket']).toMatchObject({
      effect: { class: 'K', keyTtlMs: 86_400_000 },
      sensitive: ['priority'],
      trust: 'model',
    });
  });

  test.each<[expected: string, options: object]>([
    ['server is no address of a server. Given: "desk.example.com".', { server: 'desk.example.com' }],
    ['server is no address of a server.', { server: 'https://ada:secret@desk.example.com' }],
    ['server is no address of a server.', { server: '$tickets' }],
    ['settings.0 is not a valid name. Given: "AWS_REGION".', { server: '$AWS_REGION' }],
    ['secrets.0 is not a valid name. Given: "token".', { bearerSecret: 'token' }],
    ['protocol is not known. Given: "2024-11-05".', { protocol: '2024-11-05' }],
    ['tools must hold at least one tool.', { tools: {} }],
    ['network is not a known member.', { network: ['https://elsewhere.example'] }],
    ['actions.create_ticket is not a valid name.', { tools: { create_ticket: create } }],
    ['tools.createTicket.tool is not a valid name.', { tools: { createTicket: { ...create, tool: 'ä' } } }],
    ['tools.createTicket.annotations is not a known', { tools: { createTicket: { ...create, annotations: {} } } }],
    ['tools.createTicket.errorsMean is not known.', { tools: { createTicket: { ...create, errorsMean: 'done' } } }],
    ['tools.createTicket.trust is not known.', { tools: { createTicket: { ...create, trust: 'trusted' } } }],
    [
      'effect needs a lookup, which',
      { tools: { createTicket: { ...create, effect: { class: 'Q', settleTime: '1s' } } } },
    ],
    ['tools.createTicket.input must be a schema of zod 4.', { tools: { createTicket: { ...create, input: {} } } }],
    ['tools.createTicket.effect.keyTtl must be a', { tools: { createTicket: { ...create, effect: { class: 'K' } } } }],
  ])('is refused, and its author told: %s', (expected, options) => {
    expect(complaints(options)).toContain(expected);
  });
});

describe('what a tool answers', () => {
  const text = (said: string) => ({ type: 'text', text: said });

  it('is its data, else JSON in its text, else its text', () => {
    const both = toolAnswerOf({ content: [text('made')], structuredContent: { ticketId: 'T1' } });
    expect(outputOf(both, false)).toEqual({ ticketId: 'T1' });
    expect(outputOf(both, true)).toEqual({ text: 'made' });
    expect(outputOf(toolAnswerOf({ content: [text('{"ticketId":"T1"}')] }), false)).toEqual({ ticketId: 'T1' });
    expect(outputOf(toolAnswerOf({ content: [text('{"ticketId"')] }), false)).toEqual({ text: '{"ticketId"' });
    expect(outputOf(toolAnswerOf({ structuredContent: { a: 1 } }), true)).toEqual({ text: '{"a":1}' });
  });

  it('is said part by part; pictures are only mentioned', () => {
    const content: Json = [
      text('one'),
      { type: 'image', data: 'aGk=', mimeType: 'image/png' },
      { type: 'resource', resource: { uri: 'file:///a', text: 'two' } },
      { type: 'resource_link', uri: 'https://example.com/b', name: 'b' },
    ];
    expect(toolAnswerOf({ content })).toEqual({
      isError: false,
      text: 'one\n[image]\ntwo\n[resource_link https://example.com/b]',
      structured: undefined,
    });
  });

  it('is no answer when it asks for more first', () => {
    expect(() => toolAnswerOf({ resultType: 'input_required', inputRequests: {} })).toThrow(
      "the tool answered 'input_required' and wants something first",
    );
    expect(toolAnswerOf({ resultType: 'complete', isError: true, content: [] })).toMatchObject({ isError: true });
  });
});
