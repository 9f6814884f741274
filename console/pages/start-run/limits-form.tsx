import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { startRun } from '../../strings/start-run.ts';
import { limits } from './order-request.ts';
import type { Draft } from './order-request.ts';

const { limits: words } = startRun;

/** Limits and labels of a run: nobody needs them, so they are folded away. */
export function LimitsForm({
  draft,
  onChange,
  problems,
}: {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly problems: ReadonlyMap<string, string>;
}): ReactElement {
  const { labels } = draft;
  const change = (at: number, part: Partial<Draft['labels'][number]>): void =>
    onChange({ labels: labels.map((label, of) => (of === at ? { ...label, ...part } : label)) });
  return (
    <ExpandableSection headerText={words.header}>
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          {limits.map((name) => (
            <FormField key={name} label={words[name]} errorText={problems.get(`budget.${name}`)}>
              <Input
                type="number"
                value={draft.limits[name]}
                placeholder={words.empty}
                onChange={({ detail }) => onChange({ limits: { ...draft.limits, [name]: detail.value } })}
              />
            </FormField>
          ))}
        </ColumnLayout>
        <FormField label={words.labels} errorText={problems.get('labels')} stretch>
          <AttributeEditor
            items={labels}
            empty={words.noLabels}
            addButtonText={words.addLabel}
            removeButtonAriaLabel={({ key }) => words.removeLabel(key)}
            onAddButtonClick={() => onChange({ labels: [...labels, { key: '', value: '' }] })}
            onRemoveButtonClick={({ detail }) =>
              onChange({ labels: labels.filter((_, at) => at !== detail.itemIndex) })
            }
            definition={[
              {
                label: words.key,
                control: ({ key }, at) => (
                  <Input value={key} onChange={({ detail }) => change(at, { key: detail.value })} />
                ),
              },
              {
                label: words.value,
                control: ({ value }, at) => (
                  <Input value={value} onChange={({ detail }) => change(at, { value: detail.value })} />
                ),
              },
            ]}
          />
        </FormField>
      </SpaceBetween>
    </ExpandableSection>
  );
}
