import type * as z from 'zod';
import * as api from './api.ts';
import { inboxEndpoints } from './inbox-endpoints.ts';
import type { ProblemCode } from './problems.ts';

/** One address and method of the HTTP API, from which its route, its checks and its OpenAPI entry are made. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** With `{name}` for a segment that varies. */
  readonly path: string;
  readonly summary: string;
  /** What the token must allow; `undefined` where no token is asked for. */
  readonly scope: api.Scope | undefined;
  readonly query: z.ZodType;
  /** Of a POST. `{}` stands for a body that is left out. */
  readonly body: z.ZodType | undefined;
  /** Takes the header Idempotency-Key. */
  readonly keyed: boolean;
  readonly status: 200 | 202;
  /** Said of one that answers with server-sent events, each of which fits `response`. */
  readonly streams?: true;
  /** `undefined` for the OpenAPI document itself. */
  readonly response: z.ZodType | undefined;
  /** Besides those that its kind implies (see `problemsOf`). */
  readonly problems: readonly ProblemCode[];
}

const get = {
  method: 'GET',
  scope: 'runs:read',
  query: api.noQuery,
  body: undefined,
  keyed: false,
  status: 200,
} as const;
const post = { method: 'POST', scope: 'runs:write', query: api.noQuery, keyed: false, status: 202 } as const;

/** What can be wrong with what a run is asked for. */
const orderProblems = [
  'unknown-agent',
  'unknown-playbook',
  'plan-source-unclear',
  'model-not-configured',
  'invalid-input',
  'plan-rejected',
] as const;

