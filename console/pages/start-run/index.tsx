import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { RunPreview, StartRunRequest } from '../../../core/contract/api.ts';
import { problemOf } from '../../api/api-failure.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { useOrder } from '../../api/use-order.ts';
import { useTell } from '../../frame/notices.tsx';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { FailureNotice } from '../../states/failure-notice.tsx';
import { startRun } from '../../strings/start-run.ts';
import { InputPart } from './input-part.tsx';
import { LimitsForm } from './limits-form.tsx';
import type { Agent } from './order-request.ts';
import { emptyDraft, problemsByPath, requestOf } from './order-request.ts';
import { PlanPreview } from './plan-preview.tsx';
import { SourceForm } from './source-form.tsx';

export function Component(): ReactElement {
  const api = useApi();
  const agents = useAnswer('agents', (signal) => api.get('/v1/agents', {}, { signal }));
  return (
    <Page title={startRun.title} description={startRun.description}>
      <AnswerView answer={agents}>{({ items }) => <StartForm agents={items} />}</AnswerView>
    </Page>
  );
}

interface Previewed {
  /** The body that it is of. */
  readonly body: string;
  readonly preview: RunPreview;
}

function StartForm({ agents }: { readonly agents: readonly Agent[] }): ReactElement {
  const api = useApi();
  const navigate = useNavigate();
  const tell = useTell();
  const [draft, setDraft] = useState(emptyDraft);
  const [previewed, setPreviewed] = useState<Previewed>();
  const keyOf = useIdempotencyKeys();
  const request = requestOf(draft);
  const body = JSON.stringify(request);
  const preview = useOrder(async (asked: StartRunRequest) => {
    setPreviewed({ body: JSON.stringify(asked), preview: await api.post('/v1/runs/preview', {}, asked) });
  });
  const start = useOrder(async (asked: StartRunRequest) => {
    const { runId } = await api.post('/v1/runs', {}, asked, { idempotencyKey: keyOf(JSON.stringify(asked)) });
    tell({ type: 'success', text: startRun.started(runId) });
    await navigate(`/runs/${runId}`);
  });
  const change = (changed: Partial<typeof draft>): void => {
    setDraft((before) => ({ ...before, ...changed }));
    preview.forgetError();
    start.forgetError();
  };
  const error = start.error ?? preview.error;
  const problems = problemsByPath(problemOf(error));
  const isBusy = start.isUnderway || preview.isUnderway;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (request) void start.give(request);
      }}
    >
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              formAction="none"
              disabled={!request || isBusy}
              loading={preview.isUnderway}
              onClick={() => void (request && preview.give(request))}
            >
              {startRun.preview.button}
            </Button>
            <Button variant="primary" disabled={!request || isBusy} loading={start.isUnderway}>
              {startRun.start}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">{startRun.agent.header}</Header>}>
            <SourceForm agents={agents} draft={draft} onChange={change} problems={problems} />
          </Container>
          <InputPart draft={draft} onChange={change} problems={problems} />
          <LimitsForm draft={draft} onChange={change} problems={problems} />
          <FailureNotice error={error} />
          <Container header={<Header variant="h2">{startRun.preview.header}</Header>}>
            <PlanPreview preview={previewed?.preview} isStale={previewed !== undefined && previewed.body !== body} />
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** One key for one body: whoever sends it again because no answer came starts one run. */
function useIdempotencyKeys(): (body: string) => string {
  const keys = useRef(new Map<string, string>());
  return (body) => {
    const key = keys.current.get(body) ?? crypto.randomUUID();
    keys.current.set(body, key);
    return key;
  };
}
