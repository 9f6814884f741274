import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Context } from 'aws-lambda';
import type { LambdaEvent } from 'hono/aws-lambda';
import { env } from '../../core/contract/env.ts';
import { problemDocument } from '../../core/contract/problems.ts';
import { handler } from '../../functions/api/handler.ts';
import { provideProject } from '../../functions/registry.ts';
import { telemetry } from '../../functions/telemetry.ts';
import { jsonLines } from '../fixtures/log-lines.ts';
import { registry } from './project.ts';

const context = { awsRequestId: 'request-1', functionName: 'api' } as Context;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the function behind the HTTP API', () => {
  /** As API Gateway sends it, payload format 2.0. */
  const event = (path: string, claims?: Record<string, string>): LambdaEvent => {
    const sent = {
      version: '2.0',
      routeKey: '$default',
      rawPath: path,
      rawQueryString: '',
      headers: { host: 'api.example.com' },
      body: null,
      isBase64Encoded: false,
      requestContext: {
        accountId: '1',
        apiId: 'a',
        authentication: null,
        authorizer: claims ? { jwt: { claims } } : {},
        domainName: 'api.example.com',
        domainPrefix: 'api',
        http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
        requestId: 'r',
        routeKey: '$default',
        stage: '$default',
        time: '',
        timeEpoch: 0,
      },
    };
    // What hono declares is narrower than what API Gateway sends.
    return sent as unknown as LambdaEvent;
  };

  function deploy(): void {
    vi.stubEnv(env.table, 'table');
    vi.stubEnv(env.bucket, 'bucket');
    vi.stubEnv(env.runMachineArnPrefix, 'arn:aws:states:eu-west-1:1:stateMachine:holdfast-run-');
    vi.stubEnv(env.skillFunctionArnPrefix, 'arn:aws:lambda:eu-west-1:1:function:holdfast-skill-');
    vi.stubEnv(env.skillFunctionVersions, '{}');
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    provideProject({ registry, policies: [], isPart: false });
  }

  it('answers in text, without a token where none is asked for', async () => {
    deploy();
    expect(await handler(event('/healthz'), context)).toMatchObject({
      statusCode: 200,
      body: '{"status":"ok"}',
      isBase64Encoded: false,
    });
  });

  it('lets in whom the authorizer has verified, and nobody else', async () => {
    deploy();
    const claims = { sub: 'ada', tenant: 'acme', scope: 'runs:read' };
    const listed = await handler(event('/v1/skills', claims), context);
    expect(listed).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(listed.body).toContain('"Words:v1"');
    const refused = await handler(event('/v1/skills'), context);
    expect(refused).toMatchObject({ statusCode: 401, isBase64Encoded: false });
    expect(problemDocument.parse(JSON.parse(refused.body)).code).toBe('unauthenticated');
  });

  it('logs what is its own fault with the run that was asked for, and whose it is', async () => {
    deploy();
    let written = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
    const runId = 'run-00000000000000000000000001';
    const claims = { sub: 'ada', tenant: 'acme', scope: 'runs:read' };
    vi.resetModules();
    const again = await import('../../functions/api/handler.ts');
    const project = await import('../../functions/registry.ts');
    project.provideProject({ registry, policies: [], isPart: false });
    expect(await again.handler(event(`/v1/runs/${runId}`, claims), context)).toMatchObject({ statusCode: 503 });
    expect(jsonLines(written)).toMatchObject([{ level: 'ERROR', service: 'api', runId, tenantId: 'acme' }]);
  });
});

describe('a traced handler', () => {
  it('sends a subsegment with the run to X-Ray where it is active, also when it fails', async () => {
    const received: string[] = [];
    const daemon = createSocket('udp4', (message) => received.push(String(message)));
    await new Promise<void>((listening) => void daemon.bind(0, '127.0.0.1', listening));
    vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', `127.0.0.1:${daemon.address().port}`);
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'demo');
    vi.stubEnv('AWS_EXECUTION_ENV', 'AWS_Lambda_nodejs24.x');
    vi.stubEnv('LAMBDA_TASK_ROOT', '/var/task');
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1';
    vi.stubEnv('_X_AMZN_TRACE_ID', trace);
    const { traced } = telemetry('demo');
    const work = traced(async ({ fails }: { runId: string; agent: string; fails: boolean }) => {
      if (fails) throw new Error('boom');
      return 7;
    });
    expect(await work({ runId: 'run-1', agent: 'a', fails: false }, context)).toBe(7);
    await expect(work({ runId: 'run-2', agent: 'a', fails: true }, context)).rejects.toThrow('boom');
    await vi.waitFor(() => expect(received).toHaveLength(2));
    daemon.close();
    const segments = received.map((text) => JSON.parse(text.split('\n')[1] ?? '') as unknown);
    expect(segments).toMatchObject([
      { name: '## demo', annotations: { runId: 'run-1', agent: 'a', Service: 'demo' } },
      { name: '## demo', annotations: { runId: 'run-2' }, fault: true },
    ]);
  });

  it('adds nothing elsewhere', async () => {
    const { traced } = telemetry('demo');
    expect(await traced(async (event: { runId: string }) => event.runId)({ runId: 'run-1' }, context)).toBe('run-1');
  });
});
