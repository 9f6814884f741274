import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { planAt } from '../../plan/plan-at.ts';
import type { Revision } from '../../plan/plan-at.ts';
import { differencesOf } from '../../plan/plan-difference.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { runPage } from '../../strings/run.ts';
import { DifferenceTable } from './difference-table.tsx';
import { revisionOptions } from './revision-options.ts';

const { revisions: words } = runPage;

/** Two revisions side by side. */
export function RevisionsTab({ revisions }: { readonly revisions: readonly Revision[] }): ReactElement {
  const newest = revisions.at(-1)?.revision ?? 0;
  const [before, setBefore] = useState<number>();
  const [after, setAfter] = useState<number>();
  const [onlyChanged, setOnlyChanged] = useState(true);
  if (revisions.length < 2) return <NothingHere title={words.none} />;
  const right = after ?? newest;
  const left = before ?? Math.max(1, right - 1);
  const all = differencesOf(planAt(revisions, left), planAt(revisions, right));
  const shown = onlyChanged ? all.filter(({ kind }) => kind !== 'same') : all;
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        <RevisionChoice label={words.left} chosen={left} revisions={revisions} onChoose={setBefore} />
        <RevisionChoice label={words.right} chosen={right} revisions={revisions} onChoose={setAfter} />
      </ColumnLayout>
      <Toggle checked={onlyChanged} onChange={({ detail }) => setOnlyChanged(detail.checked)}>
        {words.onlyChanged}
      </Toggle>
      <DifferenceTable differences={shown} />
    </SpaceBetween>
  );
}

function RevisionChoice({
  label,
  chosen,
  revisions,
  onChoose,
}: {
  readonly label: string;
  readonly chosen: number;
  readonly revisions: readonly Revision[];
  readonly onChoose: (revision: number) => void;
}): ReactElement {
  const options = revisionOptions(revisions);
  const revision = revisions.find(({ revision: number }) => number === chosen);
  return (
    <FormField label={label} description={revision && words.by(revision.author, revision.reason)} stretch>
      <Select
        selectedOption={options.find(({ value }) => value === String(chosen)) ?? null}
        options={options}
        filteringType="auto"
        virtualScroll
        onChange={({ detail }) => onChoose(Number(detail.selectedOption.value))}
      />
    </FormField>
  );
}
