import type { AgentRunResult } from '../../testing/index.ts';
import type { PersonDecides } from './scenario.ts';

/** What a person who finds the inbox item of a run is not told and would have to find out; none when all is there. */
export function missingFor(result: AgentRunResult, expected: PersonDecides): string[] {
  const { escalation: item, run } = result;
  if (!item) return ['there is no inbox item'];
  const missing: string[] = [];
  const expect = (ok: boolean, what: string): void => {
    if (!ok) missing.push(what);
  };
  expect(item.kind === expected.kind, `the kind is '${item.kind}' instead of '${expected.kind}'`);
  expect(
    item.reason.includes(expected.says),
    `the reason does not say '${expected.says}': ${JSON.stringify(item.reason)}`,
  );
  expect(
    item.stepId === expected.stepId,
    `the step is '${item.stepId ?? 'none'}' instead of '${expected.stepId ?? 'none'}'`,
  );
  expect(
    item.failure?.class === expected.class,
    `the class is '${item.failure?.class ?? 'none'}' instead of '${expected.class ?? 'none'}'`,
  );
  if (item.failure) expect(item.failure.message.trim() !== '', 'the failure says nothing');
  const tried = (item.tried ?? []).map(({ decision }) => decision);
  const wanted = expected.tried ?? [];
  expect(
    tried.join() === wanted.join(),
    `it tells of [${tried.join(', ')}] that were tried, instead of [${wanted.join(', ')}]`,
  );
  expect(run.goal !== '', 'the goal is not told');
  const { waitingFor } = run;
  expect(
    waitingFor?.kind === 'human' && waitingFor.escalationId === item.escalationId,
    'the run does not name the item that it waits for',
  );
  missing.push(...stepProblems(result, expected));
  return missing;
}

/** The step as `holdfast show` and the plan have it: its arguments, how often it was sent, and what its ledger saw. */
function stepProblems({ run, revisions, ledger }: AgentRunResult, { stepId, attempts = 0 }: PersonDecides): string[] {
  if (stepId === undefined) return [];
  const shown = run.steps.window.find(({ id }) => id === stepId);
  const planned = revisions.flatMap(({ steps }) => steps).find(({ id }) => id === stepId);
  if (!shown || !planned) return [`step '${stepId}' is not shown`];
  const direction = shown.undoes === undefined ? 'F' : 'C';
  const item = ledger.find(
    (one) => one.runId === run.runId && one.direction === direction && one.stepId === (shown.undoes ?? stepId),
  );
  return [
    ...(shown.why === '' ? [`step '${stepId}' does not say what it is for`] : []),
    ...(shown.attempts >= attempts ? [] : [`${shown.attempts} attempts are told, instead of at least ${attempts}`]),
    ...(attempts > 0 && (item?.evidence.length ?? 0) === 0 ? [`the ledger has no evidence of step '${stepId}'`] : []),
  ];
}
