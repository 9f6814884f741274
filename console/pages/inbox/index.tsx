import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { EscalationView } from '../../../core/contract/inbox-api.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { useSubject } from '../../session/use-subject.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { forms } from '../../strings/forms.ts';
import { inbox, kindTexts } from '../../strings/inbox.ts';
import { itemColumns } from './item-columns.tsx';
import { itemsThatFit, newestItems, shelves } from './items.ts';
import type { Items, Shelf } from './items.ts';

const refreshMs = 4_000;
const itemsAtOnce = 50;
/** What is mine is picked here from all that are open. */
const mostOfAll = 1_000;

export function Component(): ReactElement {
  const api = useApi();
  const [query, setQuery] = useSearchParams();
  const shelf = shelves.find((one) => one === query.get('show')) ?? 'open';
  const [wanted, setWanted] = useState(itemsAtOnce);
  const most = shelf === 'mine' ? mostOfAll : wanted;
  // Not the number: what is there stays while more are fetched.
  const answer = useAnswer(`inbox:${shelf}`, (signal) => newestItems(api, shelf, most, signal), refreshMs);
  return (
    <Page title={inbox.title} description={inbox.description}>
      <SpaceBetween size="m">
        <SegmentedControl
          label={inbox.shelf}
          selectedId={shelf}
          options={shelves.map((id) => ({ id, text: inbox.shelves[id] }))}
          onChange={({ detail }) => setQuery({ show: detail.selectedId }, { replace: true })}
        />
        <AnswerView answer={answer}>
          {(items) => (
            <List
              {...{ items, shelf }}
              onMore={() => {
                setWanted(wanted + itemsAtOnce);
                answer.again();
              }}
              onRefresh={answer.again}
            />
          )}
        </AnswerView>
      </SpaceBetween>
    </Page>
  );
}

interface ListProps {
  readonly items: Items;
  readonly shelf: Shelf;
  readonly onMore: () => void;
  readonly onRefresh: () => void;
}

type Kind = EscalationView['kind'];
const kinds = Object.keys(kindTexts) as readonly Kind[];

function List({ items: { items, hasMore }, shelf, onMore, onRefresh }: ListProps): ReactElement {
  const me = useSubject();
  const [kind, setKind] = useState<Kind>();
  const [text, setText] = useState('');
  const all = itemsThatFit(items, { shelf, kind: undefined, text: '', me }, Date.now());
  const shown = itemsThatFit(all, { shelf, kind, text, me }, Date.now());
  const options = [
    { value: '', label: inbox.allKinds },
    ...kinds.map((value) => ({ value, label: kindTexts[value].name, description: kindTexts[value].text })),
  ];
  return (
    <SpaceBetween size="m">
      <Table
        items={shown}
        trackBy="escalationId"
        columnDefinitions={itemColumns(shelf === 'settled')}
        wrapLines
        ariaLabels={{ tableLabel: inbox.list }}
        header={
          <Header
            counter={inbox.count(shown.length, all.length)}
            actions={<Button iconName="refresh" ariaLabel={forms.refresh} onClick={onRefresh} />}
          >
            {inbox.list}
          </Header>
        }
        filter={
          <SpaceBetween direction="horizontal" size="m">
            <div style={{ inlineSize: '22rem', maxInlineSize: '80vw' }}>
              <Input
                type="search"
                value={text}
                ariaLabel={inbox.find}
                placeholder={inbox.find}
                onChange={({ detail }) => setText(detail.value)}
              />
            </div>
            <Select
              ariaLabel={inbox.kind}
              options={options}
              selectedOption={options.find(({ value }) => value === (kind ?? '')) ?? null}
              onChange={({ detail }) => setKind(kinds.find((one) => one === detail.selectedOption.value))}
            />
          </SpaceBetween>
        }
        empty={
          all.length === 0 ? (
            <NothingHere title={inbox.none[shelf].title}>{inbox.none[shelf].text}</NothingHere>
          ) : (
            <NothingHere title={inbox.noMatch.title}>
              <Box variant="p">{inbox.noMatch.text}</Box>
              <Button
                onClick={() => {
                  setKind(undefined);
                  setText('');
                }}
              >
                {inbox.clear}
              </Button>
            </NothingHere>
          )
        }
      />
      {hasMore && shelf !== 'mine' && (
        <Box textAlign="center">
          <Button onClick={onMore}>{forms.more}</Button>
        </Box>
      )}
    </SpaceBetween>
  );
}
