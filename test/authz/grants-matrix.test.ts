import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCedarAuthorizer, policyProblems } from '../../core/adapters/cedar/index.ts';
import { MemoryEffectLedger } from '../../core/adapters/memory/index.ts';
import type { GrantedAction } from '../../core/contract/api.ts';
import type { Registry, SkillDefinition } from '../../core/model/skill.ts';
import { judgeUse } from '../../core/operations/judge-use.ts';
import { listGrants } from '../../core/operations/show-grants.ts';
import type { AuthorizationRequest } from '../../core/ports/authorizer.ts';
import type { GeneratedProject } from './generated-project.ts';
import { someProject } from './generated-project.ts';
import { someRequest } from './generated-request.ts';
import type { Draw } from './generated-shapes.ts';
import { pick } from './generated-shapes.ts';

const sensitivePath = 'a';

/** Some actions of it have a sensitive argument. */
function withSensitive(draw: Draw, registry: Registry): Registry {
  const skills = [...registry.skills].map(([id, skill]): [string, SkillDefinition] => {
    const actions = Object.entries(skill.actions).map(([name, action]) => [
      name,
      pick(draw, true, false, false) ? { ...action, sensitive: [sensitivePath] } : action,
    ]);
    return [id, { ...skill, actions: Object.fromEntries(actions) }];
  });
  return { ...registry, skills: new Map(skills) };
}

function openedProject(draw: Draw) {
  const project: GeneratedProject = someProject(draw);
  const { declarations, forbids } = project;
  const files = [{ file: 'house.cedar', text: forbids.map((forbid, index) => `@id("${index}") ${forbid}`).join('\n') }];
  const isPart = policyProblems(declarations, files).length > 0;
  const authorizer = openCedarAuthorizer(declarations, files, { isPart });
  const registry = withSensitive(draw, project.registry);
  const matrices = new Map<string, Map<string, GrantedAction>>();
  const cellOf = ({ tenantId, nowMs, agent, skillId, action }: AuthorizationRequest): GrantedAction => {
    const key = `${tenantId} ${nowMs}`;
    let matrix = matrices.get(key);
    if (!matrix) {
      const page = listGrants({ tenantId, limit: 100 }, { registry, authorizer, clock: { now: () => nowMs } });
      const cells = page.items.flatMap(({ agent: name, actions }) =>
        actions.map((cell): [string, GrantedAction] => [`${name} ${cell.skill}/${cell.action}`, cell]),
      );
      matrix = new Map(cells);
      matrices.set(key, matrix);
    }
    const cell = matrix.get(`${agent} ${skillId}/${action}`);
    if (!cell) throw new Error(`The matrix has nothing of ${agent} and ${skillId}/${action}.`);
    return cell;
  };
  return { project, registry, authorizer, cellOf };
}

it('the matrix never says of an action what judging a use of it contradicts', async () => {
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  const ledger = new MemoryEffectLedger();
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      const { project, registry, authorizer, cellOf } = openedProject(draw);
      for (let asked = 0; asked < 25; asked += 1) {
        const request = someRequest(draw, project);
        const { skillId: skill, action, tenantId, agent, input, nowMs } = request;
        const definition = registry.skills.get(skill)?.actions[action];
        // Arguments that do not fit the action are refused, whatever anybody may do.
        if (!definition?.input.safeParse(input).success) continue;
        const doubted = definition.sensitive !== undefined && pick(draw, true, false) ? [sensitivePath] : [];
        const step = {
          runId: 'run-1',
          stepId: 's',
          direction: 'F',
          occurrence: 1,
          skillHash: 'k',
          argsHash: 'h',
        } as const;
        const use = { ...step, tenantId, agent, skill, action, input, doubted };
        const { kind } = await judgeUse(use, { authorizer, ledger, clock: { now: () => nowMs } });
        const judged = ({ allowed: 'allowed', unapproved: 'approval', denied: 'denied' } as const)[kind];
        const { decision, mayBe, unsaid, because } = cellOf(request);
        expect(unsaid).toBeUndefined();
        const said = decision === 'depends' ? mayBe : [decision];
        expect(said, `${judged} ${JSON.stringify(because)} ${JSON.stringify(input)}`).toContain(judged);
        count(decision === 'depends' ? `${judged} of ${said?.length}` : `${decision} for sure`);
      }
    }),
    // A smaller project is not easier to read, and takes minutes to find.
    { numRuns: 60, seed: 29, endOnFailure: true },
  );
  for (const decision of ['allowed', 'approval', 'denied']) {
    expect(seen.get(`${decision} for sure`), decision).toBeGreaterThan(10);
    expect(seen.get(`${decision} of 3`), decision).toBeGreaterThan(0);
    expect(seen.get(`${decision} of 2`), decision).toBeGreaterThan(3);
  }
});
