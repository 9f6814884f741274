import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import type { BreakerView } from '../../../core/contract/breaker-api.ts';
import { problemOf } from '../../api/api-failure.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { ReasonDialog } from '../../forms/reason-dialog.tsx';
import { useTell } from '../../frame/notices.tsx';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { breakers } from '../../strings/breakers.ts';
import { forms } from '../../strings/forms.ts';
import { inOrder, matching } from './breaker-order.ts';
import { columnsFor } from './columns.tsx';
import type { Act } from './columns.tsx';

const refreshMs = 3_000;

export function Component(): ReactElement {
  const api = useApi();
  const answer = useAnswer('breakers', (signal) => api.get('/v1/breakers', {}, { signal }), refreshMs);
  const [asked, setAsked] = useState<{ readonly act: Act; readonly breaker: BreakerView }>();
  return (
    <Page title={breakers.title} description={breakers.description}>
      <AnswerView answer={answer}>
        {({ items }) => (
          <List
            items={items}
            onAct={(act, breaker) => setAsked({ act, breaker })}
            refresh={<Button iconName="refresh" ariaLabel={forms.refresh} onClick={answer.again} />}
          />
        )}
      </AnswerView>
      {asked !== undefined && <ActDialog {...asked} onClose={() => setAsked(undefined)} onDone={answer.again} />}
    </Page>
  );
}

interface ListProps {
  readonly items: readonly BreakerView[];
  readonly onAct: (act: Act, breaker: BreakerView) => void;
  readonly refresh: ReactNode;
}

function List({ items, onAct, refresh }: ListProps): ReactElement {
  const [text, setText] = useState('');
  const shown = matching(inOrder(items), text);
  return (
    <Table
      variant="container"
      items={shown}
      trackBy="breakerId"
      columnDefinitions={columnsFor(onAct)}
      wrapLines
      ariaLabels={{ tableLabel: breakers.listLabel }}
      header={
        <Header counter={breakers.count(shown.length, items.length)} actions={refresh}>
          {breakers.listLabel}
        </Header>
      }
      filter={
        items.length > 0 ? (
          <TextFilter
            filteringText={text}
            filteringAriaLabel={breakers.find}
            filteringPlaceholder={breakers.find}
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        ) : undefined
      }
      empty={
        items.length === 0 ? (
          <NothingHere title={breakers.none}>{breakers.noneText}</NothingHere>
        ) : (
          <NothingHere title={breakers.noMatch}>
            <Button onClick={() => setText('')}>{breakers.clearSearch}</Button>
          </NothingHere>
        )
      }
    />
  );
}

interface ActDialogProps {
  readonly act: Act;
  readonly breaker: BreakerView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function ActDialog({ act, breaker, onClose, onDone }: ActDialogProps): ReactElement {
  const api = useApi();
  const tell = useTell();
  const words = breakers[act];
  const { breakerId, dependency, usedBy } = breaker;
  const carryOut = async (reason: string): Promise<void> => {
    const path = act === 'isolate' ? '/v1/breakers/{breakerId}/isolate' : '/v1/breakers/{breakerId}/close';
    await api.post(path, { breakerId }, { reason });
    tell({ type: 'success', text: words.done(dependency) });
    onDone();
  };
  return (
    <ReasonDialog
      title={words.title(dependency)}
      confirm={words.button}
      onConfirm={carryOut}
      onClose={onClose}
      failureText={whenNotAllowed}
    >
      <Box variant="p">{words.text}</Box>
      {usedBy.length > 0 && (
        <Box variant="p">
          {breakers.affected(usedBy.length)} {usedBy.join(', ')}
        </Box>
      )}
    </ReasonDialog>
  );
}

function whenNotAllowed(error: unknown): ReactNode {
  if (problemOf(error)?.code !== 'insufficient-scope') return undefined;
  return (
    <Alert type="warning" header={breakers.needsAdmin}>
      {breakers.needsAdminText}
    </Alert>
  );
}
