import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import { useParams } from 'react-router';
import type { SkillPage, SkillView } from '../../../core/contract/skill-api.ts';
import type { Api } from '../../api/api.ts';
import { problemOf } from '../../api/api-failure.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { skills } from '../../strings/skills.ts';
import { ActionContract } from './action-contract.tsx';
import { Deprecation } from './deprecation.tsx';
import { WhoMayUse } from './who-may-use.tsx';

const words = skills.skill;

export function Component(): ReactElement {
  const { skillId = '' } = useParams();
  const api = useApi();
  const answer = useAnswer(skillId, (signal) => skillAndVersions(api, skillId, signal));
  const isMissing =
    answer.state === 'failed' && ['unknown-skill', 'invalid-parameter'].includes(problemOf(answer.error)?.code ?? '');
  return (
    <Page title={skillId} description={answer.state === 'loaded' ? answer.value.skill.description : undefined}>
      {isMissing ? (
        <NothingHere title={words.missing}>
          <PageLink to="/skills">{words.toList}</PageLink>
        </NothingHere>
      ) : (
        <AnswerView answer={answer}>{({ skill, versions }) => <Contract {...{ skill, versions }} />}</AnswerView>
      )}
    </Page>
  );
}

interface ContractProps {
  readonly skill: SkillView;
  /** Ids of the others of its name. */
  readonly versions: readonly string[];
}

async function skillAndVersions(api: Api, skillId: string, signal: AbortSignal): Promise<ContractProps> {
  const [skill, page]: [SkillView, SkillPage] = await Promise.all([
    api.get('/v1/skills/{skillId}', { skillId }, { signal }),
    api.get('/v1/skills', {}, { signal }),
  ]);
  const [name] = skillId.split(':');
  const versions = page.items.map(({ id }) => id).filter((id) => id !== skillId && id.split(':')[0] === name);
  return { skill, versions };
}

function Contract({ skill, versions }: ContractProps): ReactElement {
  return (
    <SpaceBetween size="l">
      <Container header={<Header description={skill.whenToUse}>{words.whenToUse}</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            {
              label: words.state,
              value: skill.deprecated ? (
                <Deprecation replacedBy={skill.deprecated.replacedBy} />
              ) : (
                <StatusIndicator type="success">{words.current}</StatusIndicator>
              ),
            },
            { label: words.release, value: skill.release },
            { label: words.versions, value: versions.length === 0 ? words.noVersions : <Versions ids={versions} /> },
            { label: words.hash, value: <code title={skill.skillHash}>{skill.skillHash.slice(0, 16)}…</code> },
          ]}
        />
      </Container>
      <WhoMayUse skillId={skill.id} />
      <SpaceBetween size="m">
        <Header variant="h2" counter={`(${skill.actions.length})`}>
          {words.actions}
        </Header>
        {skill.actions.map((action) => (
          <ActionContract key={action.name} action={action} />
        ))}
      </SpaceBetween>
    </SpaceBetween>
  );
}

function Versions({ ids }: { readonly ids: readonly string[] }): ReactElement {
  return (
    <SpaceBetween direction="horizontal" size="s">
      {ids.map((id) => (
        <PageLink key={id} to={`/skills/${encodeURIComponent(id)}`}>
          {id}
        </PageLink>
      ))}
    </SpaceBetween>
  );
}
