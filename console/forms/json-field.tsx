import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { jsonForms } from '../strings/forms.ts';

interface JsonFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** What does not fit, in sentences. */
  readonly problems: readonly string[];
}

/** JSON as text, with what is wrong with it. */
export function JsonField({ label, description, text, onChange, problems }: JsonFieldProps): ReactElement {
  return (
    <FormField
      label={label}
      stretch
      {...(description === undefined ? {} : { description })}
      constraintText={jsonForms.help}
      errorText={problems.length > 0 ? <Problems problems={problems} /> : undefined}
    >
      <Textarea
        value={text}
        rows={Math.min(20, Math.max(6, text.split('\n').length + 1))}
        spellcheck={false}
        nativeTextareaAttributes={{ style: { fontFamily: 'monospace' } }}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}

function Problems({ problems }: { readonly problems: readonly string[] }): ReactElement {
  if (problems.length === 1) return <>{problems[0]}</>;
  return (
    <>
      {jsonForms.unfit}
      <ul>
        {problems.slice(0, 10).map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </>
  );
}
