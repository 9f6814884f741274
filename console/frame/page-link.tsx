import Link from '@cloudscape-design/components/link';
import type { LinkProps } from '@cloudscape-design/components/link';
import type { ReactElement } from 'react';
import { useNavigate } from 'react-router';

/** A link to a page of the console. */
export function PageLink({
  to,
  ...rest
}: Omit<LinkProps, 'href' | 'onFollow'> & { readonly to: string }): ReactElement {
  const navigate = useNavigate();
  return (
    <Link
      {...rest}
      href={to}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    />
  );
}
