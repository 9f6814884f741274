import type { EscalationView } from '../contract/api.ts';
import type { CaseView } from '../contract/case-api.ts';
import { diagnoseAnswer } from '../model/diagnose-answer.ts';
import type { LedgerItem } from '../model/effect.ts';
import type { Escalation } from '../model/escalation.ts';
import { nextTimer, timesOf } from '../model/inbox-timer.ts';
import { jsonSizeBytes } from '../model/json.ts';
import type { PlanRevision } from '../model/plan.ts';
import { resolutions, rulingOf } from '../model/resolution.ts';
import type { Registry } from '../model/skill.ts';
import { visibleJson, visibleText } from '../model/visible-text.ts';
import type { Ports } from '../ports/index.ts';
import { caseFactsOf, stepIn } from './case-facts.ts';
import { isoTime } from './iso-time.ts';
import { modelStepOutput } from './model-skill.ts';
import type { WindowStep } from './open-steps.ts';
import { ledgerRefOf, windowSteps } from './open-steps.ts';
import type { FailedRun } from './recovery-case.ts';
import { renderTemplate } from './render-template.ts';
import type { RunReader } from './run-reader.ts';
import { escalationOf, shownText, showEscalation } from './show-inbox.ts';
import { effectOf } from './step-effect.ts';

export interface CaseDependencies {
  readonly ports: Pick<Ports, 'runs' | 'ledger' | 'blobs' | 'clock'>;
  readonly registry: Registry;
  readonly reader: RunReader;
}

const mostSteps = 60;
const mostTextCharacters = 2_000;
const mostShownCharacters = 32_000;
const mostArgumentsBytes = 32 * 1024;
/** A diagnosis is at most so many revisions back: what follows from it, and another question. */
const revisionsLookedAt = 6;

/** One inbox item with its whole case. Throws the problem `unknown-escalation`, also for an item of another tenant. */
export async function showCase(
  query: { readonly tenantId: string; readonly escalationId: string },
  dependencies: CaseDependencies,
): Promise<EscalationView> {
  const { ports } = dependencies;
  const [view, escalation] = await Promise.all([showEscalation(query, ports), escalationOf(query, ports)]);
  const told = await caseOf(escalation, dependencies);
  return told === undefined ? view : { ...view, case: told };
}

async function caseOf(escalation: Escalation, dependencies: CaseDependencies): Promise<CaseView | undefined> {
  const { ports, registry, reader } = dependencies;
  const head = await ports.runs.readHead(escalation);
  const agent = registry.agents.get(escalation.agent);
  if (!head || !agent) return undefined;
  const [request, plans] = await Promise.all([reader.request(head), reader.windowPlans(head)]);
  const run: FailedRun = { head, agent, request, plans };
  const entry = stepIn(escalation, run);
  const facts = caseFactsOf(escalation, run, registry);
  const found = entry && (await diagnosisOf(entry, run, reader));
  return {
    goal: cut(visibleText(request.goal).shown),
    run: {
      ...{ status: head.status, requestedBy: request.requestedBy },
      ...{ createdAt: isoTime(head.createdAtMs), deadline: isoTime(head.deadlineMs) },
    },
    plan: planOf(escalation, run),
    ...(entry === undefined ? {} : { step: await stepView(entry, run, dependencies) }),
    ...(found === undefined ? {} : { diagnosis: found }),
    resolutions: resolutions.map((resolution) => {
      const ruling = rulingOf(escalation.kind, resolution, facts);
      if (escalation.status === 'open') return { resolution, ...ruling };
      return { resolution, may: false as const, why: 'the item is settled' };
    }),
    asked: askedOf(escalation),
    links: linksOf(escalation, entry),
    ...(request.parent === undefined ? {} : { parent: { runId: request.parent.runId, stepId: request.parent.stepId } }),
  };
}

