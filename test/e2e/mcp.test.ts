import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonObject } from '../../core/model/json.ts';
import { defineMcpSkill } from '../../core/sdk/index.ts';
import { mintLocalToken } from '../../local/tokens.ts';
import type { RunningCommand } from '../cli/command.ts';
import { holdfast } from '../cli/command.ts';
import { skillContext } from '../fixtures/skill-context.ts';
import type { Manner } from './mcp-client.ts';
import { connectHttp, connectStdio, serveHttp } from './mcp-client.ts';
import type { ProjectFolder } from './running-platform.ts';
import { makeProjectFolder, RunningPlatform } from './running-platform.ts';
import { bookedFor, setFault, tripOf } from './travel.ts';

let folder: ProjectFolder;
let platform: RunningPlatform;
const open: Client[] = [];

beforeAll(async () => {
  folder = await makeProjectFolder();
  platform = await RunningPlatform.start(folder);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await RunningPlatform.killAll();
  folder.remove();
});

async function stdio(agent: string, manner: Manner = 'auto'): Promise<Client> {
  const { client } = await connectStdio(folder, agent, manner);
  open.push(client);
  return client;
}

const stay = (guest: string): JsonObject => ({
  city: 'Lisbon',
  checkIn: '2027-03-01',
  checkOut: '2027-03-03',
  guests: [{ name: guest }],
});
const bookStay = (guest: string, key?: string) => ({
  name: 'HotelBooking_v1_book',
  arguments: stay(guest),
  ...(key === undefined ? {} : { _meta: { 'holdfast/idempotencyKey': key } }),
});

function structured({ structuredContent }: CallToolResult): Readonly<Record<string, string>> {
  return structuredContent as Record<string, string>;
}

describe.each<Manner>(['legacy', 'auto'])(
  'holdfast mcp on standard input and output, with a client that speaks %s',
  (manner) => {
    it('lists what the agent was granted, as tools with schemas, and says within which limits', async () => {
      const client = await stdio('billing', manner);
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['Billing_v1_read', 'Billing_v1_charge', 'Billing_v1_refund', 'Text_v1_join']),
      );
      expect(tools.map(({ name }) => name)).not.toContain('HotelBooking_v1_book');
      const refund = tools.find(({ name }) => name === 'Billing_v1_refund');
      expect(refund).toMatchObject({
        inputSchema: { type: 'object', required: ['chargeId', 'amountCents', 'reason'] },
      });
      expect(refund?.description).toMatch(/Granted within limits: .*50000.*; or .*200000/);
    });

    it('carries a call out as a run of the agent, and answers with its output and progress', async () => {
      const client = await stdio('trip-planner', manner);
      const progress: string[] = [];
      const guest = `Ida of ${manner}`;
      const answer = await client.callTool(bookStay(guest), {
        onprogress: ({ message }) => progress.push(message ?? ''),
      });
      expect(answer.isError ?? false).toBe(false);
      expect(answer.structuredContent).toMatchObject({ status: 'completed', output: { city: 'Lisbon', nights: 2 } });
      expect(JSON.parse((answer.content[0] as { text: string }).text)).toMatchObject({ city: 'Lisbon' });
      expect(progress.length).toBeGreaterThan(0);
      expect(await bookedFor(folder, guest)).toMatchObject({ hotels: 1 });
      const { runId = '' } = structured(answer);
      expect(await platform.showRun(runId)).toMatchObject({ agent: 'trip-planner', labels: { via: 'mcp' } });
    });

    it('does a call once that is repeated with one key, and refuses the key for another call', async () => {
      const guest = `Bo of ${manner}`;
      const client = await stdio('trip-planner', manner);
      const [first, again] = await Promise.all([
        client.callTool(bookStay(guest, `key ${manner}`)),
        client.callTool(bookStay(guest, `key ${manner}`)),
      ]);
      expect(structured(again)['runId']).toBe(structured(first)['runId']);
      expect(await bookedFor(folder, guest)).toMatchObject({ hotels: 1 });
      const other = await client.callTool(bookStay('Somebody else', `key ${manner}`));
      expect(other).toMatchObject({ isError: true, structuredContent: { code: 'idempotency-key-reused' } });
    });

    it('refuses arguments that do not fit and actions that were not granted, and starts nothing', async () => {
      const client = await stdio('trip-planner', manner);
      const misfit = await client.callTool({ name: 'HotelBooking_v1_book', arguments: { city: 'Lisbon' } });
      expect(misfit).toMatchObject({ isError: true, structuredContent: { code: 'plan-rejected' } });
      expect((misfit.content[0] as { text: string }).text).toContain('checkIn');
      const denied = await client.callTool({ name: 'Billing_v1_refund', arguments: {} });
      expect(denied).toMatchObject({ isError: true, structuredContent: { code: 'plan-rejected' } });
      await expect(client.callTool({ name: 'rm -rf', arguments: {} })).rejects.toThrow(/no tool 'rm -rf'/);
    });

    it('lets a sensitive argument wait for a person, and does it once the person has approved', async () => {
      const client = await stdio('user-admin', manner);
      const person = { name: `mia-${manner}`, displayName: 'Mia', email: `mia-${manner}@example.com` };
      const created = await client.callTool({ name: 'UserManagement_v2_create', arguments: person });
      const { userId } = (created.structuredContent as { output: { userId: string } }).output;
      const call = {
        name: 'UserManagement_v2_grantRole',
        arguments: { userId, role: 'editor' },
        _meta: { 'holdfast/idempotencyKey': `role of ${userId}` },
      };
      const waiting = await client.callTool(call);
      expect(waiting.isError ?? false).toBe(false);
      expect(waiting.structuredContent).toMatchObject({ status: 'waiting', escalation: 'approval' });
      const { escalationId = '', runId = '' } = structured(waiting);
      expect((waiting.content[0] as { text: string }).text).toContain(`inbox resolve ${escalationId} --approve`);
      const verdict = { resolution: 'approve', reason: 'I know Mia' };
      await platform.call('POST', `/v1/escalations/${escalationId}/resolve`, verdict);
      const done = await client.callTool(call);
      expect(done.structuredContent).toMatchObject({ status: 'completed', runId });
    });
  },
);

