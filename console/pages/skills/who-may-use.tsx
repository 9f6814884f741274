import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactElement } from 'react';
import { useAnswer } from '../../api/use-answer.ts';
import { useApi } from '../../session/session-context.ts';
import { AnswerView } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { grants } from '../../strings/grants.ts';
import { skills } from '../../strings/skills.ts';
import { allGrants } from './all-grants.ts';
import { GrantReasons } from './grant-reasons.tsx';

const words = skills.skill;

/** The agents that may use actions of a skill, and why. */
export function WhoMayUse({ skillId }: { readonly skillId: string }): ReactElement {
  const api = useApi();
  const answer = useAnswer('grants', (signal) => allGrants(api, signal));
  return (
    <Container header={<Header description={words.mayUseText}>{words.mayUse}</Header>}>
      <AnswerView answer={answer}>
        {(agents) => {
          const uses = agents.flatMap(({ agent, actions }) =>
            actions
              .filter(({ skill, decision }) => skill === skillId && decision !== 'denied')
              .map((granted) => ({ agent, granted })),
          );
          if (uses.length === 0) return <NothingHere title={words.noAgents} />;
          return (
            <SpaceBetween size="xs">
              {uses.map(({ agent, granted }) => (
                <ExpandableSection
                  key={`${agent} ${granted.action}`}
                  headerText={`${agent} · ${granted.action}: ${grants.decisions[granted.decision]}`}
                >
                  <GrantReasons granted={granted} />
                </ExpandableSection>
              ))}
            </SpaceBetween>
          );
        }}
      </AnswerView>
    </Container>
  );
}
