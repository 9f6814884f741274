import type { ActionContext, Trust } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { MemoryDocumentStores } from '../../core/adapters/memory/index.ts';
import notes from './skill.ts';

const { write, find, remove } = notes.actions;

function notebook() {
  const store = new MemoryDocumentStores().of('acme', notes.id);
  let effects = 0;
  const context = (effectKey: string, trust: Trust = 'trusted') =>
    ({ store, effectKey, trust, lowerTrust: () => undefined }) as unknown as ActionContext;
  return {
    write: (tag: string, text: string, trust?: Trust, effectKey = `effect-${++effects}`) =>
      write.run({ tag, text }, context(effectKey, trust)),
    find: async (query: Partial<Parameters<typeof find.run>[0]>) => {
      const seen = new Set<Trust>();
      const lowerTrust = (lower: Trust): void => void seen.add(lower);
      const found = await find.run({ limit: 20, ...query }, { ...context('find'), lowerTrust });
      const trust = (['untrusted', 'model'] as const).find((level) => seen.has(level)) ?? 'trusted';
      return { ...found, texts: found.notes.map(({ text }) => text).toSorted(), trust };
    },
    remove: (tag: string, noteId: string) => remove.run({ tag, noteId }, context('remove')),
    put: (key: string, value: string) => store.put(key, value),
  };
}

describe('notes', () => {
  it('are found by tag, by the beginning of the tag and by a word, in any case', async () => {
    const book = notebook();
    await book.write('customer-1', 'Likes the Window');
    await book.write('customer-12', 'Likes the aisle');
    await book.write('hotel', 'Has a window');
    expect((await book.find({ tag: 'customer-1' })).texts).toEqual(['Likes the Window']);
    expect((await book.find({ tagPrefix: 'customer' })).texts).toEqual(['Likes the Window', 'Likes the aisle']);
    expect((await book.find({ contains: 'WINDOW' })).texts).toEqual(['Has a window', 'Likes the Window']);
    expect((await book.find({ tagPrefix: 'customer', contains: 'window' })).texts).toEqual(['Likes the Window']);
    expect(await book.find({ tag: 'nothing' })).toMatchObject({ notes: [], more: false, trust: 'trusted' });
  });

  it('are written once, however often the same effect is sent', async () => {
    const book = notebook();
    const first = await book.write('a', 'text', 'trusted', 'run#step:1');
    expect(await book.write('a', 'text', 'trusted', 'run#step:1')).toEqual(first);
    expect((await book.find({})).texts).toEqual(['text']);
  });

  it('may be believed as far as what they were made of, and a search as far as the worst that it found', async () => {
    const book = notebook();
    await book.write('a', 'said by a person');
    await book.write('b', 'said by a model', 'model');
    await book.write('c', 'said by a stranger', 'untrusted');
    expect((await book.find({ tag: 'a' })).trust).toBe('trusted');
    expect((await book.find({ tag: 'b' })).trust).toBe('model');
    expect((await book.find({})).trust).toBe('untrusted');
    expect((await book.find({ contains: 'person' })).trust).toBe('trusted');
  });

  it('are found up to the limit, over many pages, and it is told that there are more', async () => {
    const book = notebook();
    for (let count = 0; count < 250; count += 1) await book.write('many', `note ${count}`);
    expect(await book.find({ tag: 'many', limit: 3 })).toMatchObject({ more: true, notes: { length: 3 } });
    expect((await book.find({ tag: 'many', contains: 'note 24' })).texts).toHaveLength(11);
  });

  it('are gone once removed, and removing them again is no error', async () => {
    const book = notebook();
    const { noteId } = await book.write('a', 'one');
    await book.write('a', 'other');
    expect(await book.remove('a', noteId)).toEqual({ removed: true });
    expect(await book.remove('a', noteId)).toEqual({ removed: true });
    expect((await book.find({})).texts).toEqual(['other']);
  });

  it('that are broken are told as such', async () => {
    const book = notebook();
    await book.put('a/x', 'no note');
    await expect(book.find({})).rejects.toThrow("the note 'a/x' is broken");
  });
});
