import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../core/model/json.ts';
import type { DocumentStores } from '../../core/ports/index.ts';

/** What every store of documents promises. Each adapter's test calls it with stores of its own. */
export function documentStoresConformance(
  setup: () => Promise<{ readonly documents: DocumentStores; readonly stop: () => Promise<void> }>,
): void {
  let documents: DocumentStores;
  let stop: () => Promise<void>;
  let tenants = 0;

  beforeAll(async () => {
    ({ documents, stop } = await setup());
  });
  afterAll(() => stop());

  const fresh = () => documents.of(`tenant-${++tenants}`, 'Notes:v1');
  const versionOf = async (written: Promise<{ written: boolean; version?: string }>): Promise<string> => {
    const { version } = await written;
    if (version === undefined) throw new Error('not written');
    return version;
  };

  it('gives back what was put, exactly, and nothing for a key that nobody wrote', async () => {
    const store = fresh();
    const value: Json = { text: 'ünïcödé 🏨 "quoted"', list: [1, null, { deep: [''] }], zero: 0, no: false };
    const version = await versionOf(store.put('a/b:c@d', value));
    expect(await store.get('a/b:c@d')).toEqual({ key: 'a/b:c@d', value, version });
    expect(await store.get('a/b:c')).toBeUndefined();
  });

  it('keeps the documents of each tenant and of each skill version apart', async () => {
    const [one, other] = [documents.of('apart-1', 'Notes:v1'), documents.of('apart-2', 'Notes:v1')];
    const next = documents.of('apart-1', 'Notes:v10');
    await one.put('k', 'mine');
    for (const store of [other, next]) {
      expect(await store.get('k')).toBeUndefined();
      expect((await store.list()).documents).toEqual([]);
      await store.remove('k');
    }
    expect((await one.get('k'))?.value).toBe('mine');
  });

  it('writes a new document only when there is none, and shows what stands there instead', async () => {
    const store = fresh();
    const version = await versionOf(store.put('k', 1, 'absent'));
    expect(await store.put('k', 2, 'absent')).toEqual({ written: false, current: { key: 'k', value: 1, version } });
  });

  it('writes over the version that was seen and no other; every write has a version of its own', async () => {
    const store = fresh();
    const first = await versionOf(store.put('k', 'same', 'absent'));
    const second = await versionOf(store.put('k', 'same', first));
    expect(second).not.toBe(first);
    expect(await store.put('k', 'late', first)).toMatchObject({ written: false, current: { version: second } });
    expect(await store.put('gone', 1, first)).toEqual({ written: false, current: undefined });
    const third = await versionOf(store.put('k', 'whatever'));
    expect(await store.get('k')).toEqual({ key: 'k', value: 'whatever', version: third });
  });

  it('removes the version that was seen and no other; what is not there is gone', async () => {
    const store = fresh();
    const first = await versionOf(store.put('k', 1));
    const second = await versionOf(store.put('k', 2));
    expect(await store.remove('k', first)).toBe(false);
    expect(await store.remove('k', second)).toBe(true);
    expect(await store.get('k')).toBeUndefined();
    expect(await store.remove('k', second)).toBe(true);
    expect(await store.remove('k')).toBe(true);
    await store.put('k', 3);
    expect(await store.remove('k')).toBe(true);
  });

  it('does not mistake a new document for the one that stood there before', async () => {
    const store = fresh();
    const before = await versionOf(store.put('k', 1));
    await store.remove('k');
    await store.put('k', 1);
    expect((await store.put('k', 2, before)).written).toBe(false);
    expect(await store.remove('k', before)).toBe(false);
  });

  describe('a list', () => {
    it('has the documents whose keys begin so, by key, page after page', async () => {
      const store = fresh();
      const keys = ['b', 'a/2', 'a', 'a/1', 'a/10', 'A', 'a/z', 'a-', 'c', '0'];
      for (const key of keys) await store.put(key, key);
      const all = await store.list();
      expect(all.documents.map(({ key }) => key)).toEqual(keys.toSorted());
      expect(all.more).toBe(false);
      const first = await store.list({ prefix: 'a/', limit: 2 });
      expect(first).toMatchObject({ documents: [{ key: 'a/1', value: 'a/1' }, { key: 'a/10' }], more: true });
      const second = await store.list({ prefix: 'a/', limit: 2, after: 'a/10' });
      expect(second).toMatchObject({ documents: [{ key: 'a/2' }, { key: 'a/z' }], more: false });
      expect(await store.list({ prefix: 'a/', after: 'a/z' })).toEqual({ documents: [], more: false });
      expect(await store.list({ prefix: 'a/', after: 'b' })).toEqual({ documents: [], more: false });
      expect((await store.list({ prefix: 'a/', after: '0', limit: 1 })).documents).toMatchObject([{ key: 'a/1' }]);
      expect(await store.list({ prefix: 'zz' })).toEqual({ documents: [], more: false });
    });

    it('is complete whatever the keys, the prefix and the size of the pages', async () => {
      const key = fc.string({
        unit: fc.constantFrom('a', 'b', 'Z', '0', '.', '_', '+', '-', '/', ':', '@', '='),
        minLength: 1,
        maxLength: 4,
      });
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 12 }),
          fc.oneof(key, fc.constant('')),
          fc.integer({ min: 1, max: 5 }),
          async (keys, prefix, limit) => {
            const store = fresh();
            await Promise.all(keys.map((one) => store.put(one, null)));
            const found: string[] = [];
            let page = await store.list({ prefix, limit });
            for (;;) {
              found.push(...page.documents.map((document) => document.key));
              const after = found.at(-1);
              if (!page.more || after === undefined) break;
              page = await store.list({ prefix, limit, after });
            }
            expect(found).toEqual(keys.filter((one) => one.startsWith(prefix)).toSorted());
          },
        ),
        { numRuns: 25 },
      );
    });

    it('goes on over more than the table answers at once', async () => {
      const store = fresh();
      const large = 'x'.repeat(60_000);
      const keys = Array.from({ length: 40 }, (_, index) => `large-${String(index).padStart(2, '0')}`);
      await Promise.all(keys.map((key) => store.put(key, large)));
      const { documents: found, more } = await store.list({ limit: 100 });
      expect({ keys: found.map(({ key }) => key), more }).toEqual({ keys, more: false });
    });
  });

  it('lets one of fifty win who write a new document at the same time, and one of fifty who write over it', async () => {
    const store = fresh();
    const race = async (ifVersion: string): Promise<string> => {
      const racers = Array.from({ length: 50 }, (_, number) => store.put('k', { number }, ifVersion));
      const answers = await Promise.all(racers);
      const winners = answers.flatMap((answer, number) =>
        answer.written ? [{ number, version: answer.version }] : [],
      );
      expect(winners).toHaveLength(1);
      const [{ number, version } = { number: -1, version: '' }] = winners;
      for (const answer of answers) {
        if (!answer.written) expect(answer.current).toEqual({ key: 'k', value: { number }, version });
      }
      expect(await store.get('k')).toEqual({ key: 'k', value: { number }, version });
      return version;
    };
    await race(await race('absent'));
  });

  it('counts right when many add to one document at the same time', async () => {
    const store = fresh();
    await store.put('count', 0);
    const add = async (): Promise<void> => {
      for (;;) {
        const current = await store.get('count');
        if (!current) throw new Error('the count is gone');
        if ((await store.put('count', Number(current.value) + 1, current.version)).written) return;
      }
    };
    await Promise.all(Array.from({ length: 10 }, add));
    expect((await store.get('count'))?.value).toBe(10);
  });

  it('refuses keys, values and limits out of bounds as a mistake of the skill', async () => {
    const store = fresh();
    const calls = [
      () => store.get(''),
      () => store.get('a#b'),
      () => store.put('a b', 1),
      () => store.put('k'.repeat(201), 1),
      () => store.put('k', 'x'.repeat(64 * 1024)),
      () => store.remove('ü'),
      () => store.list({ prefix: '#' }),
      () => store.list({ after: '~' }),
      () => store.list({ limit: 0 }),
      () => store.list({ limit: 101 }),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ failureClass: 'bug', sendOutcome: 'notDone' });
    }
  });
}
