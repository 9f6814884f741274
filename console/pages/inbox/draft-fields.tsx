import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { JsonField } from '../../forms/json-field.tsx';
import { ReasonField } from '../../forms/reason-field.tsx';
import { deciding } from '../../strings/resolutions.ts';
import type { FormKind } from '../../strings/resolutions.ts';
import type { Draft, DraftProblems } from './decision.ts';

interface DraftFieldsProps {
  readonly form: FormKind;
  readonly draft: Draft;
  readonly onChange: (changed: Partial<Draft>) => void;
  readonly problems: DraftProblems;
  /** True once somebody has tried to send it: until then what is not written yet is no mistake. */
  readonly isChecked: boolean;
}

/** The fields that a resolution needs, and the reason, which each of them needs. */
export function DraftFields({ form, draft, onChange, problems, isChecked }: DraftFieldsProps): ReactElement {
  const [begun] = useState(draft);
  const json = (field: 'input' | 'output'): ReactElement => (
    <JsonField
      label={deciding[field]}
      description={deciding[`${field}Text`]}
      text={draft[field]}
      problems={isChecked || draft[field] !== begun[field] ? (problems[field] ?? []) : []}
      onChange={(text) => onChange({ [field]: text })}
    />
  );
  return (
    <SpaceBetween size="m">
      {form === 'attest' && (
        <FormField label={deciding.happened} errorText={isChecked ? problems.happened?.[0] : undefined}>
          <RadioGroup
            value={draft.happened === undefined ? null : String(draft.happened)}
            ariaRequired
            items={[
              { value: 'true', label: deciding.yes, description: deciding.yesText },
              { value: 'false', label: deciding.no, description: deciding.noText },
            ]}
            onChange={({ detail }) => onChange({ happened: detail.value === 'true' })}
          />
        </FormField>
      )}
      {(form === 'output' || (form === 'attest' && draft.happened === true)) && json('output')}
      {form === 'arguments' && json('input')}
      {form === 'instructions' && (
        <FormField
          label={deciding.instructions}
          description={deciding.instructionsText}
          stretch
          errorText={isChecked ? problems.instructions?.[0] : undefined}
        >
          <Textarea
            value={draft.instructions}
            rows={5}
            ariaRequired
            onChange={({ detail }) => onChange({ instructions: detail.value })}
          />
        </FormField>
      )}
      <ReasonField value={draft.reason} onChange={(reason) => onChange({ reason })} isChecked={isChecked} />
    </SpaceBetween>
  );
}
