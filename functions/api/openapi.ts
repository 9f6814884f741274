import * as z from 'zod';
import * as api from '../../core/contract/api.ts';
import type { Endpoint } from '../../core/contract/endpoints.ts';
import { endpoints, problemsOf } from '../../core/contract/endpoints.ts';
import { problemDocument, problemTypes } from '../../core/contract/problems.ts';
import { json } from '../../core/model/json.ts';

/** Schemas that are named in the document. */
const named = {
  Json: json,
  StartRunRequest: api.startRunRequest,
  PlanDraft: api.planDraft,
  CancelRequest: api.cancelRequest,
  ResumeRequest: api.resumeRequest,
  ResolveRequest: api.resolveRequest,
  ResolveBody: api.resolveBody,
  HumanResponses: api.humanResponses,
  ClaimRequest: api.claimRequest,
  ReleaseRequest: api.releaseRequest,
  ReassignRequest: api.reassignRequest,
  CommentRequest: api.commentRequest,
  RedriveRequest: api.redriveRequest,
  RedriveReport: api.redriveReport,
  ExplainRequest: api.explainRequest,
  Explanation: api.explanation,
  RunAccepted: api.runAccepted,
  RunPreview: api.runPreview,
  RunPage: api.runPage,
  Run: api.runView,
  PlanPage: api.planPage,
  TraceEvent: api.traceEvent,
  TracePage: api.tracePage,
  OtlpTrace: api.otlpTrace,
  Trace: api.trace,
  Audit: api.auditView,
  SkillPage: api.skillPage,
  Skill: api.skillView,
  AgentPage: api.agentPage,
  ToolPage: api.toolPage,
  GrantsPage: api.grantsPage,
  EscalationPage: api.escalationPage,
  Escalation: api.escalationView,
  HumanInterrupt: api.humanInterrupt,
  EscalationAnswer: api.escalationAnswer,
  Spend: api.spendView,
  BreakerPage: api.breakerPage,
  Breaker: api.breakerView,
  BreakerRequest: api.breakerRequest,
  Health: api.health,
  Problem: problemDocument,
} as const satisfies Readonly<Record<string, z.ZodType>>;
const requests = new Set<string>([
  'StartRunRequest',
  'PlanDraft',
  'CancelRequest',
  'ExplainRequest',
  'ResolveRequest',
  'ResolveBody',
  'HumanResponses',
  'ClaimRequest',
  'ReleaseRequest',
  'ReassignRequest',
  'CommentRequest',
  'RedriveRequest',
  'BreakerRequest',
]);

type SchemaNode = Record<string, unknown>;
let document: SchemaNode | undefined;

/** OpenAPI 3.1 of the HTTP API, made from the schemas that check its bodies. */
export function openApiDocument(): SchemaNode {
  document ??= {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description: 'Runs of agents that survive crashes. Errors are application/problem+json with a stable code.',
    },
    paths: pathsOf(Object.entries(endpoints)),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: schemas(),
    },
  };
  return document;
}

function pathsOf(entries: readonly (readonly [string, Endpoint])[]): SchemaNode {
  const paths: Record<string, SchemaNode> = {};
  for (const [operationId, endpoint] of entries) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operationOf(operationId, endpoint),
    };
  }
  return paths;
}

function operationOf(operationId: string, endpoint: Endpoint): SchemaNode {
  const { summary, scope, body, status, response, streams } = endpoint;
  const media = streams ? 'text/event-stream' : 'application/json';
  return {
    operationId,
    summary,
    security: scope ? [{ bearer: [scope] }] : [],
    parameters: parametersOf(endpoint),
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { 'application/json': { schema: refTo(body) } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done',
        content: { [media]: { schema: response ? refTo(response) : { type: 'object' } } },
      },
      ...problemResponses(endpoint),
    },
  };
}

function parametersOf(endpoint: Endpoint): SchemaNode[] {
  const segments = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {} } = plain(z.toJSONSchema(endpoint.query, { io: 'input' })) as { properties?: SchemaNode };
  const query = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
  const pattern = api.idempotencyKeyPattern.source;
  const key = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', pattern } };
  return [...segments, ...query, ...(endpoint.keyed ? [key] : [])];
}

function problemResponses(endpoint: Endpoint): SchemaNode {
  const byStatus = Map.groupBy(problemsOf(endpoint), (code) => problemTypes[code].status);
  const responses = [...byStatus].map(([status, codes]) => [
    String(status),
    { description: codes.join(', '), content: { 'application/problem+json': { schema: refTo(problemDocument) } } },
  ]);
  return Object.fromEntries(responses) as SchemaNode;
}

function refTo(schema: z.ZodType): SchemaNode {
  const found = Object.entries(named).find(([, known]) => known === schema);
  if (!found) throw new Error('A schema of the HTTP API has no name in its OpenAPI document; add it to `named`.');
  return { $ref: pointer(found[0]) };
}

function pointer(name: string): string {
  return `#/components/schemas/${name}`;
}

function schemas(): SchemaNode {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const render = (io: 'input' | 'output'): SchemaNode => z.toJSONSchema(registry, { io, uri: pointer }).schemas;
  const [input, output] = [render('input'), render('output')];
  const rendered = Object.keys(named).map(
    (name) => [name, plain((requests.has(name) ? input : output)[name])] as const,
  );
  const result: SchemaNode = Object.fromEntries(rendered);
  const { properties } = result['StartRunRequest'] as { properties: SchemaNode };
  // Checked by the plan gate rather than with the body, so that every problem of a plan gets its own code.
  properties['plan'] = { $ref: pointer('PlanDraft') };
  return result;
}

/** Without what OpenAPI says elsewhere, and without the pattern that repeats a date-time's format. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  const dated = 'format' in node && node.format === 'date-time';
  const members = Object.entries(node).filter(
    ([key]) => key !== '$schema' && key !== '$id' && !(dated && key === 'pattern'),
  );
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}
