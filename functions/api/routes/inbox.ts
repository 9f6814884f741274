import type { Hono } from 'hono';
import type * as z from 'zod';
import type { ResolveRequest } from '../../../core/contract/api.ts';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { humanResponses, interruptOf, resolutionOfResponse } from '../../../core/contract/human-interrupt.ts';
import {
  claimEscalation,
  commentEscalation,
  reassignEscalation,
  releaseEscalation,
} from '../../../core/operations/claim-escalation.ts';
import { redriveUndelivered } from '../../../core/operations/redrive-undelivered.ts';
import { resolveEscalation } from '../../../core/operations/resolve-escalation.ts';
import { showCase } from '../../../core/operations/show-case.ts';
import { listEscalations } from '../../../core/operations/show-inbox.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve } from '../calls.ts';

/** A decision as it is written here, also for the answer of an agent inbox of LangChain. */
async function requestOf(
  body: z.output<typeof endpoints.resolveEscalation.body>,
  item: { readonly tenantId: string; readonly escalationId: string },
  dependencies: ServeDependencies,
): Promise<ResolveRequest> {
  if (!Array.isArray(body)) return body;
  const [response] = humanResponses.parse(body);
  if (!response) throw new Error('A list of one answer has none.');
  return resolutionOfResponse(response, await showCase(item, dependencies));
}

export function serveInbox(app: Hono, dependencies: ServeDependencies): void {
  const { ports } = dependencies;

  serve(app, endpoints.listEscalations, dependencies, ({ principal, query }) =>
    listEscalations(
      { tenantId: principal.tenantId, status: query.status, limit: query.limit, cursor: query.cursor },
      ports,
    ),
  );

  serve(app, endpoints.showEscalation, dependencies, async ({ principal, segment, query }) => {
    const item = { tenantId: principal.tenantId, escalationId: segment('escalationId') };
    const shown = await showCase(item, dependencies);
    return query.format === 'json' ? shown : interruptOf(shown);
  });

  serve(app, endpoints.resolveEscalation, dependencies, async ({ principal, body, segment }) => {
    const escalationId = segment('escalationId');
    const request = await requestOf(body, { tenantId: principal.tenantId, escalationId }, dependencies);
    return resolveEscalation({ principal, escalationId, request }, dependencies);
  });

  serve(app, endpoints.claimEscalation, dependencies, ({ principal, body, segment }) =>
    claimEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.releaseEscalation, dependencies, ({ principal, body, segment }) =>
    releaseEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.reassignEscalation, dependencies, ({ principal, body, segment }) =>
    reassignEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.commentEscalation, dependencies, ({ principal, body, segment }) =>
    commentEscalation({ principal, escalationId: segment('escalationId'), request: body }, ports),
  );

  serve(app, endpoints.redriveInbox, dependencies, ({ body }) => redriveUndelivered(body.limit, ports));
}
