import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { RunView } from '../../../core/contract/api.ts';
import { momentText } from '../../format/time.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { runPage } from '../../strings/run.ts';

const { waiting: words } = runPage;

/** What a person ought to know of a run before anything else: for what it waits, or why it ended. */
export function RunStanding({ run }: { readonly run: RunView }): ReactElement | null {
  const { waitingFor, cancelRequested, compensation, ending, outputProblem } = run;
  const notes = [
    waitingFor?.kind === 'human' && (
      <Alert
        key="human"
        type="warning"
        header={words.human}
        action={<PageLink to={`/inbox/${waitingFor.escalationId}`}>{words.open}</PageLink>}
      >
        {waitingFor.reason}
      </Alert>
    ),
    waitingFor?.kind === 'time' && (
      <Alert key="time" type="info" header={words.time(momentText(waitingFor.until))}>
        {waitingFor.reason}
      </Alert>
    ),
    cancelRequested && ending === undefined && (
      <Alert key="cancel" type="info" header={words.cancel(cancelRequested.by)}>
        {cancelRequested.reason}
      </Alert>
    ),
    compensation && ending === undefined && (
      <Alert key="takenBack" type="info" header={words.takenBack(compensation.by)}>
        {compensation.reason}
      </Alert>
    ),
    ending !== undefined && (
      <Alert key="ending" type="error" header={words.ended}>
        {ending}
      </Alert>
    ),
    outputProblem !== undefined && (
      <Alert key="output" type="warning" header={words.noOutput}>
        {outputProblem}
      </Alert>
    ),
  ].filter((note) => note !== false && note !== undefined);
  return notes.length === 0 ? null : <SpaceBetween size="s">{notes}</SpaceBetween>;
}
