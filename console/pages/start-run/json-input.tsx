import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { startRun } from '../../strings/start-run.ts';
import type { Json } from './schema-fields.ts';

interface JsonInputProps {
  readonly value: Json | undefined;
  /** What was typed; as a text while it is not JSON, so that no older value is sent in its place. */
  readonly onChange: (value: Json | undefined) => void;
  readonly label: string;
  readonly rows: number;
}

/** Asks for JSON. */
export function JsonInput({ value, onChange, label, rows }: JsonInputProps): ReactElement {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? (value === undefined ? '' : JSON.stringify(value, undefined, 2));
  const isWrong = text.trim() !== '' && parsed(text) === undefined;
  return (
    <FormField errorText={isWrong ? startRun.input.notJson : undefined} stretch>
      <div className="json-input">
        <Textarea
          value={text}
          rows={rows}
          spellcheck={false}
          disableBrowserAutocorrect
          ariaLabel={label}
          onChange={({ detail }) => {
            setTyped(detail.value);
            onChange(detail.value.trim() === '' ? undefined : (parsed(detail.value)?.json ?? detail.value));
          }}
          // Written back as it is understood.
          onBlur={() =>
            setTyped((before) => (before !== undefined && parsed(before) === undefined ? before : undefined))
          }
        />
      </div>
    </FormField>
  );
}

function parsed(text: string): { readonly json: Json } | undefined {
  try {
    return { json: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}
