import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { CaseView } from '../../../core/contract/case-api.ts';
import { Moment } from '../../format/moment.tsx';
import { plainText } from '../../format/plain-json.ts';
import { CodeView, JsonView } from '../../frame/json-view.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { effectTexts } from '../../strings/effects.ts';
import { evidenceTexts, item } from '../../strings/inbox.ts';
import type { Background } from './background.ts';
import { TricksAlert } from './tricks-alert.tsx';

const { labels } = item;

interface StepInQuestionProps {
  readonly step: NonNullable<CaseView['step']>;
  readonly planned: Background['planned'];
  /** Where the arguments stand elsewhere on the page, because they are to be approved. */
  readonly isShownAbove: boolean;
}

/** The step that an item is about: what it does, with which arguments, and what is on record of its attempts. */
export function StepInQuestion({ step, planned, isShownAbove }: StepInQuestionProps): ReactElement {
  const { skill, action, undoes, effectClass, shown, unknown, tricks, sends, unknownSends, evidence } = step;
  const effect = effectClass === undefined ? undefined : effectTexts[effectClass];
  return (
    <Container header={<Header>{item.step}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          items={[
            {
              label: labels.use,
              value: <PageLink to={`/skills/${encodeURIComponent(skill)}`}>{`${skill}/${action}`}</PageLink>,
            },
            ...(undoes === undefined ? [] : [{ label: labels.undoes, value: <code>{undoes}</code> }]),
            { label: labels.attempts, value: item.sends(sends, unknownSends) },
            ...(effect === undefined ? [] : [{ label: labels.effect, value: `${effect.name}. ${effect.text}` }]),
          ]}
        />
        {!isShownAbove && <TricksAlert tricks={tricks} />}
        {!isShownAbove && shown !== undefined && (
          <div>
            <Header variant="h3">{item.arguments}</Header>
            <CodeView label={item.arguments} text={shown} />
          </div>
        )}
        {unknown !== undefined && <Box variant="p">{item.unknown(unknown)}</Box>}
        {planned !== undefined && (
          <div>
            <Header variant="h3" description={item.plannedText}>
              {item.planned}
            </Header>
            <JsonView label={item.planned} value={planned} />
          </div>
        )}
        {evidence.length > 0 && (
          <Table
            variant="embedded"
            wrapLines
            items={evidence}
            header={<Box variant="h3">{item.evidence}</Box>}
            ariaLabels={{ tableLabel: item.evidence }}
            columnDefinitions={[
              { id: 'at', header: item.evidenceColumns.at, cell: ({ at }) => <Moment at={at} /> },
              { id: 'kind', header: item.evidenceColumns.kind, cell: ({ kind }) => evidenceTexts[kind] },
              {
                id: 'detail',
                header: item.evidenceColumns.detail,
                isRowHeader: true,
                cell: ({ detail }) => plainText(detail),
              },
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
