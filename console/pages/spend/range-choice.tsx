import Button from '@cloudscape-design/components/button';
import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { spend } from '../../strings/spend.ts';
import { daysOf, maxDays, problemOfDays } from './days.ts';
import type { Range } from './days.ts';

interface RangeChoiceProps {
  readonly range: Range;
  readonly onChange: (range: Range) => void;
}

const options = (['7', '30', '92', 'chosen'] as const).map((value) => ({ value, label: spend.ranges[value] }));

/** Which days are shown: the last so many, or some that are chosen by their dates. */
export function RangeChoice({ range, onChange }: RangeChoiceProps): ReactElement {
  const [isChoosing, setChoosing] = useState(range.kind === 'chosen');
  const [written, setWritten] = useState(() => daysOf(range, Date.now()));
  const problem = problemOfDays(written.from, written.to);
  const selected = isChoosing || range.kind === 'chosen' ? 'chosen' : String(range.days);
  const choose = (value: string | undefined): void => {
    const days = ([7, 30, 92] as const).find((known) => String(known) === value);
    setChoosing(days === undefined);
    if (days !== undefined) onChange({ kind: 'last', days });
    else setWritten(daysOf(range, Date.now()));
  };
  return (
    <SpaceBetween direction="horizontal" size="s">
      <FormField label={spend.range}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === selected) ?? null}
          onChange={({ detail }) => choose(detail.selectedOption.value)}
        />
      </FormField>
      {isChoosing && (
        <SpaceBetween direction="horizontal" size="s">
          {(['from', 'to'] as const).map((end) => (
            <FormField key={end} label={spend[end]} errorText={problem?.at === end ? wordsOf(problem.why) : undefined}>
              <DatePicker
                value={written[end]}
                format="iso"
                openCalendarAriaLabel={(day) => spend.openCalendar(spend[end], day)}
                onChange={({ detail }) => setWritten({ ...written, [end]: detail.value })}
              />
            </FormField>
          ))}
          <FormField label={<>&nbsp;</>}>
            <Button
              disabled={problem !== undefined}
              onClick={() => onChange({ kind: 'chosen', from: written.from, to: written.to })}
            >
              {spend.apply}
            </Button>
          </FormField>
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

function wordsOf(why: 'missing' | 'order' | 'tooMany'): string {
  if (why === 'missing') return spend.dayMissing;
  return why === 'order' ? spend.dayOrder : spend.tooManyDays(maxDays);
}