describe('holdfast mcp', () => {
  it('a call that its client cancels cancels the run', async () => {
    await setFault(folder, 'hotels', 'hang', 1);
    const client = await stdio('trip-planner');
    const cancellation = new AbortController();
    const seen = Promise.withResolvers<string>();
    const call = client.callTool(bookStay('Cy'), {
      signal: cancellation.signal,
      onprogress: ({ message }) => seen.resolve(message ?? ''),
    });
    const runId = /run-\S+/.exec(await seen.promise)?.[0] ?? '';
    cancellation.abort('never mind');
    await expect(call).rejects.toThrow('never mind');
    const run = await platform.runUntil(runId, ({ status }) => status === 'canceled');
    expect(run.cancelRequested).toMatchObject({ reason: 'the MCP client canceled its call' });
    expect(await bookedFor(folder, 'Cy')).toMatchObject({ hotels: 0 });
  });

  it('lets an agent hand a goal on, as tools named like the agents, and answers with what the other one reached', async () => {
    const client = await stdio('reception');
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Agent_v1_trip-planner', 'Agent_v1_user-admin']));
    expect(new Set(names).size).toBe(names.length);
    const order = { playbook: 'book-trip', input: tripOf('Jo') };
    const answer = await client.callTool({ name: 'Agent_v1_trip-planner', arguments: order });
    expect(answer.structuredContent).toMatchObject({ status: 'completed', output: { result: {} } });
    const { output } = answer.structuredContent as { output: { runId: string; result: JsonObject } };
    expect(await platform.showRun(output.runId)).toMatchObject({
      ...{ agent: 'trip-planner', output: output.result, parent: { runId: structured(answer)['runId'] } },
    });
    expect(await bookedFor(folder, 'Jo')).toMatchObject({ flights: 1, hotels: 1 });
  });

  it('a client that goes away leaves its run, which ends without it', async () => {
    const { client } = await connectStdio(folder, 'trip-planner', 'auto');
    await setFault(folder, 'hotels', 'hang', 1);
    const seen = Promise.withResolvers<string>();
    const call = client.callTool(bookStay('Di'), { onprogress: ({ message }) => seen.resolve(message ?? '') });
    const runId = /run-\S+/.exec(await seen.promise)?.[0] ?? '';
    const [outcome] = await Promise.allSettled([call, client.close()]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/closed/i) } });
    expect(await platform.runUntil(runId, ({ status }) => status === 'completed')).not.toHaveProperty(
      'cancelRequested',
    );
    expect(await bookedFor(folder, 'Di')).toMatchObject({ hotels: 1 });
  });

  it('a call outlives a kill -9 of the platform, and is done once', async () => {
    await setFault(folder, 'hotels', 'hang', 1);
    const client = await stdio('trip-planner');
    const seen = Promise.withResolvers<void>();
    const call = client.callTool(bookStay('Eve'), { onprogress: () => seen.resolve() });
    await seen.promise;
    await pause(500);
    await platform.kill();
    platform = await RunningPlatform.start(folder);
    expect((await call).structuredContent).toMatchObject({ status: 'completed' });
    expect(await bookedFor(folder, 'Eve')).toMatchObject({ hotels: 1 });
  });

  it('says at once that there is no such agent, and that --port is for --http', async () => {
    const env = { HOLDFAST_URL: platform.url, HOLDFAST_DATA: folder.dataDirectory };
    expect(await holdfast(['mcp', '--agent', 'nobody'], { env })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining("There is no agent 'nobody'"),
    });
    expect(await holdfast(['mcp', '--agent', 'billing', '--port', '1'], { env })).toMatchObject({ exitCode: 2 });
  });
});

