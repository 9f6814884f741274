import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { RunView, TraceEvent } from '../../../core/contract/api.ts';
import { sizeText } from '../../format/amounts.ts';
import { StepStatusMark } from '../../format/status.tsx';
import { JsonView } from '../../frame/json-view.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { plan } from '../../strings/plan.ts';
import { runPage } from '../../strings/run.ts';
import { EventList } from './event-list.tsx';
import { resolveInput, shownOutputs } from './resolve-input.ts';
import { eventsOfStep } from './step-states.ts';
import type { StepState } from './step-states.ts';

interface StepDetailProps {
  readonly step: StepState;
  readonly run: RunView;
  readonly events: readonly TraceEvent[];
  readonly onClose: () => void;
}

const { step: words } = runPage;

/** All that is known of one step: what it is to do, with which arguments, what was tried and what came of it. */
export function StepDetail({ step: state, run, events, onClose }: StepDetailProps): ReactElement {
  const { id, step, view, revision } = state;
  const own = eventsOfStep(events, id, revision);
  const resolved = resolveInput(step.input, run.input, shownOutputs(events));
  const completed = own.findLast((event) => event.type === 'step.completed');
  const output = completed?.type === 'step.completed' ? completed.output : undefined;
  const failure = view?.failure;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={<Button iconName="close" variant="icon" ariaLabel={words.close} onClick={onClose} />}
        >
          {runPage.plan.details(id)}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs columns={4} items={factsOf(state, own)} />
        {failure !== undefined && (
          <Alert type={state.status === 'failed' ? 'error' : 'warning'} header={`${words.failure}: ${failure.class}`}>
            <p style={{ margin: 0 }}>{failure.message}</p>
            <PageLink to={`/problems/class-${failure.class}`}>{failure.class}</PageLink>
          </Alert>
        )}
        {view?.tried?.map(({ decision, uses, why, shadow }) => (
          <Alert key={`${decision} ${why}`} type="info" header={words.recovery}>
            {`${uses}: ${shadow === true ? words.shadow : words.did} ${decision}. ${why}`}
          </Alert>
        ))}
        <SpaceBetween size="xs">
          <Header
            variant="h3"
            description={resolved.open.length === 0 ? words.resolved : words.open(resolved.open.join(', '))}
          >
            {words.arguments}
          </Header>
          <JsonView value={resolved.value} label={words.arguments} />
        </SpaceBetween>
        {output !== undefined && (
          <SpaceBetween size="xs">
            <Header variant="h3">{words.output}</Header>
            {output.kind === 'inline' ? (
              <JsonView value={output.value} label={words.output} />
            ) : (
              words.large(sizeText(output.sizeBytes))
            )}
          </SpaceBetween>
        )}
        <SpaceBetween size="xs">
          <Header variant="h3">{words.history}</Header>
          {own.length === 0 ? <NothingHere title={words.noHistory} /> : <EventList events={own} />}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

function factsOf(
  { step, view, status, revision, attempts }: StepState,
  own: readonly TraceEvent[],
): KeyValuePairsProps.Item[] {
  const scheduled = own.findLast((event) => event.type === 'step.scheduled');
  const completed = own.findLast((event) => event.type === 'step.completed');
  const { undoes } = step;
  return [
    { label: words.action, value: `${step.skill}/${step.action}` },
    { label: words.status, value: <StepStatusMark status={status} /> },
    { label: words.attempts, value: attempts },
    { label: words.after, value: step.after.length === 0 ? words.nothing : step.after.join(', ') },
    { label: words.why, value: step.why },
    { label: words.revision, value: revision },
    ...(view?.effectClass === undefined ? [] : [{ label: words.effect, value: plan.effects[view.effectClass] }]),
    ...(completed?.type === 'step.completed' ? [{ label: words.trust, value: words.trusts[completed.trust] }] : []),
    ...(undoes === undefined ? [] : [{ label: words.undoes, value: undoes }]),
    ...(view?.runId === undefined
      ? []
      : [{ label: words.part, value: <PageLink to={`/runs/${view.runId}`}>{view.runId}</PageLink> }]),
    ...(scheduled?.type === 'step.scheduled'
      ? [
          { label: words.effectKey, value: <code>{scheduled.effectKey}</code> },
          ...(scheduled.argsHash === undefined
            ? []
            : [{ label: words.argsHash, value: <code>{scheduled.argsHash.slice(0, 16)}</code> }]),
        ]
      : []),
  ];
}
