import { expect, it } from 'vitest';
import { endpoints, problemsOf } from '../../core/contract/endpoints.ts';
import { createWorld } from './world.ts';

interface Described {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const { ask, app } = createWorld();
const { answer } = await ask('/v1/openapi.json', { token: '' });
const document = answer as Document;

it('is OpenAPI 3.1 and describes every endpoint, and no other', () => {
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
  );
  const wanted = Object.entries(endpoints).map(([id, { method, path }]) => `${id} ${method} ${path}`);
  expect(described.toSorted()).toEqual(wanted.toSorted());
});

it('describes what is served: every endpoint has a route, and every route is an endpoint', () => {
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  const wanted = Object.values(endpoints).map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
  expect(routes.toSorted()).toEqual(wanted.toSorted());
});

it('refers to schemas that are there, and has none that nothing refers to', () => {
  const text = JSON.stringify(document);
  const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target);
  const there = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...new Set(referred)].toSorted()).toEqual(there.toSorted());
  expect(text).not.toContain('$defs');
});

it('names parameters, scopes and every problem of an endpoint', () => {
  for (const [operationId, endpoint] of Object.entries(endpoints)) {
    const described = document.paths[endpoint.path]?.[endpoint.method.toLowerCase()];
    if (!described) throw new Error(`${operationId} is not described`);
    const { security, parameters, responses } = described;
    expect(security).toEqual(endpoint.scope ? [{ bearer: [endpoint.scope] }] : []);
    const codes = Object.entries(responses).flatMap(([status, { description }]) =>
      Number(status) < 300 ? [] : description.split(', '),
    );
    expect(codes.toSorted()).toEqual(problemsOf(endpoint).toSorted());
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect(inPath).toEqual(endpoint.path.match(/\{\w+\}/g) ?? []);
  }
  const names = (path: string, method: string) => document.paths[path]?.[method]?.parameters.map(({ name }) => name);
  expect(names('/v1/runs', 'post')).toEqual(['Idempotency-Key']);
  expect(names('/v1/escalations', 'get')).toEqual(['status', 'limit', 'cursor']);
});
