import type { ReactElement } from 'react';
import { frame } from '../strings/frame.ts';
import { NothingHere } from '../states/nothing-here.tsx';
import { PageLink } from './page-link.tsx';
import { Page } from './page.tsx';

export function NotFound(): ReactElement {
  const { title, text, back } = frame.notFound;
  return (
    <Page title={title}>
      <NothingHere title={text}>
        <PageLink to="/runs">{back}</PageLink>
      </NothingHere>
    </Page>
  );
}
