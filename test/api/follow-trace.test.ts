import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { afterEach, describe, expect, it } from 'vitest';
import { runAccepted, tracePage } from '../../core/contract/api.ts';
import type { TraceEvent, TracePage } from '../../core/contract/api.ts';
import { systemClock } from '../../core/adapters/system/index.ts';
import { createClient } from '../../cli/client.ts';
import { createWorld, tokenWith } from './world.ts';

const count = (upTo: number) => ({ agent: 'writer', playbook: 'count', input: { upTo } });
const token = await tokenWith();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function served(world: ReturnType<typeof createWorld>): Promise<string> {
  return new Promise((resolve) => {
    const server = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    ) as Server;
    servers.push(server);
  });
}

async function started(body: object, world: ReturnType<typeof createWorld>): Promise<string> {
  return (await world.get(runAccepted, '/v1/runs', { body })).runId;
}

const told = ({ seq: _seq, ...event }: TraceEvent): object => event;

describe('a run that is followed', () => {
  it('is told as it happens, once, in its order, and the stream ends with the run', async () => {
    const world = createWorld({ streams: true, clock: systemClock });
    const url = await served(world);
    const runId = await started(count(5), world);
    const client = createClient({ url, token: async () => token });
    const stream = await client.followRun(runId, '', new AbortController().signal);
    if (!stream) throw new Error('nothing is streamed');
    const events: TraceEvent[] = [];
    let over = false;
    const first = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const one of stream) {
        if (one.kind === 'over') over = true;
        else events.push(one.event);
        first.resolve();
      }
    })();
    await first.promise;
    await world.drive();
    await reading;
    expect(over).toBe(true);
    const page = await world.get(tracePage, `/v1/runs/${runId}/trace?limit=500`);
    expect(events.map(told)).toEqual(page.events.map(told));
  });

  it('is taken up again after any event, with nothing left out and nothing told twice', async () => {
    const world = createWorld({ streams: true });
    const runId = await started(count(4), world);
    await world.drive();
    const page = await world.get(tracePage, `/v1/runs/${runId}/trace?limit=500`);
    const whole = await streamed(world, runId);
    expect(whole.map(({ event }) => event)).toEqual(page.events);
    for (const [index, { id }] of whole.entries()) {
      const rest = await streamed(world, runId, id);
      expect(rest.map(({ event }) => event)).toEqual(page.events.slice(index + 1));
    }
  });

  it('costs nothing any more once its follower is gone', async () => {
    const world = createWorld({ streams: true, clock: systemClock });
    const url = await served(world);
    const runId = await started(count(2), world);
    let reads = 0;
    const readHead = world.ports.runs.readHead.bind(world.ports.runs);
    world.ports.runs.readHead = (run) => {
      reads += 1;
      return readHead(run);
    };
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/v1/runs/${runId}/events`, { headers, signal: gone.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    gone.abort();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = reads;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reads).toBe(before);
    expect(world.logged).toEqual([]);
  });

  it('is told that it is still there while nothing happens, and looks at the table less and less often', async () => {
    const world = createWorld({ streams: true });
    const runId = await started(count(2), world);
    let reads = 0;
    const readHead = world.ports.runs.readHead.bind(world.ports.runs);
    world.ports.runs.readHead = (run) => {
      reads += 1;
      return readHead(run);
    };
    const text = await (await events(world, runId)).text();
    // A quarter of an hour of a clock that jumps; then the connection ends, and the run is not over.
    expect(text.match(/^: still here$/gm)?.length).toBeGreaterThan(40);
    expect(text).not.toContain('event: end');
    expect(reads).toBeLessThan(400);
  });

  it('is told of by pages to whoever cannot have a stream', async () => {
    const world = createWorld();
    const runId = await started(count(3), world);
    const problem = await world.refused('streaming-unavailable', `/v1/runs/${runId}/events`);
    expect(problem.detail).toContain(`/v1/runs/${runId}/trace?since=`);
    const pages: TracePage[] = [];
    const ask = async (): Promise<void> => {
      const since = pages.at(-1)?.since ?? '';
      const page = await world.get(tracePage, `/v1/runs/${runId}/trace?limit=2&since=${since}`);
      pages.push(page);
      if (page.more === true) await ask();
    };
    await ask();
    await world.drive();
    await ask();
    await ask();
    const whole = await world.get(tracePage, `/v1/runs/${runId}/trace?limit=500`);
    expect(pages.flatMap((page) => page.events).map(told)).toEqual(whole.events.map(told));
    expect(pages.at(-1)?.events).toEqual([]);
  });

  it('is refused to strangers, and a place that was never given is told', async () => {
    const world = createWorld({ streams: true });
    const runId = await started(count(1), world);
    await world.refused('unknown-run', `/v1/runs/${runId}/events`, { token: await tokenWith({ tenant: 'other' }) });
    await world.refused('unauthenticated', `/v1/runs/${runId}/events`, { token: '' });
    for (const path of ['events', 'trace']) {
      const { detail } = await world.refused('invalid-parameter', `/v1/runs/${runId}/${path}?since=nonsense`);
      expect(detail).toContain('nonsense');
    }
  });
});

function events(world: ReturnType<typeof createWorld>, runId: string, lastEventId?: string): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  return Promise.resolve(world.app.request(`/v1/runs/${runId}/events`, { headers }));
}

async function streamed(world: ReturnType<typeof createWorld>, runId: string, lastEventId?: string) {
  const text = await (await events(world, runId, lastEventId)).text();
  return [...text.matchAll(/^id: (\S+)\nevent: trace\ndata: (.*)$/gm)].map(([, id = '', data = '']) => ({
    ...{ id, event: JSON.parse(data) as TraceEvent },
  }));
}
