import type { EscalationView } from '../../../core/contract/inbox-api.ts';

/** What may be decided about an item and what each of it would do; what may not, and why. */
export interface Choices {
  readonly may: readonly { readonly resolution: string; readonly does: string }[];
  readonly mayNot: readonly { readonly resolution: string; readonly why: string }[];
}

/** As the platform tells it of this very case. Nothing for an item whose run is gone. */
export function choicesOf({ case: told }: EscalationView): Choices {
  const all = told?.resolutions ?? [];
  return {
    may: all.flatMap((one) => (one.may ? [one] : [])),
    mayNot: all.flatMap((one) => (one.may ? [] : [one])),
  };
}
