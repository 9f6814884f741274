import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCedarAuthorizer, policyProblems } from '../../core/adapters/cedar/index.ts';
import type { GeneratedProject } from './generated-project.ts';
import { someProject } from './generated-project.ts';
import { someRequest } from './generated-request.ts';
import { schemaReference } from './schema-reference.ts';

/** Rules that are not valid for the types are not taken, except where a part of a project is opened: they are evaluated. */
function opened({ declarations, forbids }: GeneratedProject) {
  const text = forbids.map((forbid, index) => `@id("${index}") ${forbid}`).join('\n');
  const files = [{ file: 'house.cedar', text }];
  const isPart = policyProblems(declarations, files).length > 0;
  return { isPart, authorizer: openCedarAuthorizer(declarations, files, { isPart }) };
}

it('every decision is the one of the engine with the whole schema and its own check of the request', () => {
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const project = someProject(draw);
      const { isPart, authorizer } = opened(project);
      const reference = schemaReference(project);
      const requests = Array.from({ length: 12 }, () => someRequest(draw, project));
      for (const request of [...requests, ...requests]) {
        const expected = reference(request);
        const { verdict, policies, reasons } = authorizer.authorize(request);
        const cannot = reasons.some((reason) => reason.includes('cannot be judged'));
        const kind = cannot ? (reasons.join().includes('must be') ? 'unfit' : 'failed') : verdict;
        count(`${isPart ? 'unchecked' : 'valid'} rules: ${expected.verdict}`);
        if (policies.some((id) => id.startsWith('house.cedar'))) count(`by hand: ${verdict}`);
        if (cannot) expect(verdict).toBe('deny');
        expect({ verdict: kind, policies }).toEqual(expected);
      }
    }),
    // A smaller project is not easier to read, and takes minutes to find.
    { numRuns: 250, seed: 11, endOnFailure: true },
  );
  for (const rules of ['valid', 'unchecked']) {
    for (const verdict of ['allow', 'allowWithApproval', 'deny', 'unfit', 'failed']) {
      expect(seen.get(`${rules} rules: ${verdict}`), `${rules} ${verdict}`).toBeGreaterThan(0);
    }
  }
  expect(seen.get('by hand: deny')).toBeGreaterThan(500);
  expect(seen.get('by hand: allowWithApproval')).toBeGreaterThan(20);
});
