import Tabs from '@cloudscape-design/components/tabs';
import type { ReactElement } from 'react';
import { useSearchParams } from 'react-router';
import { useAnswer } from '../../api/use-answer.ts';
import { Page } from '../../frame/page.tsx';
import { useApi } from '../../session/session-context.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { skills } from '../../strings/skills.ts';
import { allGrants } from './all-grants.ts';
import { AskPolicy } from './ask-policy.tsx';
import { GrantsMatrix } from './grants-matrix.tsx';
import { SkillList } from './skill-list.tsx';

const tabs = ['skills', 'grants', 'ask'] as const;

export function Component(): ReactElement {
  const [query, setQuery] = useSearchParams();
  const open = tabs.find((tab) => tab === query.get('tab')) ?? 'skills';
  const contents = { skills: <SkillList />, grants: <Matrix />, ask: <Ask /> };
  return (
    <Page title={skills.title} description={skills.description}>
      <Tabs
        activeTabId={open}
        ariaLabel={skills.title}
        tabs={tabs.map((id) => ({ id, label: skills.tabs[id], content: contents[id] }))}
        onChange={({ detail }) => setQuery({ tab: detail.activeTabId })}
      />
    </Page>
  );
}

function Matrix(): ReactElement {
  const api = useApi();
  const [, setQuery] = useSearchParams();
  const answer = useAnswer('grants', (signal) => allGrants(api, signal));
  return (
    <AnswerView answer={answer}>
      {(agents) => <GrantsMatrix agents={agents} onTry={(agent, action) => setQuery({ tab: 'ask', agent, action })} />}
    </AnswerView>
  );
}

function Ask(): ReactElement {
  const api = useApi();
  const [query] = useSearchParams();
  const answer = useAnswer('grants', (signal) => allGrants(api, signal));
  return (
    <AnswerView answer={answer}>
      {(agents) => (
        <AskPolicy agents={agents} agent={query.get('agent') ?? undefined} action={query.get('action') ?? undefined} />
      )}
    </AnswerView>
  );
}
