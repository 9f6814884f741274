import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import TextContent from '@cloudscape-design/components/text-content';
import type { ReactElement } from 'react';
import { Fragment } from 'react';
import { useParams } from 'react-router';
import { useAnswer } from '../../api/use-answer.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { Page } from '../../frame/page.tsx';
import { AnswerView } from '../../states/answer-view.tsx';
import { NothingHere } from '../../states/nothing-here.tsx';
import { problem } from '../../strings/problem.ts';
import type { Block } from './markdown.ts';
import { blocksOf, inlinesOf } from './markdown.ts';

/** The pages of docs/errors, each loaded when it is opened: they are there where the console is. */
const texts = import.meta.glob<string>('../../../docs/errors/*.md', { query: '?raw', import: 'default' });

export function Component(): ReactElement {
  const { code = '' } = useParams();
  const load = texts[`../../../docs/errors/${code}.md`];
  const answer = useAnswer(code, async () => load?.());
  return (
    <Page title={problem.title(code)}>
      <AnswerView answer={answer}>
        {(text) =>
          text === undefined ? (
            <NothingHere title={problem.unknown} />
          ) : (
            <Container>
              <TextContent>{blocksOf(text).map(blockView)}</TextContent>
            </Container>
          )
        }
      </AnswerView>
    </Page>
  );
}

function blockView(block: Block, at: number): ReactElement {
  switch (block.kind) {
    case 'heading':
      // The page has its first heading already.
      return block.level === 1 ? <Fragment key={at} /> : <h2 key={at}>{textView(block.text)}</h2>;
    case 'paragraph':
      return <p key={at}>{textView(block.text)}</p>;
    case 'list':
      return (
        <ul key={at}>
          {block.items.map((item) => (
            <li key={item}>{textView(item)}</li>
          ))}
        </ul>
      );
    case 'code':
      return (
        <Box key={at} variant="pre">
          {block.text}
        </Box>
      );
  }
}

function textView(text: string): readonly ReactElement[] {
  return inlinesOf(text).map((part, at) => {
    if (part.kind === 'code') return <code key={at}>{part.text}</code>;
    if (part.kind !== 'link') return <Fragment key={at}>{part.text}</Fragment>;
    const [, other] = /^([a-zA-Z-]+)\.md$/.exec(part.to) ?? [];
    // Other documents are in the repository, which a console does not know the address of.
    return other === undefined ? (
      <Fragment key={at}>{part.text}</Fragment>
    ) : (
      <PageLink key={at} to={`/problems/${other}`}>
        {part.text}
      </PageLink>
    );
  });
}
