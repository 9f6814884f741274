import type { TraceEvent } from '../core/contract/api.ts';
import { usdText } from '../core/contract/api.ts';
import { safe } from './escape.ts';
import type { Printable, Safe, Style } from './escape.ts';
import { styled } from './output.ts';

type EventOf<Type extends TraceEvent['type']> = Extract<TraceEvent, { type: Type }>;

const mostTextCharacters = 200;

/** An event as a person reads it: the time, what it is, and below it what was decided and what was not. */
export function traceLines(event: TraceEvent): Safe[] {
  const [what = '', ...below] = textsOf(event);
  const time = event.at.slice(11, 23);
  return [
    safe`${styled('dim', time)}  ${styled(styleOf(event), event.type.padEnd(19))} ${what}`,
    ...below.map((line) => safe`${' '.repeat(14)}${' '.repeat(20)}${line}`),
  ];
}

function styleOf({ type }: TraceEvent): Style {
  return styles[type] ?? 'cyan';
}

const styles: Partial<Readonly<Record<TraceEvent['type'], Style>>> = {
  'run.started': 'bold',
  'run.completed': 'green',
  'run.ended': 'red',
  'plan.created': 'bold',
  'plan.revised': 'bold',
  'plan.rejected': 'red',
  'step.completed': 'green',
  'step.failed': 'red',
  'policy.denied': 'red',
  'effect.inDoubt': 'yellow',
  'effect.examined': 'yellow',
  'breaker.opened': 'yellow',
  'escalation.opened': 'yellow',
  'run.restarted': 'yellow',
  'run.takenBack': 'yellow',
  'recovery.rejected': 'red',
  'approval.requested': 'yellow',
};

function textsOf(event: TraceEvent): Printable[] {
  switch (event.type) {
    case 'run.started':
      return [
        safe`${event.agent}: ${short(event.goal || 'a plan of its own')}`,
        `requested by ${event.requestedBy}${event.playbook === undefined ? '' : `, playbook ${event.playbook}`}`,
        `input ${short(JSON.stringify(event.input))}`,
      ];
    case 'plan.created':
    case 'plan.revised':
      return planTexts(event);
    case 'plan.rejected':
      return [
        `plan ${event.round} of the model`,
        ...event.problems.map(({ by, problem }) => `${by}: ${short(problem)}`),
        ...ownWords(event.model),
      ];
    case 'step.scheduled':
      return [
        `${event.stepId}  ${event.skill}/${event.action}  (wave ${event.wave}${event.undoes === undefined ? '' : ', a compensation'}) ${short(event.why)}`,
      ];
    case 'step.completed':
      return [`${event.stepId}  ${times(event.attempts)}, ${event.trust}: ${outputText(event.output)}`];
    case 'step.failed':
      return [
        `${event.stepId}  ${event.final ? times(event.attempts) : 'will be tried again'}`,
        `${event.failure.class}: ${short(event.failure.message)}`,
      ];
    case 'step.canceled':
      return [event.stepId];
    case 'effect.examined':
      return [`${event.stepId}  ${event.how}: ${short(event.detail)}`];
    case 'effect.inDoubt':
      return [`${event.stepId}  ${short(event.failure.message)}`];
    case 'model.called':
      return [
        `${event.stepId}  ${event.model}, ${event.tokens} tokens, USD ${usdText(event.usdMicros)}, ${Math.round(event.latencyMs)} ms, ${event.ending}`,
        ...(event.reasoning === '' ? [] : [`reasoning: ${short(event.reasoning)}`]),
        ...event.problems.map((problem) => `problem: ${short(problem)}`),
      ];
    case 'policy.denied':
      return [`${event.stepId}  ${short(event.reason)}`];
    case 'approval.requested':
      return [
        `${event.stepId}  ${event.skill}/${event.action}`,
        ...event.reasons.map(short),
        ...(event.doubted.length === 0 ? [] : [`nobody who may be believed has given ${event.doubted.join(', ')}`]),
      ];
    case 'approval.decided':
      return [`${event.stepId}  ${event.verdict} by ${event.by}: ${short(event.reason)}`];
    case 'breaker.opened':
      return [`${event.stepId}  ${short(event.reason)}`];
    case 'recovery.diagnosed':
      return [
        `${deciders[event.by]}: ${event.decision}: ${short(event.why)}`,
        ...(event.cause === undefined ? [] : [`cause: ${short(event.cause)}`]),
        ...event.failures.map(
          ({ stepId, class: failureClass, message }) => `${stepId}: ${failureClass}: ${short(message)}`,
        ),
        ...event.findings.map(short),
        ...ownWords(event.model),
      ];
    case 'recovery.rejected':
      return [
        `decision ${event.round} of the model about ${event.stepId}`,
        ...event.problems.map(short),
        ...ownWords(event.model),
      ];
    case 'escalation.opened':
      return [
        `${event.escalationId}  ${event.kind}`,
        short(event.reason),
        ...(event.tried ?? []).map(
          (one) => `tried${one.shadow ? ' (not done, only recorded)' : ''}: ${one.decision}: ${short(one.why)}`,
        ),
      ];
    case 'escalation.resolved':
      return [`${event.escalationId}  by ${event.by}`, short(event.reason)];
    case 'budget.charged':
      return [`${event.stepId}  USD ${usdText(event.usdMicros)}, ${event.tokens} tokens (${event.model})`];
    case 'run.waited':
      return [`until ${event.until}: ${short(event.reason)}`];
    case 'run.restarted':
      return [
        `generation ${event.generation}, restart ${event.count}${event.until === undefined ? '' : ` at ${event.until}`}`,
        short(event.cause),
      ];
    case 'run.takenBack':
      return [`by ${event.by}: ${short(event.reason)} (then it is ${event.ending})`];
    case 'run.cancelRequested':
      return [`by ${event.by}: ${short(event.reason)}`];
    case 'run.completed':
      return [];
    case 'run.ended':
      return [`${event.status}: ${short(event.ending)}`];
  }
}

