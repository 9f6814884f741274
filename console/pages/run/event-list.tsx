import Badge from '@cloudscape-design/components/badge';
import type { BadgeProps } from '@cloudscape-design/components/badge';
import type { ReactElement } from 'react';
import type { TraceEvent } from '../../../core/contract/api.ts';
import { clockText, momentText } from '../../format/time.ts';
import { wordsOf } from './event-words.ts';
import './event-list.css';

const colours: Partial<Readonly<Record<TraceEvent['type'], BadgeProps['color']>>> = {
  'run.completed': 'green',
  'run.ended': 'red',
  'plan.rejected': 'red',
  'step.completed': 'green',
  'step.failed': 'red',
  'policy.denied': 'red',
  'effect.inDoubt': 'severity-medium',
  'effect.examined': 'severity-low',
  'breaker.opened': 'severity-medium',
  'escalation.opened': 'severity-medium',
  'approval.requested': 'severity-medium',
  'plan.created': 'blue',
  'plan.revised': 'blue',
  'recovery.diagnosed': 'blue',
};

/** Events in their order. Browsers leave out the drawing of those that are not in view. */
export function EventList({ events }: { readonly events: readonly TraceEvent[] }): ReactElement {
  return (
    <ol className="event-list">
      {events.map((event) => {
        const { about, says } = wordsOf(event);
        return (
          <li key={event.seq}>
            <time dateTime={event.at} title={momentText(event.at)}>
              {clockText(event.at)}
            </time>
            <span className="event-type">
              <Badge color={colours[event.type] ?? 'grey'}>{event.type}</Badge>
            </span>
            <div>
              <strong>{about}</strong>
              {says.map((line, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- lines of an event never change places
                <div key={at}>{line}</div>
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
