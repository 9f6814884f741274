import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { forms } from '../strings/forms.ts';
import { maxReasonCharacters, reasonProblem } from './reason.ts';

interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** True once somebody has tried to go on: until then an empty field is no mistake. */
  readonly isChecked: boolean;
  readonly label?: string;
  readonly isDisabled?: boolean;
}

/** Asks why something is done, which goes on record. */
export function ReasonField({ value, onChange, isChecked, label, isDisabled }: ReasonFieldProps): ReactElement {
  const problem = reasonProblem(value);
  return (
    <FormField
      label={label ?? forms.reason}
      constraintText={forms.reasonHelp}
      errorText={isChecked || value.length > maxReasonCharacters ? problem : undefined}
    >
      <Textarea
        value={value}
        rows={2}
        disabled={isDisabled ?? false}
        ariaRequired
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
