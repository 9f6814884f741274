import { createContext, use } from 'react';
import type { Api } from '../api/api.ts';
import type { Session } from './session.ts';

export const SessionContext = createContext<{ readonly session: Session; readonly api: Api } | undefined>(undefined);

/** Who looks. Throws outside of a session: there is no page then. */
export function useSession(): Session {
  return useOpened().session;
}

export function useApi(): Api {
  return useOpened().api;
}

function useOpened(): { readonly session: Session; readonly api: Api } {
  const open = use(SessionContext);
  if (open === undefined) throw new Error('A page is shown outside of a session; put it below SessionContext.');
  return open;
}
