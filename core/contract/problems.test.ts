import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureClasses } from '../model/failure.ts';
import { planProblemCodes } from '../model/validate-plan.ts';
import { endpoints, problemsOf } from './endpoints.ts';
import { Problem, problemCodes, problemDocument, problemTypes } from './problems.ts';

const folder = new URL('../../docs/errors/', import.meta.url);
const pageOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

describe('the pages in docs/errors', () => {
  it('are one for each problem and one for each failure class', () => {
    const wanted = [...problemCodes, ...failureClasses.map((name) => `class-${name}`), 'README'];
    expect(readdirSync(folder).toSorted()).toEqual(wanted.map((name) => `${name}.md`).toSorted());
  });

  it.each(problemCodes)('tell of %s what it is, and what to do', (code) => {
    const { title, status } = problemTypes[code];
    const page = pageOf(`${code}.md`);
    expect(page.startsWith(`# ${code}\n\n${title} (HTTP ${status}).\n`)).toBe(true);
    expect(page).toContain('\n## Likely causes\n\n- ');
    expect(page).toContain('\n## What to do\n\n');
    expect(pageOf('README.md')).toContain(`| [${code}](${code}.md) | ${status} | ${title} |`);
  });

  it.each(failureClasses)('tell of failure class %s what is done about it', (name) => {
    const page = pageOf(`class-${name}.md`);
    expect(page.startsWith(`# Failure class ${name}\n`)).toBe(true);
    expect(page).toContain('\n## What Holdfast does\n\n');
    expect(page).toContain('\n## What to do\n\n');
    expect(pageOf('README.md')).toContain(`(class-${name}.md)`);
  });

  it('name every code of a plan problem', () => {
    const page = pageOf('plan-rejected.md');
    expect(planProblemCodes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('a problem', () => {
  it('becomes a document with its code, status and place', () => {
    const problem = new Problem('plan-rejected', 'why', { problems: [{ code: 'cycle', stepId: 'a', message: 'x' }] });
    expect(problemDocument.parse(problem.toDocument('/v1/runs'))).toEqual({
      type: 'urn:holdfast:problem:plan-rejected',
      title: 'The plan was rejected',
      status: 422,
      detail: 'why',
      code: 'plan-rejected',
      instance: '/v1/runs',
      problems: [{ code: 'cycle', stepId: 'a', message: 'x' }],
    });
  });

  it('is named by at least one endpoint, unless it is about there being none', () => {
    const named = new Set(Object.values(endpoints).flatMap((endpoint) => problemsOf(endpoint)));
    expect(problemCodes.filter((code) => !named.has(code))).toEqual(['unknown-route', 'method-not-allowed']);
  });
});
