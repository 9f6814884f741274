import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import type { SkillView } from '../../../core/contract/skill-api.ts';
import { durationText } from '../../format/time.ts';
import { effectTexts, effectTimes } from '../../strings/effects.ts';
import { skills } from '../../strings/skills.ts';
import { SchemaTable } from './schema-table.tsx';

type Action = SkillView['actions'][number];

const words = skills.action;

/** What is promised of an action and asked for it. */
export function ActionContract({ action }: { readonly action: Action }): ReactElement {
  const { name, description, input, output } = action;
  return (
    <Container header={<Header description={description}>{name}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={3} items={termsOf(action)} />
        <ExpandableSection headerText={words.input} headingTagOverride="h3" defaultExpanded>
          <SchemaTable action={name} part={words.input} schema={input} />
        </ExpandableSection>
        <ExpandableSection headerText={words.output} headingTagOverride="h3">
          <SchemaTable action={name} part={words.output} schema={output} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

function termsOf(action: Action): KeyValuePairsProps.Item[] {
  const { effect, timeoutSeconds, maxAttempts, sensitive = [], trust, endorses = {}, compensates } = action;
  const { alternatives = [] } = action;
  const endorsed = Object.entries(endorses);
  return [
    { label: words.effect, value: <EffectText effect={effect} /> },
    { label: words.timeout, value: durationText(timeoutSeconds * 1_000) },
    { label: words.attempts, value: maxAttempts },
    {
      label: words.sensitive,
      value:
        sensitive.length === 0 ? (
          words.noSensitive
        ) : (
          <>
            <code>{sensitive.join(', ')}</code>
            <div>{words.sensitiveText}</div>
          </>
        ),
    },
    { label: words.trust, value: words.trusts[trust ?? 'asArguments'] },
    { label: words.compensates, value: compensates === true ? words.undoYes : words.undoNo },
    ...(endorsed.length === 0
      ? []
      : [
          {
            label: words.endorses,
            value: endorsed.map(([path, how]) => `${path} (${words.endorsements[how]})`).join(', '),
          },
        ]),
    { label: words.alternatives, value: alternatives.join(', ') || words.noAlternatives },
  ];
}

function EffectText({ effect }: { readonly effect: Action['effect'] }): ReactElement {
  const { name, text } = effectTexts[effect.class];
  return (
    <>
      <strong>{name}</strong>
      <div>{text}</div>
      {effect.class === 'K' && <div>{effectTimes.keyTtl(durationText(effect.keyTtlMs))}</div>}
      {effect.class === 'Q' && <div>{effectTimes.settle(durationText(effect.settleMs))}</div>}
    </>
  );
}
