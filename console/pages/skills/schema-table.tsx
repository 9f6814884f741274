import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { Json } from '../../../core/model/json.ts';
import { JsonView } from '../../frame/json-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { skills } from '../../strings/skills.ts';
import { schemaLines } from './schema-lines.ts';

interface SchemaTableProps {
  readonly action: string;
  /** Whether it is of the arguments or of the answer. */
  readonly part: string;
  readonly schema: Readonly<Record<string, Json>>;
}

const { columns, ...words } = skills.schema;

/** What an action takes or answers, member by member, and as the schema that is checked. */
export function SchemaTable({ action, part, schema }: SchemaTableProps): ReactElement {
  const label = words.label(action, part);
  return (
    <SpaceBetween size="xs">
      <Table
        variant="embedded"
        contentDensity="compact"
        wrapLines
        items={schemaLines(schema)}
        trackBy="path"
        ariaLabels={{ tableLabel: label }}
        empty={<NothingHere title={words.none} />}
        columnDefinitions={[
          {
            id: 'path',
            header: columns.path,
            isRowHeader: true,
            cell: ({ path }) => <code>{path || words.whole}</code>,
          },
          { id: 'type', header: columns.type, cell: ({ type }) => type },
          { id: 'needed', header: columns.needed, cell: ({ isNeeded }) => (isNeeded ? words.needed : words.optional) },
          { id: 'limits', header: columns.limits, cell: ({ limits }) => limits.join('; ') || '–' },
          { id: 'description', header: columns.description, cell: ({ description }) => description ?? '–' },
        ]}
      />
      <ExpandableSection headerText={skills.action.asSchema} variant="footer">
        <JsonView label={skills.action.schemaOf(action, part)} value={schema} />
      </ExpandableSection>
    </SpaceBetween>
  );
}
