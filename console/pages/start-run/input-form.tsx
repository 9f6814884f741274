import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { startRun } from '../../strings/start-run.ts';
import type { Field, Json, Member } from './schema-fields.ts';
import { blankOf, isGroup, labelOf, withMember } from './schema-fields.ts';
import { SingleInput } from './single-input.tsx';

interface InputFormProps {
  readonly field: Field;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  /** Where the value stands in the input, e.g. `input.travellers.0`. */
  readonly path: string;
  /** What is wrong, by path. */
  readonly problems: ReadonlyMap<string, string>;
  readonly label: string;
}

const { field: words } = startRun;

/** Asks for a value of any shape. */
export function InputForm(props: InputFormProps): ReactElement {
  const { field, value, onChange } = props;
  if (field.kind === 'list') return <ListInput {...props} field={field} />;
  if (field.kind !== 'group')
    return <SingleInput field={field} value={value} onChange={onChange} label={props.label} />;
  return (
    <SpaceBetween size="m">
      {field.members.map((member) => (
        <MemberInput
          key={member.name}
          {...props}
          member={member}
          value={isGroup(value) && Object.hasOwn(value, member.name) ? value[member.name] : undefined}
          onChange={(changed) => onChange(withMember(value, member.name, changed))}
        />
      ))}
    </SpaceBetween>
  );
}

function MemberInput({ member, path, problems, ...rest }: InputFormProps & { readonly member: Member }): ReactElement {
  const { name, field, description, isRequired } = member;
  const own = `${path}.${name}`;
  const label = labelOf(name);
  const form = <InputForm {...rest} field={field} path={own} problems={problems} label={label} />;
  if (field.kind === 'group' || field.kind === 'list') {
    return (
      <ExpandableSection
        defaultExpanded
        headerText={isRequired ? label : `${label} (${words.optional})`}
        {...(description === undefined ? {} : { headerDescription: description })}
      >
        <FormField errorText={problems.get(own)} stretch>
          {form}
        </FormField>
      </ExpandableSection>
    );
  }
  return (
    <FormField
      label={
        isRequired ? (
          label
        ) : (
          <>
            {label} <i>({words.optional})</i>
          </>
        )
      }
      description={description}
      errorText={problems.get(own)}
      stretch={field.kind === 'json'}
    >
      {form}
    </FormField>
  );
}

function ListInput({
  field,
  value,
  onChange,
  path,
  problems,
  label,
}: InputFormProps & { readonly field: Extract<Field, { kind: 'list' }> }): ReactElement {
  const items: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [];
  return (
    <SpaceBetween size="s">
      {items.map((item, at) => {
        const name = words.item(label, at + 1);
        const own = `${path}.${at}`;
        return (
          // Items have no names of their own; their place is what the platform calls them by.
          // oxlint-disable-next-line react/no-array-index-key -- the place of an item is its identity here
          <SpaceBetween key={at} size="xs" direction="horizontal" alignItems="end">
            <FormField errorText={problems.get(own)} label={name}>
              <InputForm
                field={field.of}
                value={item}
                onChange={(changed) => onChange(items.map((old, of) => (of === at ? (changed ?? '') : old)))}
                {...{ path: own, problems, label: name }}
              />
            </FormField>
            <Button
              iconName="remove"
              variant="icon"
              ariaLabel={words.remove(name)}
              disabled={items.length <= field.least}
              onClick={() => onChange(items.filter((_, of) => of !== at))}
            />
          </SpaceBetween>
        );
      })}
      <Button
        iconName="add-plus"
        disabled={items.length >= field.most}
        onClick={() => onChange([...items, blankOf(field.of)])}
      >
        {words.add(label.toLowerCase())}
      </Button>
    </SpaceBetween>
  );
}
