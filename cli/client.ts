import { setTimeout as delay } from 'node:timers/promises';
import type * as z from 'zod';
import type {
  AgentPage,
  AuditView,
  BreakerPage,
  BreakerRequest,
  BreakerView,
  CommentRequest,
  EscalationPage,
  EscalationView,
  GrantsPage,
  Explanation,
  HumanInterrupt,
  HumanResponse,
  ReassignRequest,
  RedriveReport,
  CancelRequest,
  OtlpTrace,
  ResumeRequest,
  ResolveRequest,
  RunAccepted,
  RunPage,
  RunPreview,
  RunView,
  SkillPage,
  SkillView,
  SpendView,
  StartRunRequest,
  ToolPage,
  TracePage,
} from '../core/contract/api.ts';
import { escalationView, humanInterrupt, maxTraceEvents, otlpTrace, tracePage } from '../core/contract/api.ts';
import { endpoints } from '../core/contract/endpoints.ts';
import { CliError, Unreachable } from './errors.ts';
import { followedAt } from './event-stream.ts';
import type { StreamedEvent } from './event-stream.ts';
import { request } from './request.ts';
import type { Answered, Answering, Call } from './request.ts';

export interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/**
 * The HTTP API as the CLI uses it. Every call throws a CliError for an answer that is a problem, and Unreachable
 * when nothing answers or what answers is not Holdfast.
 */
export interface Client {
  readonly url: string;
  /** Safe to repeat with the same key and body: one key makes one run. */
  startRun(request: StartRunRequest, idempotencyKey: string): Promise<RunAccepted>;
  /** Starts nothing. */
  previewRun(request: StartRunRequest): Promise<RunPreview>;
  /** @param query.status some, with commas between them */
  listRuns(query: PageRequest & { readonly status?: string; readonly agent?: string }): Promise<RunPage>;
  /** @param outputs with the outputs of completed steps */
  showRun(runId: string, outputs: boolean): Promise<RunView>;
  /** Events after the one with the `seq` given; 0 for the first page. */
  showTrace(runId: string, after: number): Promise<TracePage>;
  /** What is new since the answer before; '' at first. */
  showNews(runId: string, since: string): Promise<TracePage>;
  /** The same as it happens; undefined where the platform cannot stream. Ends when the connection does. */
  followRun(runId: string, since: string, signal: AbortSignal): Promise<AsyncIterable<StreamedEvent> | undefined>;
  /** The whole run as one export request of OpenTelemetry. */
  exportTrace(runId: string): Promise<OtlpTrace>;
  auditRun(runId: string): Promise<AuditView>;
  cancelRun(runId: string, request: CancelRequest): Promise<RunAccepted>;
  resumeRun(runId: string, request: ResumeRequest): Promise<RunAccepted>;
  /** @param search only those that fit it best */
  listSkills(search?: string): Promise<SkillPage>;
  showSkill(skillId: string): Promise<SkillView>;
  listAgents(): Promise<AgentPage>;
  /** What the agent may use for the tenant of the token. */
  listTools(agent: string): Promise<ToolPage>;
  /** What agents may do for the tenant of the token, agent by agent. */
  listGrants(page: PageRequest & { readonly agent?: string }): Promise<GrantsPage>;
  /** Runs nothing. */
  explainPolicy(request: z.input<typeof endpoints.explainPolicy.body>): Promise<Explanation>;
  listEscalations(page: PageRequest & { readonly status?: 'open' | 'settled' }): Promise<EscalationPage>;
  showEscalation(escalationId: string): Promise<EscalationView>;
  /** In the shape that agent inboxes of LangChain take. */
  showInterrupt(escalationId: string): Promise<HumanInterrupt>;
  /** Safe to repeat: one verdict stands. */
  resolveEscalation(escalationId: string, request: ResolveRequest | HumanResponse[]): Promise<RunAccepted>;
  /** Safe to repeat: it renews the claim. */
  claimEscalation(
    escalationId: string,
    request: z.input<typeof endpoints.claimEscalation.body>,
  ): Promise<EscalationView>;
  releaseEscalation(escalationId: string): Promise<EscalationView>;
  reassignEscalation(escalationId: string, request: ReassignRequest): Promise<EscalationView>;
  commentEscalation(escalationId: string, request: CommentRequest): Promise<EscalationView>;
  /** Safe to repeat. */
  redriveInbox(request: z.input<typeof endpoints.redriveInbox.body>): Promise<RedriveReport>;
  /** The last 30 days by agent when nothing else is asked for. */
  showSpend(query: z.input<typeof endpoints.showSpend.query>): Promise<SpendView>;
  listBreakers(): Promise<BreakerPage>;
  isolateBreaker(breakerId: string, request: BreakerRequest): Promise<BreakerView>;
  closeBreaker(breakerId: string, request: BreakerRequest): Promise<BreakerView>;
  /** Needs no token. */
  health(): Promise<void>;
}

type TraceQuery = Readonly<Record<string, string | number>>;
const startRetryDelaysMs = [200, 400, 800, 1_600, 3_200];

