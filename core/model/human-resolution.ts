import type { LedgerItem } from './effect.ts';
import type { LedgerCommand } from './ledger-command.ts';

type ResolveCommand = Extract<LedgerCommand, { kind: 'resolve' }>;
export type VerdictKind = ResolveCommand['verdict']['kind'];

/** What a person has said about a step in doubt, as the evidence of its ledger item keeps it. */
export interface HumanResolution {
  readonly actor: string;
  readonly verdict: VerdictKind;
  /** Its beginning, when it is long. */
  readonly reason: string;
}

/** The evidence that a resolution leaves. The actor and the verdict come first: long details are cut at their end. */
export function resolutionDetail({
  actor,
  verdict,
  reason,
}: {
  readonly actor: string;
  readonly verdict: { readonly kind: VerdictKind };
  readonly reason: string;
}): string {
  return `${actor}: ${verdict.kind}: ${reason}`;
}

const detailPattern = /^([^]*?): (happened|didNotHappen|sendAgain): ([^]*)$/;

/** The resolution that settled an item; undefined for one that is open, or that something else has settled. */
export function humanResolutionOf(item: LedgerItem): HumanResolution | undefined {
  if (item.status !== 'DONE' && item.status !== 'FAILED') return undefined;
  const last = item.evidence.at(-1);
  const [, actor, verdict, reason] = (last?.kind === 'human' && detailPattern.exec(last.detail)) || [];
  if (actor === undefined || reason === undefined) return undefined;
  const wanted: VerdictKind = item.status === 'DONE' ? 'happened' : 'didNotHappen';
  return verdict === wanted ? { actor, verdict, reason } : undefined;
}
