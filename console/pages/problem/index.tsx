import type { ReactElement } from 'react';
import { Page } from '../../frame/page.tsx';
import { frame } from '../../strings/frame.ts';

export function Component(): ReactElement {
  return <Page title={frame.navigation.runs}>{null}</Page>;
}
