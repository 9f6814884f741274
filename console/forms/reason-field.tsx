import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { forms } from '../strings/forms.ts';

export const maxReasonCharacters = 500;

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

/** What is wrong with a reason, in a sentence; undefined for a good one. */
export function reasonProblem(reason: string): string | undefined {
  if (reason.trim() === '') return forms.reasonMissing;
  return reason.trim().length > maxReasonCharacters ? forms.tooLong(maxReasonCharacters) : undefined;
}