describe('holdfast mcp --http', () => {
  let url: string;
  let command: RunningCommand;
  beforeAll(async () => ({ url, command } = await serveHttp(folder, 'trip-planner')));
  afterAll(() => void command.child.kill('SIGKILL'));

  const tokenFor = (tenantId: string, scopes: readonly ('runs:read' | 'runs:write')[]) =>
    mintLocalToken({ dataDirectory: folder.dataDirectory, tenantId, scopes, expiresInSeconds: 600, subject: 'test' });

  it.each<Manner>(['legacy', 'auto'])('serves a client that speaks %s for the tenant of its token', async (manner) => {
    const client = await connectHttp(url, await tokenFor('acme', ['runs:read', 'runs:write']), manner);
    open.push(client);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('HotelBooking_v1_book');
    const progress: string[] = [];
    const guest = `Flo of ${manner}`;
    const answer = await client.callTool(bookStay(guest), {
      onprogress: ({ message }) => progress.push(message ?? ''),
    });
    expect(answer.structuredContent).toMatchObject({ status: 'completed' });
    expect(progress.length).toBeGreaterThan(0);
    const { runId = '' } = structured(answer);
    const authorization = `Bearer ${await platform.token('acme')}`;
    expect(await platform.showRun(runId, { authorization })).toMatchObject({ status: 'completed' });
    expect((await platform.call('GET', `/v1/runs/${runId}`)).status).toBe(404);
  });

  it('lets nobody in without a token that the platform accepts and that may list and run', async () => {
    const ask = (headers: Readonly<Record<string, string>>) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer forged' })).status).toBe(401);
    const writer = await tokenFor('acme', ['runs:write']);
    expect((await ask({ authorization: `Bearer ${writer}` })).status).toBe(403);
    const reader = await connectHttp(url, await tokenFor('acme', ['runs:read']), 'auto');
    open.push(reader);
    expect(await reader.callTool(bookStay('Gil'))).toMatchObject({
      isError: true,
      structuredContent: { code: 'insufficient-scope' },
    });
  });

  it('answers no page of another origin', async () => {
    const headers = {
      authorization: `Bearer ${await tokenFor('acme', ['runs:read'])}`,
      origin: 'https://evil.example',
    };
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(403);
  });

  it('can be mounted by another Holdfast, whose sends with one effect key are one run', async () => {
    const booked = z.object({ status: z.literal('completed'), output: z.object({ bookingId: z.string() }) });
    const skill = defineMcpSkill({
      ...{ id: 'Travel:v1', release: '1.0.0', description: 'Books trips elsewhere.', server: url },
      bearerSecret: 'TRAVEL_TOKEN',
      tools: {
        book: {
          ...{ tool: 'HotelBooking_v1_book', description: 'Book a stay.', input: z.looseObject({}), output: booked },
          effect: { class: 'K', keyTtl: '24h' },
        },
      },
    });
    const token = await tokenFor('default', ['runs:read', 'runs:write']);
    const send = async (effectKey: string): Promise<unknown> => {
      const context = skillContext({ skill, effectKey, settings: {}, fetch, secrets: { TRAVEL_TOKEN: token } });
      return booked.parse(await skill.actions['book']?.run(stay('Ivy') as never, context));
    };
    expect(await send('effect-1')).toEqual(await send('effect-1'));
    expect(await bookedFor(folder, 'Ivy')).toMatchObject({ hotels: 1 });
    await send('effect-2');
    expect(await bookedFor(folder, 'Ivy')).toMatchObject({ hotels: 2 });
  });

  it('a call whose stream its client closes cancels the run', async () => {
    await setFault(folder, 'hotels', 'hang', 1);
    const client = await connectHttp(url, await tokenFor('default', ['runs:read', 'runs:write']), 'auto');
    const cancellation = new AbortController();
    const seen = Promise.withResolvers<string>();
    const call = client.callTool(bookStay('Hal'), {
      signal: cancellation.signal,
      onprogress: ({ message }) => seen.resolve(message ?? ''),
    });
    const runId = /run-\S+/.exec(await seen.promise)?.[0] ?? '';
    cancellation.abort('never mind');
    await expect(call).rejects.toThrow('never mind');
    await platform.runUntil(runId, ({ status }) => status === 'canceled');
    await client.close();
  });
});