function planOf({ stepId }: Escalation, { head, plans }: FailedRun): CaseView['plan'] {
  const window = windowSteps(head, plans);
  const at = Math.max(
    0,
    window.findIndex(({ step }) => step.id === stepId),
  );
  // The step in question is always among those that are told.
  const from = Math.max(0, Math.min(at - Math.floor(mostSteps / 2), window.length - mostSteps));
  const shown = window.slice(from, from + mostSteps);
  return {
    revision: head.revision,
    steps: shown.map(({ step, status }) => ({
      ...{ id: step.id, uses: `${step.skill}/${step.action}`, why: visibleText(step.why).shown, status },
      ...(step.id === stepId ? { asked: true as const } : {}),
    })),
    more: window.length - shown.length,
  };
}

async function stepView(
  entry: WindowStep,
  { head, request }: FailedRun,
  { ports, registry, reader }: CaseDependencies,
): Promise<NonNullable<CaseView['step']>> {
  const { step, revision } = entry;
  const item: LedgerItem | undefined = await ports.ledger.read(ledgerRefOf(head, step));
  const rendered = await renderTemplate(step.input, revision, head, request, reader);
  const effect = effectOf(step, registry);
  const { shown, tricks } = rendered.ok ? visibleJson(rendered.value) : { shown: undefined, tricks: [] };
  return {
    ...{ id: step.id, skill: step.skill, action: step.action },
    ...(step.compensates === undefined ? {} : { undoes: step.compensates.stepId }),
    ...(effect === undefined ? {} : { effectClass: effect.class }),
    ...(rendered.ok && jsonSizeBytes(rendered.value) <= mostArgumentsBytes ? { arguments: rendered.value } : {}),
    ...(rendered.ok
      ? { shown: shownText(shown ?? null).slice(0, mostShownCharacters) }
      : { unknown: cut(rendered.why) }),
    tricks: tricks.map(({ pointer, name, why }) => ({ path: pointer, name, why })),
    ...{ sends: item?.sends ?? 0, unknownSends: item?.unknownSends ?? 0 },
    evidence: (item?.evidence ?? []).map(({ atMs, kind, detail }) => ({
      ...{ at: isoTime(atMs), kind, detail: visibleText(detail).shown },
    })),
  };
}

/** What a model has last found out about a step. */
async function diagnosisOf(
  { step }: WindowStep,
  { head }: FailedRun,
  reader: RunReader,
): Promise<CaseView['diagnosis']> {
  for (let at = head.revision; at > Math.max(0, head.revision - revisionsLookedAt); at -= 1) {
    const { recovery, steps }: PlanRevision = await reader.plan(head, at);
    const [question] = steps;
    if (recovery?.decision !== 'diagnose' || recovery.stepId !== step.id || !question) continue;
    const { value } = await reader.output(head, question);
    const parsed = modelStepOutput.safeParse(value);
    const answer = parsed.success ? diagnoseAnswer.safeParse(parsed.data.answer) : undefined;
    if (!answer?.success) continue;
    const { decision, cause, reasoning, options } = answer.data;
    return { decision, cause: cut(cause), reasoning: cut(reasoning), options };
  }
  return undefined;
}

function askedOf(escalation: Escalation): CaseView['asked'] {
  const { contacts, defaultAfterMs } = timesOf(escalation);
  const timer = nextTimer(escalation);
  return {
    contacts: [...contacts],
    ...(timer === undefined ? {} : { next: { what: timer.kind, at: isoTime(timer.atMs) } }),
    ...(defaultAfterMs === undefined ? {} : { lapsesAt: isoTime(escalation.openedAtMs + defaultAfterMs) }),
  };
}

function linksOf({ escalationId, runId, failure }: Escalation, entry: WindowStep | undefined): CaseView['links'] {
  return {
    ...{ run: `/v1/runs/${runId}`, plan: `/v1/runs/${runId}/plan`, resolve: `/v1/escalations/${escalationId}/resolve` },
    ...(entry === undefined ? {} : { skill: `/v1/skills/${entry.step.skill}` }),
    ...(failure === undefined ? {} : { explained: `docs/errors/class-${failure.class}.md` }),
  };
}

function cut(text: string): string {
  return text.length <= mostTextCharacters ? text : `${text.slice(0, mostTextCharacters)}…`;
}
