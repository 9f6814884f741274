import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Table from '@cloudscape-design/components/table';
import type { ReactElement } from 'react';
import type { CaseView } from '../../../core/contract/case-api.ts';
import { plainText } from '../../format/plain-json.ts';
import { StepStatusMark } from '../../format/status.tsx';
import { casePlan as words } from '../../strings/inbox.ts';

/** The open part of the plan, and where in it the run is stuck. */
export function PlanOfCase({ plan }: { readonly plan: CaseView['plan'] }): ReactElement {
  return (
    <ExpandableSection variant="container" headerText={words.title(plan.revision)}>
      <Table
        variant="embedded"
        wrapLines
        items={plan.steps}
        trackBy="id"
        ariaLabels={{ tableLabel: words.title(plan.revision) }}
        footer={plan.more > 0 ? <Box variant="p">{words.more(plan.more)}</Box> : undefined}
        columnDefinitions={[
          {
            id: 'step',
            header: words.columns.step,
            isRowHeader: true,
            minWidth: 140,
            cell: ({ id, asked }) => (
              <>
                <code>{id}</code>
                {asked === true && (
                  <Box variant="small" display="block">
                    {words.asked}
                  </Box>
                )}
              </>
            ),
          },
          {
            id: 'status',
            header: words.columns.status,
            minWidth: 140,
            cell: ({ status }) => <StepStatusMark status={status} />,
          },
          { id: 'uses', header: words.columns.uses, cell: ({ uses }) => uses },
          { id: 'why', header: words.columns.why, cell: ({ why }) => plainText(why) },
        ]}
      />
    </ExpandableSection>
  );
}
