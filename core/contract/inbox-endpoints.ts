import * as api from './api.ts';
import type { Endpoint } from './endpoints.ts';

const get = {
  method: 'GET',
  scope: 'inbox:read',
  query: api.noQuery,
  body: undefined,
  keyed: false,
  status: 200,
} as const;
const post = { method: 'POST', scope: 'inbox:resolve', query: api.noQuery, keyed: false, status: 200 } as const;

/** What waits for a person. */
export const inboxEndpoints = {
  listEscalations: {
    ...get,
    path: '/v1/escalations',
    summary: 'List inbox items of one status, newest first',
    query: api.escalationsQuery,
    response: api.escalationPage,
    problems: [],
  },
  showEscalation: {
    ...get,
    path: '/v1/escalations/{escalationId}',
    summary: 'Show an inbox item with its case, or in the shape that agent inboxes of LangChain take',
    query: api.escalationQuery,
    response: api.escalationAnswer,
    problems: ['unknown-escalation'],
  },
  resolveEscalation: {
    ...post,
    status: 202,
    path: '/v1/escalations/{escalationId}/resolve',
    summary: 'Decide about an inbox item; what may be decided depends on its kind, and its run goes on from there',
    body: api.resolveBody,
    response: api.runAccepted,
    problems: [
      'unknown-escalation',
      'already-settled',
      'escalation-claimed',
      'approval-changed',
      'different-person-needed',
      'resolution-not-allowed',
      'plan-rejected',
      'invalid-output',
      'run-over',
      'step-in-doubt',
      'part-too-large',
      'unknown-agent',
      'run-contended',
      'engine-unavailable',
    ],
  },
  claimEscalation: {
    ...post,
    path: '/v1/escalations/{escalationId}/claim',
    summary: 'Take an inbox item for a while, or for longer; nobody else may resolve it meanwhile',
    body: api.claimRequest,
    response: api.escalationView,
    problems: ['unknown-escalation', 'already-settled', 'escalation-claimed', 'escalation-full'],
  },
  releaseEscalation: {
    ...post,
    path: '/v1/escalations/{escalationId}/release',
    summary: 'Give an inbox item back before the lease is over',
    body: api.releaseRequest,
    response: api.escalationView,
    problems: ['unknown-escalation', 'already-settled', 'escalation-claimed', 'escalation-full'],
  },
  reassignEscalation: {
    ...post,
    path: '/v1/escalations/{escalationId}/reassign',
    summary: 'Ask another person or team',
    body: api.reassignRequest,
    response: api.escalationView,
    problems: ['unknown-escalation', 'already-settled', 'escalation-claimed', 'escalation-full'],
  },
  commentEscalation: {
    ...post,
    path: '/v1/escalations/{escalationId}/comments',
    summary: 'Add a comment to an inbox item',
    body: api.commentRequest,
    response: api.escalationView,
    problems: ['unknown-escalation', 'escalation-full'],
  },
  redriveInbox: {
    ...post,
    scope: 'admin',
    path: '/v1/inbox/redrive',
    summary: 'Give messages that nobody could take in another try, and say why they had been given up',
    body: api.redriveRequest,
    response: api.redriveReport,
    problems: [],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
