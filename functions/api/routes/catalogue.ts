import type { Hono } from 'hono';
import { endpoints } from '../../../core/contract/endpoints.ts';
import { Problem } from '../../../core/contract/problems.ts';
import { explainPolicy } from '../../../core/operations/explain-policy.ts';
import { listGrants } from '../../../core/operations/show-grants.ts';
import { listAgents, listSkills, listTools, showSkill } from '../../../core/operations/show-catalogue.ts';
import type { ServeDependencies } from '../calls.ts';
import { serve } from '../calls.ts';

export function serveCatalogue(app: Hono, dependencies: ServeDependencies): void {
  const { registry } = dependencies;

  serve(app, endpoints.listSkills, dependencies, ({ query }) => listSkills(registry, query.search));

  serve(app, endpoints.showSkill, dependencies, ({ segment }) => {
    const shown = showSkill(segment('skillId'), registry);
    if (shown) return shown;
    throw new Problem(
      'unknown-skill',
      `There is no skill '${segment('skillId').slice(0, 80)}'. GET /v1/skills lists the skills there are.`,
    );
  });

  serve(app, endpoints.explainPolicy, dependencies, ({ principal, body }) =>
    explainPolicy({ principal, request: body }, { ...dependencies, clock: dependencies.ports.clock }),
  );

  serve(app, endpoints.listGrants, dependencies, ({ principal, query }) =>
    listGrants(
      { tenantId: principal.tenantId, ...query },
      { registry, authorizer: dependencies.authorizer, clock: dependencies.ports.clock },
    ),
  );

  serve(app, endpoints.listTools, dependencies, ({ principal, segment }) => {
    const scope = { tenantId: principal.tenantId, nowMs: dependencies.ports.clock.now() };
    const listed = listTools(segment('agent'), registry, scope);
    if (listed) return listed;
    throw new Problem(
      'unknown-agent',
      `There is no agent '${segment('agent').slice(0, 80)}'. GET /v1/agents lists the agents there are.`,
    );
  });

  serve(app, endpoints.listAgents, dependencies, () => listAgents(registry));
}
