import DatePicker from '@cloudscape-design/components/date-picker';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactElement } from 'react';
import { startRun } from '../../strings/start-run.ts';
import { JsonInput } from './json-input.tsx';
import type { Field, Json } from './schema-fields.ts';

interface SingleInputProps {
  readonly field: Exclude<Field, { kind: 'group' | 'list' }>;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  readonly label: string;
}

const { field: words } = startRun;

/** Asks for one value that has no parts. What is left empty is left out. */
export function SingleInput({ field, value, onChange, label }: SingleInputProps): ReactElement {
  switch (field.kind) {
    case 'text':
      return <TextInput {...{ field, value, onChange }} />;
    case 'number':
      return (
        <Input
          type="number"
          step={field.isWhole ? 1 : 'any'}
          value={typeof value === 'number' ? String(value) : ''}
          onChange={({ detail }) => onChange(detail.value === '' ? undefined : Number(detail.value))}
        />
      );
    case 'switch':
      return (
        <Toggle checked={value === true} onChange={({ detail }) => onChange(detail.checked)}>
          {value === true ? words.yes : words.no}
        </Toggle>
      );
    case 'choice': {
      const options = field.options.map((option, at) => ({ value: String(at), label: textOf(option) }));
      return (
        <Select
          selectedOption={options[field.options.indexOf(value ?? '')] ?? null}
          options={options}
          placeholder={words.notSet}
          onChange={({ detail }) => onChange(field.options[Number(detail.selectedOption.value)])}
        />
      );
    }
    case 'json':
      return <JsonInput value={value} onChange={onChange} label={label} rows={4} />;
  }
}

function TextInput({
  field,
  value,
  onChange,
}: {
  readonly field: Extract<Field, { kind: 'text' }>;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}): ReactElement {
  const text = typeof value === 'string' ? value : '';
  const change = ({ detail }: { readonly detail: { readonly value: string } }): void =>
    onChange(detail.value === '' ? undefined : detail.value);
  if (field.format === 'date') return <DatePicker value={text} placeholder="YYYY-MM-DD" onChange={change} />;
  if (field.isLong) return <Textarea value={text} rows={4} onChange={change} />;
  return (
    <Input value={text} {...(field.example === undefined ? {} : { placeholder: field.example })} onChange={change} />
  );
}

function textOf(option: Json): string {
  return typeof option === 'string' ? option : JSON.stringify(option);
}
