import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import { useDeferredValue, useEffect, useState } from 'react';
import type { SkillPage } from '../../../core/contract/skill-api.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { useApi } from '../../session/session-context.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { skills } from '../../strings/skills.ts';
import { Deprecation } from './deprecation.tsx';

type Summary = SkillPage['items'][number];

/** Longer than between two keys, so that a word is searched and not its beginnings. */
const pauseMs = 250;
const { list } = skills;

/** Every skill, or those that fit what somebody describes. */
export function SkillList(): ReactElement {
  const api = useApi();
  const [text, setText] = useState('');
  const search = useSettled(text.trim());
  const answer = useAnswer(`skills:${search}`, (signal) =>
    api.get('/v1/skills', {}, { query: search === '' ? {} : { search }, signal }),
  );
  return (
    <SpaceBetween size="m">
      <Input
        type="search"
        value={text}
        ariaLabel={list.search}
        placeholder={list.search}
        onChange={({ detail }) => setText(detail.value)}
      />
      <AnswerView answer={answer}>
        {({ items }) => (
          <Table
            items={items}
            trackBy="id"
            wrapLines
            columnDefinitions={columns}
            ariaLabels={{ tableLabel: list.label }}
            header={
              <Header counter={`(${items.length})`} description={search === '' ? undefined : list.best}>
                {list.label}
              </Header>
            }
            empty={
              search === '' ? (
                <NothingHere title={list.none} />
              ) : (
                <NothingHere title={list.noMatch}>
                  <Box variant="p">{list.noMatchText}</Box>
                  <Button onClick={() => setText('')}>{list.clear}</Button>
                </NothingHere>
              )
            }
          />
        )}
      </AnswerView>
    </SpaceBetween>
  );
}

const columns: readonly TableProps.ColumnDefinition<Summary>[] = [
  {
    id: 'skill',
    header: list.columns.skill,
    isRowHeader: true,
    minWidth: 190,
    cell: ({ id }) => <PageLink to={`/skills/${encodeURIComponent(id)}`}>{id}</PageLink>,
  },
  {
    id: 'use',
    header: list.columns.use,
    cell: ({ description, deprecated, matched = [] }) => (
      <>
        <div>{description}</div>
        {deprecated && <Deprecation replacedBy={deprecated.replacedBy} />}
        {matched.length > 0 && <Box variant="small">{list.matched(matched.join(', '))}</Box>}
      </>
    ),
  },
  {
    id: 'actions',
    header: list.columns.actions,
    cell: ({ actions }) => (
      <SpaceBetween direction="horizontal" size="xs">
        {actions.map(({ name, effect }) => (
          <Badge key={name}>
            {name} · {effect.class}
          </Badge>
        ))}
      </SpaceBetween>
    ),
  },
  { id: 'release', header: list.columns.release, minWidth: 100, cell: ({ release }) => release },
];

/** A text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === '' ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return useDeferredValue(settled);
}
