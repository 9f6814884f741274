import Flashbar from '@cloudscape-design/components/flashbar';
import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import type { ReactElement, ReactNode } from 'react';
import { createContext, use, useMemo, useState } from 'react';
import { frame } from '../strings/frame.ts';

export interface Notice {
  readonly type: 'success' | 'info' | 'warning' | 'error';
  readonly text: ReactNode;
}

interface Notices {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  readonly tell: (notice: Notice) => void;
}

const NoticesContext = createContext<Notices>({ items: [], tell: () => undefined });

/** Holds what was told to whoever looks, across pages, until it is dismissed. */
export function NoticesProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [told, setTold] = useState<readonly (Notice & { readonly id: string })[]>([]);
  const notices = useMemo<Notices>(() => {
    const dismiss = (id: string): void => setTold((before) => before.filter((notice) => notice.id !== id));
    return {
      tell: (notice) => setTold((before) => [...before.slice(-2), { ...notice, id: crypto.randomUUID() }]),
      items: told.map(({ id, type, text }) => ({
        ...{ id, type, content: text, dismissible: true, dismissLabel: frame.dismiss },
        onDismiss: () => dismiss(id),
      })),
    };
  }, [told]);
  return <NoticesContext value={notices}>{children}</NoticesContext>;
}

/** Tells something at the top of the page, e.g. that an order was carried out. */
export function useTell(): (notice: Notice) => void {
  return use(NoticesContext).tell;
}

export function NoticesView(): ReactElement {
  return <Flashbar items={use(NoticesContext).items} />;
}