/** @param options.token asked for at every call, so that it can be renewed */
export function createClient(options: { readonly url: string; readonly token: () => Promise<string> }): Client {
  const { url } = options;

  const checkHealth = async (): Promise<void> => {
    await request(url, endpoints.healthz, {}, undefined);
  };
  const page = async <E extends Answering>(endpoint: E, details: Call<E>): Promise<Answered<E>> => {
    const token = await options.token().catch(async (error: unknown) => {
      // Where nothing listens, that is the news, not the token.
      await checkHealth();
      throw error;
    });
    return request(url, endpoint, details, token);
  };
  const call = async <E extends Answering>(endpoint: E, details: Call<E>): Promise<z.output<E['response']>> =>
    (await page(endpoint, details)).content;

  return {
    url,
    startRun: (body, idempotencyKey) => untilSettled(() => call(endpoints.startRun, { body, idempotencyKey })),
    previewRun: (body) => call(endpoints.previewRun, { body }),
    listRuns: (query) => call(endpoints.listRuns, { query: { ...query } }),
    showRun: (runId, outputs) => call(endpoints.showRun, { segment: runId, query: outputs ? { outputs: 'true' } : {} }),
    showTrace: async (runId, after) => {
      const answer = await call(endpoints.showTrace, { segment: runId, query: { after, limit: maxTraceEvents } });
      return tracePage.parse(answer);
    },
    showNews: async (runId, since) => {
      const answer = await call(endpoints.showTrace, { segment: runId, query: { since, limit: maxTraceEvents } });
      return tracePage.parse(answer);
    },
    followRun: async (runId, since, signal) => {
      const path = endpoints.followRun.path.replace('{runId}', encodeURIComponent(runId));
      const headers = { authorization: `Bearer ${await options.token()}`, 'last-event-id': since };
      return followedAt(`${url}${path}`, { headers, signal, redirect: 'manual' });
    },
    exportTrace: async (runId) => {
      const parts: OtlpTrace['resourceSpans'] = [];
      let after: string | undefined = '0';
      while (after !== undefined) {
        const query: TraceQuery = { format: 'otlp', after, limit: maxTraceEvents };
        const { content, link }: Answered<typeof endpoints.showTrace> = await page(endpoints.showTrace, {
          ...{ segment: runId, query },
        });
        parts.push(...otlpTrace.parse(content).resourceSpans);
        after = /[?&]after=(\d+)[^>]*>; rel="next"/.exec(link)?.[1];
      }
      return { resourceSpans: parts };
    },
    auditRun: (runId) => call(endpoints.auditRun, { segment: runId }),
    cancelRun: (runId, body) => call(endpoints.cancelRun, { segment: runId, body }),
    resumeRun: (runId, body) => call(endpoints.resumeRun, { segment: runId, body }),
    listSkills: (search) => call(endpoints.listSkills, { query: search === undefined ? {} : { search } }),
    showSkill: (skillId) => call(endpoints.showSkill, { segment: skillId }),
    listAgents: () => call(endpoints.listAgents, {}),
    listTools: (agent) => call(endpoints.listTools, { segment: agent }),
    listGrants: (query) => call(endpoints.listGrants, { query: { ...query } }),
    explainPolicy: (body) => call(endpoints.explainPolicy, { body }),
    listEscalations: (query) => call(endpoints.listEscalations, { query: { ...query } }),
    showEscalation: async (escalationId) =>
      escalationView.parse(await call(endpoints.showEscalation, { segment: escalationId })),
    showInterrupt: async (escalationId) =>
      humanInterrupt.parse(
        await call(endpoints.showEscalation, { segment: escalationId, query: { format: 'human-interrupt' } }),
      ),
    resolveEscalation: (escalationId, body) => call(endpoints.resolveEscalation, { segment: escalationId, body }),
    claimEscalation: (escalationId, body) => call(endpoints.claimEscalation, { segment: escalationId, body }),
    releaseEscalation: (escalationId) => call(endpoints.releaseEscalation, { segment: escalationId, body: {} }),
    reassignEscalation: (escalationId, body) => call(endpoints.reassignEscalation, { segment: escalationId, body }),
    commentEscalation: (escalationId, body) => call(endpoints.commentEscalation, { segment: escalationId, body }),
    redriveInbox: (body) => call(endpoints.redriveInbox, { body }),
    showSpend: (query) => call(endpoints.showSpend, { query }),
    listBreakers: () => call(endpoints.listBreakers, {}),
    isolateBreaker: (breakerId, body) => call(endpoints.isolateBreaker, { segment: breakerId, body }),
    closeBreaker: (breakerId, body) => call(endpoints.closeBreaker, { segment: breakerId, body }),
    health: checkHealth,
  };
}

/** Repeats a start whose first answer was lost; the key makes that safe. A refused connection was never sent. */
async function untilSettled<Answer>(start: () => Promise<Answer>): Promise<Answer> {
  for (const delayMs of startRetryDelaysMs) {
    try {
      return await start();
    } catch (error) {
      const isOpen =
        (error instanceof Unreachable && (error.reason === 'lost' || error.reason === 'unavailable')) ||
        (error instanceof CliError && error.problem?.code === 'idempotency-in-flight');
      if (!isOpen) throw error;
      await delay(delayMs);
    }
  }
  return start();
}
