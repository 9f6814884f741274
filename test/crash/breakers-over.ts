import { Breakers } from '../../core/operations/with-breaker.ts';
import type { BreakerOptions } from '../../core/operations/with-breaker.ts';

/** The breakers of one process. Here the table never fails, so an outcome that is not recorded is a fault of the engine. */
export function breakersOver(ports: Omit<BreakerOptions, 'unrecorded'>): Breakers {
  return new Breakers({
    ...ports,
    unrecorded: (_dependency, error) => {
      throw error;
    },
  });
}