function planTexts(plan: EventOf<'plan.created'> | EventOf<'plan.revised'>): Printable[] {
  const { diff, considered, unavailable } = plan;
  const changes = [
    ...diff.added.map((id) => `+${id}`),
    ...diff.changed.map(({ id, members }) => `~${id} (${members.join(', ')})`),
    ...diff.superseded.map((id) => `-${id}`),
  ];
  const waves = [...Map.groupBy(plan.steps, ({ wave }) => wave)].toSorted(([a], [b]) => a - b);
  return [
    `revision ${plan.revision} by ${plan.author}: ${short(plan.reason)}`,
    ...waves.map(
      ([wave, steps]) => `wave ${wave}: ${steps.map(({ id, skill, action }) => `${id} ${skill}/${action}`).join(', ')}`,
    ),
    ...(changes.length === 0 || plan.type === 'plan.created' ? [] : [`changes: ${changes.join(' ')}`]),
    ...(considered ? [`offered: ${considered.offered.join(', ')}`] : []),
    ...(considered?.rejected ?? []).map(
      ({ reason, skills, count }) =>
        `rejected by ${reason}: ${skills.join(', ')}${count > skills.length ? `, and ${count - skills.length} more` : ''}`,
    ),
    ...unavailable.map(({ skill, breaker }) => `rejected by breaker: ${skill} (${breaker})`),
    ...ownWords(plan.model),
    ...(plan.recovery && plan.author === 'recovery'
      ? [
          `mends ${plan.recovery.stepId}: ${plan.recovery.decision}${plan.recovery.notBefore === undefined ? '' : `, not before ${plan.recovery.notBefore}`}`,
        ]
      : []),
    ...(plan.takesBack?.standing ?? []).map(
      ({ stepId, skill, action, why }) => `stands: ${stepId} ${skill}/${action}: ${short(why)}`,
    ),
  ];
}

const deciders = { rule: 'by rule', model: 'a model', planner: 'the planner' } as const;

/** Nobody has checked what a model says of its own choice. */
function ownWords(model: EventOf<'plan.created'>['model']): string[] {
  return (model?.options ?? []).map(
    ({ option, chosen, reason }) =>
      `${chosen ? 'chosen' : 'rejected'} (the model says): ${short(option)}${reason === '' ? '' : `: ${short(reason)}`}`,
  );
}

function outputText(output: EventOf<'step.completed'>['output']): string {
  return output.kind === 'inline'
    ? short(JSON.stringify(output.value))
    : `${output.sizeBytes} bytes, sha256 ${output.sha256}`;
}

function times(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > mostTextCharacters ? `${line.slice(0, mostTextCharacters)}…` : line;
}
