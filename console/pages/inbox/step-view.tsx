import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { plainText } from '../../format/plain-json.ts';
import { StepStatusMark } from '../../format/status.tsx';
import { JsonView } from '../../frame/json-view.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { effectTexts } from '../../strings/effects.ts';
import { item } from '../../strings/inbox.ts';
import type { Background } from './background.ts';

const { labels } = item;

/** The step that an item is about: what it is for, how it stands, and with which arguments it is planned. */
export function StepInQuestion({ background }: { readonly background: Background }): ReactElement | null {
  const { step, planned } = background;
  const use = planned ?? step;
  if (use === undefined) return null;
  const effect = step?.effectClass === undefined ? undefined : effectTexts[step.effectClass];
  return (
    <Container header={<Header>{item.step}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          items={[
            {
              label: labels.use,
              value: (
                <PageLink to={`/skills/${encodeURIComponent(use.skill)}`}>{`${use.skill}/${use.action}`}</PageLink>
              ),
            },
            ...(step === undefined
              ? []
              : [
                  { label: labels.status, value: <StepStatusMark status={step.status} /> },
                  { label: labels.attempts, value: step.attempts },
                ]),
            ...(effect === undefined ? [] : [{ label: labels.effect, value: `${effect.name}. ${effect.text}` }]),
            { label: labels.why, value: plainText(use.why) },
          ]}
        />
        {planned !== undefined && (
          <div>
            <Header variant="h3" description={item.planned}>
              {item.arguments}
            </Header>
            <JsonView label={item.argumentsOf} value={planned.input} />
          </div>
        )}
      </SpaceBetween>
    </Container>
  );
}
