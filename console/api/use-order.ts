import { useState } from 'react';

/** Something that a person has asked for and that is done once: where it stands. */
export interface Order<Given extends readonly unknown[]> {
  readonly isUnderway: boolean;
  /** Why the last one was not carried out. */
  readonly error: unknown;
  /** Carries it out, unless it is underway. Resolves with whether it was done. */
  readonly give: (...given: Given) => Promise<boolean>;
  readonly forgetError: () => void;
}

/** For calls that change something. Whoever presses a button twice has asked once. */
export function useOrder<Given extends readonly unknown[]>(carryOut: (...given: Given) => Promise<void>): Order<Given> {
  const [standing, setStanding] = useState<{ readonly isUnderway: boolean; readonly error: unknown }>({
    isUnderway: false,
    error: undefined,
  });
  return {
    ...standing,
    forgetError: () => setStanding({ isUnderway: false, error: undefined }),
    give: async (...given) => {
      if (standing.isUnderway) return false;
      setStanding({ isUnderway: true, error: undefined });
      try {
        await carryOut(...given);
        setStanding({ isUnderway: false, error: undefined });
        return true;
      } catch (error) {
        setStanding({ isUnderway: false, error });
        return false;
      }
    },
  };
}
