import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import type { TraceEvent } from '../../../core/contract/api.ts';
import { runPage } from '../../strings/run.ts';

type PlanEvent = Extract<TraceEvent, { readonly type: 'plan.created' }>;
const { decisions: words } = runPage;

/** What grants, versions and the shortlist have left to a planner, and what they have left out: rules that anybody can check. */
export function Considered({
  considered: { offered, rejected },
}: {
  readonly considered: NonNullable<PlanEvent['considered']>;
}): ReactElement {
  return (
    <SpaceBetween size="xs">
      <div>
        <strong>{words.offered}</strong>: {offered.join(', ')}
      </div>
      {rejected.map(({ reason, skills, count }) => (
        <div key={reason}>
          <strong>{words.rejected}</strong> ({words.reasons[reason]}): {skills.join(', ')}
          {count > skills.length ? `, ${words.andMore(count - skills.length)}` : ''}
        </div>
      ))}
    </SpaceBetween>
  );
}

/** Skills whose breakers were open when the planner was asked. */
export function Unavailable({ skills }: { readonly skills: PlanEvent['unavailable'] }): ReactElement {
  return (
    <div>
      <strong>{words.unavailable}</strong>:{' '}
      {skills.map(({ skill, breaker }) => `${skill} (${words.breaker(breaker)})`).join(', ')}
    </div>
  );
}

/** Options and reasons that a model tells of, marked as its own word. */
export function SelfReport({ model }: { readonly model: NonNullable<PlanEvent['model']> }): ReactElement {
  return (
    <SpaceBetween size="xs">
      <Badge color="severity-low">{words.selfReported}</Badge>
      {model.options.map(({ option, chosen, reason }) => (
        <div key={option}>
          <StatusIndicator type={chosen ? 'success' : 'stopped'}>
            {chosen ? words.chosen : words.notChosen}
          </StatusIndicator>{' '}
          {option}
          {reason === '' ? '' : `: ${reason}`}
        </div>
      ))}
      {model.reasoning !== '' && (
        <ExpandableSection headerText={words.reasoning}>
          <Box variant="p">{model.reasoning}</Box>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

/** What grants, policies, budgets and the gate had against a plan. */
export function Problems({
  problems,
}: {
  readonly problems: Extract<TraceEvent, { readonly type: 'plan.rejected' }>['problems'];
}): ReactElement {
  return (
    <div>
      <strong>{words.problems}</strong>
      <ul>
        {problems.map(({ by, problem }) => (
          <li key={problem}>
            {words.by[by]}: {problem}
          </li>
        ))}
      </ul>
    </div>
  );
}
