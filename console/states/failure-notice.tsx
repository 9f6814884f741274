import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactElement, ReactNode } from 'react';
import { ApiFailure } from '../api/api-failure.ts';
import { PageLink } from '../frame/page-link.tsx';
import { frame } from '../strings/frame.ts';

interface FailureNoticeProps {
  readonly error: unknown;
  /** Offers to try it again. */
  readonly again?: () => void;
  readonly onDismiss?: () => void;
}

/** Why something was not done or cannot be shown, with the page that explains it. Nothing when there is no error. */
export function FailureNotice({ error, again, onDismiss }: FailureNoticeProps): ReactElement | null {
  if (error === undefined || error === null) return null;
  const { title, text, items, code } = wordsOf(error);
  return (
    <Alert
      type="error"
      header={title}
      dismissible={onDismiss !== undefined}
      {...(onDismiss ? { onDismiss } : {})}
      action={again ? <Button onClick={again}>{frame.again}</Button> : undefined}
    >
      <p style={{ margin: 0 }}>{text}</p>
      {items.length > 0 && (
        <ul>
          {items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      )}
      {code !== undefined && <PageLink to={`/problems/${code}`}>{frame.failure.code(code)}</PageLink>}
    </Alert>
  );
}

interface Words {
  readonly title: string;
  readonly text: ReactNode;
  readonly items: readonly string[];
  readonly code: string | undefined;
}

function wordsOf(error: unknown): Words {
  const plain = (title: string, text: ReactNode): Words => ({ title, text, items: [], code: undefined });
  const { failure } = frame;
  if (!(error instanceof ApiFailure)) return plain(failure.broken, String(error));
  const cause = error.failure;
  switch (cause.kind) {
    case 'problem': {
      const { title, detail, code, problems = [] } = cause.problem;
      const items = problems.map(({ stepId, path, message }) =>
        [stepId, path].every((part) => part === undefined)
          ? message
          : `${[stepId, path].filter((part) => part !== undefined).join(' · ')}: ${message}`,
      );
      return { title, text: detail, items: [...new Set(items)], code };
    }
    case 'unreachable':
      return plain(failure.unreachable, failure.unreachableText);
    case 'strange':
      return plain(failure.strange, failure.strangeText(cause.status));
    case 'signedOut':
      return plain(failure.signedOut, failure.signedOutText);
  }
}
