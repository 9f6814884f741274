import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactElement } from 'react';
import { PageLink } from '../../frame/page-link.tsx';
import { skills } from '../../strings/skills.ts';

/** Says that a skill still works but should not be used any more, and which one should. */
export function Deprecation({ replacedBy }: { readonly replacedBy: string }): ReactElement {
  return (
    <>
      <StatusIndicator type="warning">{skills.deprecated}</StatusIndicator> {skills.replacedBy}{' '}
      <PageLink to={`/skills/${encodeURIComponent(replacedBy)}`}>{replacedBy}</PageLink>
    </>
  );
}
