import { breakerKey } from '../../contract/keys.ts';
import { breaker } from '../../model/breaker.ts';
import type { Breaker } from '../../model/breaker.ts';
import type { BreakerStore, Written } from '../../ports/index.ts';
import { asSeen } from './condition.ts';
import type { Item, ItemKind } from './item.ts';
import { decodeItem, encodeItem } from './item.ts';
import type { ItemStore } from './item-store.ts';

const kind: ItemKind<Breaker> = { name: 'breaker', schema: breaker, inKey: ['dependency'], asText: ['byHand'] };

/** Breakers in the table: one small item for each dependency. */
export class DynamoBreakerStore implements BreakerStore {
  readonly #items: ItemStore;

  constructor(items: ItemStore) {
    this.#items = items;
  }

  async read(dependency: string): Promise<Breaker | undefined> {
    const item = await this.#items.get(breakerKey(dependency), 'breakers.read');
    return item && decode(item, dependency);
  }

  async readMany(dependencies: readonly string[]): Promise<Breaker[]> {
    const names = new Map(dependencies.map((dependency) => [breakerKey(dependency).PK, dependency]));
    const items = await this.#items.getMany([...names.values()].map(breakerKey), 'breakers.readMany');
    return items.map((item) => decode(item, names.get(item.PK) ?? ''));
  }

  async write(next: Breaker, seenWriteToken: string | undefined): Promise<Written<Breaker>> {
    const answer = await this.#items.put(
      encodeItem(kind, breakerKey(next.dependency), next),
      asSeen('writeToken', seenWriteToken),
      (stored) => stored['writeToken'] === next.writeToken,
      `breakers.write ${next.state}`,
    );
    if (answer.written) return answer;
    return { written: false, current: answer.current && decode(answer.current, next.dependency) };
  }
}

function decode(item: Item, dependency: string): Breaker {
  return decodeItem(kind, item, { dependency });
}
