import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { expect } from 'vitest';
import type * as z from 'zod';
import { MemoryBlobStore, MemoryEffectLedger, MemoryRunStore } from '../../core/adapters/memory/index.ts';
import { SystemIds, systemHttp } from '../../core/adapters/system/index.ts';
import { env } from '../../core/contract/env.ts';
import type { Endpoint } from '../../core/contract/endpoints.ts';
import { endpoints, problemsOf } from '../../core/contract/endpoints.ts';
import { problemDocument } from '../../core/contract/problems.ts';
import type { ProblemCode, ProblemDocument } from '../../core/contract/problems.ts';
import type { Registry } from '../../core/model/skill.ts';
import type { Clock, Ports } from '../../core/ports/index.ts';
import { createApi } from '../../functions/api/app.ts';
import { tokenAuthentication } from '../../functions/api/authenticate.ts';
import { DrivenEngine } from './engine.ts';
import { registry as project } from './project.ts';
import { memoryReach } from '../fixtures/memory-reach.ts';
import { authorizerOf } from '../fixtures/authorizers.ts';

export const issuer = 'https://issuer.example.com';
export const audience = 'holdfast-tests';
const { privateKey, publicKey } = await generateKeyPair('RS256');
const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] });
export const tokenEnvironment = { [env.tokenIssuer]: issuer, [env.tokenAudience]: audience, [env.tokenKeys]: keys };

/** A token that the API accepts, unless a claim says otherwise. */
export async function tokenWith(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const all = {
    iss: issuer,
    aud: audience,
    sub: 'ada',
    tenant: 'acme',
    scope: 'admin',
    exp: nowSeconds + 600,
    ...claims,
  };
  return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
}
const ada = await tokenWith();

/** A clock whose sleepers make the time pass. */
class JumpingClock implements Clock {
  #nowMs = Date.now();
  now(): number {
    return this.#nowMs;
  }
  async sleep(ms: number): Promise<void> {
    this.#nowMs += ms;
    await new Promise(setImmediate);
  }
  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Every problem that any test of this file has met. */
export const met = new Set<ProblemCode>();

export interface Ask {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a platform leaves behind when another one takes its place. */
interface Left {
  readonly ports: Ports & { readonly runs: MemoryRunStore };
  readonly engine: DrivenEngine;
  readonly clock: JumpingClock;
}

/** The API over stores in memory, with a clock and an engine that obey the test. */
export function createWorld(
  options: {
    readonly clock?: Clock;
    readonly registry?: Registry;
    readonly after?: Left;
    readonly streams?: boolean;
  } = {},
) {
  const registry = options.registry ?? project;
  const jumping = options.after?.clock ?? new JumpingClock();
  const engine = options.after?.engine ?? new DrivenEngine();
  const runs = options.after?.ports.runs ?? new MemoryRunStore();
  const ports = options.after?.ports ?? {
    runs,
    ledger: new MemoryEffectLedger(),
    blobs: new MemoryBlobStore(),
    http: systemHttp,
    ...memoryReach(),
    engine,
    clock: options.clock ?? jumping,
    ids: new SystemIds(),
  };
  const logged: Error[] = [];
  const app = createApi({
    ports,
    registry,
    functions: { arnOf: (skillId) => `arn:${skillId}:1` },
    authorizer: authorizerOf(registry),
    authenticate: tokenAuthentication(tokenEnvironment),
    logger: { error: (_message, error) => void logged.push(error) },
    streams: options.streams ?? false,
  });

  /** Sends a request and checks that the answer is one that the contract names. */
  async function ask(path: string, { method, token = ada, body, raw, headers }: Ask = {}) {
    const sends = body !== undefined || raw !== undefined;
    const verb = method ?? (sends ? 'POST' : 'GET');
    const response = await app.request(path, {
      method: verb,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(sends ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(sends ? { body: raw ?? JSON.stringify(body) } : {}),
    });
    const answer = verb === 'HEAD' ? undefined : await response.json();
    if (verb !== 'HEAD') checkAnswer(verb, path, response, answer);
    return { status: response.status, headers: response.headers, answer };
  }

  /** The answer of a request that has to succeed, as its schema has it. */
  async function get<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    options: Ask = {},
  ): Promise<z.output<Schema>> {
    const { status, answer } = await ask(path, options);
    expect(status, JSON.stringify(answer)).toBeLessThan(300);
    return schema.parse(answer);
  }

  /** The problem of a request that has to fail. */
  async function refused(
    code: ProblemCode,
    path: string,
    options: Ask = {},
  ): Promise<ProblemDocument & { headers: Headers }> {
    const { answer, headers } = await ask(path, options);
    expect(answer).toMatchObject({ code });
    return { ...problemDocument.parse(answer), headers };
  }

  const drive = (): Promise<void> => engine.drive(ports, registry, jumping);
  return { app, ports, engine, runs, clock: jumping, logged, ask, get, refused, drive };
}

function checkAnswer(method: string, path: string, response: Response, answer: unknown): void {
  const { pathname } = new URL(path, 'http://localhost');
  const endpoint: Endpoint | undefined = Object.values(endpoints).find(
    (candidate) =>
      candidate.method === method && new RegExp(`^${candidate.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  expect(response.headers.get('cache-control')).toBe('no-store');
  if (response.status < 300) {
    if (!endpoint) throw new Error(`${method} ${path} was answered but is no endpoint`);
    expect(response.status).toBe(endpoint.status);
    expect(response.headers.get('content-type')).toBe('application/json');
    endpoint.response?.parse(answer);
    return;
  }
  const problem = problemDocument.parse(answer);
  met.add(problem.code);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(problem).toMatchObject({
    status: response.status,
    type: `urn:holdfast:problem:${problem.code}`,
    instance: pathname,
  });
  expect(endpoint ? problemsOf(endpoint) : ['unknown-route', 'method-not-allowed']).toContain(problem.code);
}
