import type { Charge, Reservation, SpendLimits } from '../../core/model/budget.ts';
import { StoreUnavailable } from '../../core/model/failure.ts';
import type { SpendStore } from '../../core/ports/index.ts';

/** One call for which room was set aside. */
export interface WatchedCall {
  readonly reservation: Reservation;
  /** Undefined until it is settled. */
  charge: Charge | undefined;
}

/** How a run's worker reaches the accounts. */
export type Reach =
  | 'plainly'
  /** Every write arrives twice, the second settlement with a larger charge, and the call is asked for once more when it is over. */
  | 'twice'
  /** Its process dies after the call, before anything is settled. */
  | 'diesBeforeSettling';

/** The accounts as one run uses them, with a list of what was granted and settled. */
export class WatchedSpend implements SpendStore {
  readonly calls: WatchedCall[] = [];
  refusals = 0;
  readonly #inner: SpendStore;
  readonly #reach: Reach;
  readonly ofRun: SpendStore['ofRun'];
  readonly lines: SpendStore['lines'];
  readonly allot: SpendStore['allot'];
  readonly takeBack: SpendStore['takeBack'];
  readonly enlarge: SpendStore['enlarge'];

  constructor(inner: SpendStore, reach: Reach) {
    this.#inner = inner;
    this.#reach = reach;
    this.ofRun = (run) => inner.ofRun(run);
    this.lines = (query) => inner.lines(query);
    this.allot = (run, key, share, limits) => inner.allot(run, key, share, limits);
    this.enlarge = (run, key, part, limits) => inner.enlarge(run, key, part, limits);
    this.takeBack = (run, key, used) => inner.takeBack(run, key, used);
  }

  async reserve(reservation: Reservation, limits: SpendLimits) {
    const refusal = await this.#inner.reserve(reservation, limits);
    if (refusal) {
      this.refusals += 1;
      return refusal;
    }
    if (this.#reach === 'twice') await this.#inner.reserve(reservation, limits);
    this.calls.push({ reservation, charge: undefined });
    return undefined;
  }

  async settle(reservation: Reservation, charge: Charge): Promise<void> {
    if (this.#reach === 'diesBeforeSettling') throw new StoreUnavailable('spend', new Error('the process died'));
    await this.#inner.settle(reservation, charge);
    const call = this.calls.find((each) => each.reservation.key === reservation.key);
    if (!call) throw new Error(`The call '${reservation.key}' was settled, and nothing was set aside for it.`);
    call.charge = charge;
    if (this.#reach === 'twice') {
      await this.#inner.settle(reservation, { usdMicros: charge.usdMicros + 1, tokens: charge.tokens + 1 });
      await this.#mustBeRefused(reservation);
    }
  }

  /** A call that was made cannot be made again under its key. */
  async #mustBeRefused(reservation: Reservation): Promise<void> {
    const unlimited: SpendLimits = { run: {}, tenantDay: {} };
    const refusal = await this.#inner.reserve(reservation, unlimited).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!String(refusal).includes('is settled')) throw new Error(`The call '${reservation.key}' was granted again.`);
  }
}