export const endpoints = {
  startRun: {
    ...post,
    path: '/v1/runs',
    summary: 'Start a run',
    body: api.startRunRequest,
    keyed: true,
    response: api.runAccepted,
    problems: [...orderProblems, 'run-contended', 'engine-unavailable'],
  },
  previewRun: {
    ...post,
    path: '/v1/runs/preview',
    summary:
      'Say what a run would begin with, or what is wrong with what it is asked for; nothing is started or stored',
    scope: 'runs:read',
    body: api.startRunRequest,
    status: 200,
    response: api.runPreview,
    problems: orderProblems,
  },
  listRuns: {
    ...get,
    path: '/v1/runs',
    summary: 'List runs, newest first; of a status or an agent where few runs have it, a page may be short or empty',
    query: api.runsQuery,
    response: api.runPage,
    problems: [],
  },
  showRun: {
    ...get,
    path: '/v1/runs/{runId}',
    summary: 'Show a run and its open steps',
    query: api.showRunQuery,
    response: api.runView,
    problems: ['unknown-run'],
  },
  showPlan: {
    ...get,
    path: '/v1/runs/{runId}/plan',
    summary: 'List the plan revisions of a run, newest first',
    query: api.listQuery,
    response: api.planPage,
    problems: ['unknown-run'],
  },
  showTrace: {
    ...get,
    path: '/v1/runs/{runId}/trace',
    summary: 'Show what happened in a run and why, in its order, as events or as OpenTelemetry spans',
    query: api.traceQuery,
    response: api.trace,
    problems: ['unknown-run'],
  },
  followRun: {
    ...get,
    path: '/v1/runs/{runId}/events',
    summary: 'Follow what happens in a run, as server-sent events, until it is over',
    query: api.eventsQuery,
    streams: true,
    response: api.traceEvent,
    problems: ['unknown-run', 'streaming-unavailable'],
  },
  auditRun: {
    ...get,
    path: '/v1/runs/{runId}/audit',
    summary: 'Compare what is stored of a run with what was sealed when it ended',
    response: api.auditView,
    problems: ['unknown-run'],
  },
  cancelRun: {
    ...post,
    path: '/v1/runs/{runId}/cancel',
    summary: 'Ask for the end of a run; what it has begun is settled first, and undone if that is asked for',
    body: api.cancelRequest,
    response: api.runAccepted,
    problems: ['unknown-run', 'run-over', 'run-contended', 'engine-unavailable'],
  },
  resumeRun: {
    ...post,
    path: '/v1/runs/{runId}/resume',
    summary: 'Set a run going again that waits, was escalated or is stuck; with a larger budget when that is used up',
    body: api.resumeRequest,
    response: api.runAccepted,
    problems: [
      'unknown-run',
      'run-over',
      'step-in-doubt',
      'part-too-large',
      'unknown-agent',
      'run-contended',
      'engine-unavailable',
    ],
  },
  listSkills: {
    ...get,
    path: '/v1/skills',
    summary: 'List skills, or those that fit a goal best',
    query: api.skillsQuery,
    response: api.skillPage,
    problems: [],
  },
  showSkill: {
    ...get,
    path: '/v1/skills/{skillId}',
    summary: 'Show the contract of a skill',
    response: api.skillView,
    problems: ['unknown-skill'],
  },
  listAgents: {
    ...get,
    path: '/v1/agents',
    summary: 'List agents and their playbooks',
    response: api.agentPage,
    problems: [],
  },
  listTools: {
    ...get,
    path: '/v1/agents/{agent}/tools',
    summary: 'List the actions that an agent may use for the tenant of the token, as a model is told of them',
    response: api.toolPage,
    problems: ['unknown-agent'],
  },
  listGrants: {
    ...get,
    path: '/v1/grants',
    summary: 'Say of each agent and action whether it is allowed for the tenant of the token, and why, by agent',
    query: api.grantsQuery,
    response: api.grantsPage,
    problems: ['unknown-agent'],
  },
  explainPolicy: {
    ...post,
    path: '/v1/policy/explain',
    summary: 'Say whether an agent may use an action with some arguments, and why; nothing is run',
    scope: 'runs:read',
    body: api.explainRequest,
    status: 200,
    response: api.explanation,
    problems: ['unknown-agent'],
  },
  showSpend: {
    ...get,
    path: '/v1/spend',
    summary: 'Show what was spent on models, by agent, tenant, model or day',
    query: api.spendQuery,
    response: api.spendView,
    problems: [],
  },
  listBreakers: {
    ...get,
    path: '/v1/breakers',
    summary: 'List the circuit breakers of what skills depend on and of models',
    response: api.breakerPage,
    problems: [],
  },
  isolateBreaker: {
    ...post,
    path: '/v1/breakers/{breakerId}/isolate',
    summary: 'Let nobody call a dependency or model until its breaker is closed by hand',
    scope: 'admin',
    body: api.breakerRequest,
    status: 200,
    response: api.breakerView,
    problems: ['unknown-breaker'],
  },
  closeBreaker: {
    ...post,
    path: '/v1/breakers/{breakerId}/close',
    summary: 'Let calls through again, whatever has failed before',
    scope: 'admin',
    body: api.breakerRequest,
    status: 200,
    response: api.breakerView,
    problems: ['unknown-breaker'],
  },
  ...inboxEndpoints,
  healthz: {
    ...get,
    path: '/healthz',
    summary: 'Say that the API serves',
    scope: undefined,
    response: api.health,
    problems: [],
  },
  openapi: {
    ...get,
    path: '/v1/openapi.json',
    summary: 'This description',
    scope: undefined,
    response: undefined,
    problems: [],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;

export type OperationId = keyof typeof endpoints;

/** Every problem that an endpoint may answer with. */
export function problemsOf(endpoint: Endpoint): ProblemCode[] {
  const { scope, body, keyed, problems } = endpoint;
  return [
    'invalid-parameter',
    ...(body ? (['malformed-json', 'json-too-deep'] as const) : []),
    ...(keyed ? (['malformed-idempotency-key'] as const) : []),
    ...(scope ? (['unauthenticated', 'insufficient-scope'] as const) : []),
    ...(keyed ? (['idempotency-in-flight', 'idempotency-key-reused'] as const) : []),
    ...(body ? (['body-too-large', 'unsupported-media-type', 'invalid-request'] as const) : []),
    ...problems,
    'internal-error',
    ...(scope ? (['store-unavailable'] as const) : []),
  ];
}
