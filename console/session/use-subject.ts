import { useEffect, useState } from 'react';
import { useSession } from './session-context.ts';
import { subjectOf } from './subject.ts';

/** The name by which the API calls whoever looks; that of the session until it is known. */
export function useSubject(): string {
  const { user, tokens } = useSession();
  const [subject, setSubject] = useState(user);
  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      // Whoever is signed out hears of it from the page's own question.
      const token = await tokens.token().catch(() => undefined);
      if (!isOver && token !== undefined) setSubject(subjectOf(token) ?? user);
    };
    void read();
    return () => {
      isOver = true;
    };
  }, [tokens, user]);
  return subject;
}
