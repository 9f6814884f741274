import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { EscalationView, ResolveRequest } from '../../../core/contract/inbox-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { blankValue } from '../../forms/blank-value.ts';
import { plainJson } from '../../format/plain-json.ts';
import { useTell } from '../../frame/notices.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { useApi } from '../../session/session-context.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { deciding, wordsOfResolution } from '../../strings/resolutions.ts';
import type { Background } from './background.ts';
import { choicesOf } from './choices.ts';
import { Conflict } from './conflict.tsx';
import { decisionOf } from './decision.ts';
import type { Draft } from './decision.ts';
import { DraftFields } from './draft-fields.tsx';
import { Sentence } from './sentence.tsx';

interface DecidePanelProps {
  readonly escalation: EscalationView;
  readonly background: Background | undefined;
  /** Somebody else who works on it, and who alone may decide now. */
  readonly heldBy: string | undefined;
  readonly onChange: () => void;
}

/** What may be decided about an open item, what each of it would do, and the form that it takes. */
export function DecidePanel(props: DecidePanelProps): ReactElement {
  const { escalation, background, heldBy } = props;
  const { may, mayNot } = choicesOf(escalation);
  const [resolution, setResolution] = useState<string>();
  // Stays while somebody looks at what the other choices are.
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(background));
  return (
    <Container header={<Header description={deciding.text}>{deciding.title}</Header>}>
      <SpaceBetween size="m">
        {heldBy !== undefined && <Alert type="warning">{deciding.held(heldBy)}</Alert>}
        {may.length === 0 ? (
          <NothingHere title={deciding.nothing}>{deciding.nothingText}</NothingHere>
        ) : (
          <FormField label={deciding.what}>
            <RadioGroup
              value={resolution ?? null}
              items={may.map(({ resolution: value, does }) => ({
                ...{ value, label: wordsOfResolution(value).name, description: <Sentence text={does} /> },
              }))}
              onChange={({ detail }) => setResolution(detail.value)}
            />
          </FormField>
        )}
        {resolution !== undefined && (
          <ResolutionForm key={resolution} {...props} {...{ resolution, draft, setDraft }} />
        )}
        {mayNot.length > 0 && (
          <ExpandableSection headerText={deciding.mayNot}>
            <ul>
              {mayNot.map(({ resolution: name, why }) => (
                <li key={name}>
                  <strong>{wordsOfResolution(name).name}</strong>: <Sentence text={why} />
                </li>
              ))}
            </ul>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  );
}

interface ResolutionFormProps extends DecidePanelProps {
  readonly resolution: string;
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
}

function ResolutionForm(props: ResolutionFormProps): ReactElement {
  const { escalation, background, heldBy, onChange, resolution, draft, setDraft } = props;
  const { escalationId, approval, runId } = escalation;
  const api = useApi();
  const tell = useTell();
  const [isChecked, setChecked] = useState(false);
  // What is approved is what was on the page when it was chosen, and not what a refresh has put there since.
  const [binding, setBinding] = useState(approval?.binding);
  const schemas = background?.schemas ?? { input: undefined, output: undefined };
  const decision = decisionOf(resolution, draft, { schemas, binding, planned: background?.planned });
  const words = wordsOfResolution(resolution);
  const order = useOrder(async () => {
    if (decision.state === 'bad') return;
    await api.post('/v1/escalations/{escalationId}/resolve', { escalationId }, decision.body as ResolveRequest);
    tell({
      type: 'success',
      text: (
        <>
          {deciding.done(words.name)}{' '}
          <PageLink to={`/runs/${runId}`} color="inverted">
            {deciding.toRun}
          </PageLink>
        </>
      ),
    });
    onChange();
  });
  const hasChanged = approval?.binding !== binding;
  return (
    <SpaceBetween size="m">
      <DraftFields
        form={words.form}
        problems={decision.state === 'bad' ? decision.problems : {}}
        onChange={(changed) => setDraft({ ...draft, ...changed })}
        {...{ draft, isChecked }}
      />
      {hasChanged && (
        <Alert
          type="warning"
          header={deciding.changed}
          action={<Button onClick={() => setBinding(approval?.binding)}>{deciding.lookedAgain}</Button>}
        >
          {deciding.changedText}
        </Alert>
      )}
      <Conflict error={order.error} onLook={onChange} onDismiss={order.forgetError} />
      <Box>
        <Button
          variant="primary"
          loading={order.isUnderway}
          disabled={hasChanged || heldBy !== undefined}
          onClick={() => {
            setChecked(true);
            if (decision.state === 'good') void order.give();
          }}
        >
          {words.give}
        </Button>
      </Box>
    </SpaceBetween>
  );
}

function emptyDraft(background: Background | undefined): Draft {
  const input = background?.planned === undefined ? '' : plainJson(background.planned);
  const { output: schema } = background?.schemas ?? { output: undefined };
  const output = schema === undefined ? '' : plainJson(blankValue(schema));
  return { reason: '', happened: undefined, output, input, instructions: '' };
}
