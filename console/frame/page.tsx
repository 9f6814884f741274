import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import type { ReactElement, ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { frame } from '../strings/frame.ts';

interface PageProps {
  /** Of the document and, when there is no `heading`, of the page. */
  readonly title: string;
  readonly heading?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** True once a page was shown: the first one is not what somebody has just asked for with the keyboard. */
let hasShownPage = false;

/**
 * A page with its title. Whoever comes from another page finds the focus on the heading, so that a screen reader says where it is
 * and the next Tab leads into the page.
 */
export function Page({ title, heading, description, actions, children }: PageProps): ReactElement {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    document.title = frame.titleOf(title);
  }, [title]);
  useEffect(() => {
    if (hasShownPage) top.current?.focus({ preventScroll: true });
    hasShownPage = true;
  }, []);
  return (
    <ContentLayout
      header={
        <div ref={top} tabIndex={-1} style={{ outline: 'none' }}>
          <Header variant="h1" description={description} actions={actions}>
            {heading ?? title}
          </Header>
        </div>
      }
    >
      {children}
    </ContentLayout>
  );
}
