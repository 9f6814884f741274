import type { TraceEvent } from '../../../core/contract/api.ts';
import { countText, sizeText, usdText } from '../../format/amounts.ts';
import { momentText } from '../../format/time.ts';
import { runPage } from '../../strings/run.ts';

/** An event in words: what it is about, and what there is to say of it. */
export interface EventWords {
  readonly about: string;
  readonly says: readonly string[];
}

const attemptsText = (attempts: number): string => (attempts === 1 ? '1 attempt' : `${attempts} attempts`);

/** What a person is told of an event. */
export function wordsOf(event: TraceEvent): EventWords {
  const told = (about: string, ...says: readonly string[]): EventWords => ({ about, says: says.filter(Boolean) });
  switch (event.type) {
    case 'run.started':
      return told(event.agent, event.goal, `asked for by ${event.requestedBy}`);
    case 'plan.created':
    case 'plan.revised': {
      const { diff, steps } = event;
      const changes = [
        diff.added.length > 0 ? `added ${diff.added.join(', ')}` : '',
        diff.changed.length > 0 ? `changed ${diff.changed.map(({ id }) => id).join(', ')}` : '',
        diff.superseded.length > 0 ? `gave up ${diff.superseded.join(', ')}` : '',
      ];
      const count = `${countText(steps.length)} ${steps.length === 1 ? 'step' : 'steps'}`;
      return told(`revision ${event.revision} by ${event.author}`, event.reason, count, ...changes);
    }
    case 'plan.rejected':
      return told(`plan ${event.round} of the model`, ...event.problems.map(({ by, problem }) => `${by}: ${problem}`));
    case 'step.scheduled':
      return told(event.stepId, `${event.skill}/${event.action}, wave ${event.wave}`, event.why);
    case 'step.completed': {
      const { output } = event;
      const result = output.kind === 'inline' ? JSON.stringify(output.value) : sizeText(output.sizeBytes);
      const trust = runPage.step.trusts[event.trust];
      return told(event.stepId, `${attemptsText(event.attempts)}; the result is ${trust}`, result.slice(0, 300));
    }
    case 'step.failed': {
      const again = event.final ? attemptsText(event.attempts) : 'will be tried again';
      return told(event.stepId, `${event.failure.class}: ${event.failure.message}`, again);
    }
    case 'step.canceled':
      return told(event.stepId);
    case 'effect.examined':
      return told(event.stepId, `${event.how}: ${event.detail}`);
    case 'effect.inDoubt':
      return told(event.stepId, event.failure.message);
    case 'model.called': {
      const spent = `${event.model}, ${countText(event.tokens)} tokens, ${usdText(event.usdMicros)}`;
      return told(
        `${event.stepId} (${event.purpose})`,
        spent,
        `${Math.round(event.latencyMs)} ms, ${event.ending}`,
        ...event.problems,
      );
    }
    case 'policy.denied':
      return told(event.stepId, event.reason, event.rejectedBy === undefined ? '' : `by ${event.rejectedBy}`);
    case 'approval.requested':
      return told(
        event.stepId,
        ...event.reasons,
        event.doubted.length === 0 ? '' : `doubted: ${event.doubted.join(', ')}`,
      );
    case 'approval.decided':
      return told(event.stepId, `${event.verdict} by ${event.by}`, event.reason);
    case 'breaker.opened':
      return told(event.stepId, event.reason);
    case 'recovery.diagnosed':
      return told(
        event.decision,
        ...event.failures.map(({ stepId, message }) => `${stepId}: ${message}`),
        ...event.findings,
      );
    case 'escalation.opened':
      return told(event.kind, event.reason);
    case 'escalation.resolved':
      return told(`by ${event.by}`, event.reason);
    case 'budget.charged':
      return told(event.stepId, `${usdText(event.usdMicros)}, ${countText(event.tokens)} tokens (${event.model})`);
    case 'run.waited':
      return told(`until ${momentText(event.until)}`, event.reason);
    case 'run.cancelRequested':
      return told(`by ${event.by}`, event.reason);
    case 'run.completed':
      return told('');
    case 'run.ended':
      return told(event.status, event.ending);
    case 'recovery.rejected':
      return told(event.stepId, `decision ${event.round} of the model`, ...event.problems);
    case 'run.restarted':
      return told(`restart ${event.count}`, event.cause);
    case 'run.takenBack':
      return told(`by ${event.by}`, event.reason, `then it is ${event.ending}`);
  }
  // The platform may be newer than this page, and tell of things that it has no words for.
  return { about: '', says: [JSON.stringify(event).slice(0, 300)] };
}
