import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { GrantedAction } from '../../../core/contract/grants-api.ts';
import { grants } from '../../strings/grants.ts';
import { DecisionMark } from './decision-mark.tsx';

/** Why an agent may use an action, or may not. */
export function GrantReasons({ granted }: { readonly granted: GrantedAction }): ReactElement {
  const { decision, mayBe = [], sensitive = [], because, unsaid } = granted;
  return (
    <SpaceBetween size="m">
      <div>
        <DecisionMark decision={decision} />
        <Box variant="p">
          {grants.meanings[decision]}{' '}
          {mayBe.length > 0 && grants.mayBe(mayBe.map((one) => grants.decisions[one].toLowerCase()).join(', '))}
        </Box>
        {sensitive.length > 0 && decision !== 'denied' && (
          <Box variant="p">
            {grants.sensitive} <code>{sensitive.join(', ')}</code>
          </Box>
        )}
        {unsaid !== undefined && <Box variant="p">{unsaid}</Box>}
      </div>
      {because.length === 0 ? (
        <Box variant="p">{grants.nothing}</Box>
      ) : (
        <Table
          variant="embedded"
          wrapLines
          items={because}
          trackBy="id"
          header={<Box variant="h3">{grants.because}</Box>}
          ariaLabels={{ tableLabel: grants.because }}
          columnDefinitions={[
            { id: 'effect', header: grants.columns.effect, cell: ({ effect }) => grants.effects[effect] },
            {
              id: 'policy',
              header: grants.columns.policy,
              isRowHeader: true,
              cell: ({ id, inheritedFrom }) => (
                <>
                  <code>{id}</code>
                  {inheritedFrom !== undefined && <Box variant="small"> {grants.inherited(inheritedFrom)}</Box>}
                </>
              ),
            },
            { id: 'applies', header: grants.columns.applies, cell: ({ applies }) => grants.holdings[applies] },
            {
              id: 'words',
              header: grants.columns.words,
              cell: ({ inWords }) => (inWords.length === 0 ? grants.noLimits : inWords.join('; ')),
            },
          ]}
        />
      )}
    </SpaceBetween>
  );
}
