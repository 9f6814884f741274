import { ActionError, defineAction, defineSkill } from 'holdfast';
import type { DocumentStore, KeptDocument } from 'holdfast';
import * as z from 'zod';

/** The parts of a key: a note lies under its tag, and under its id so that it can be removed. */
const tag = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 characters of a-z, 0-9 and -');
const noteId = z.string().regex(/^[0-9A-Za-z-]{1,80}$/, 'must be an id that write or find answered with');

const trust = z.enum(['trusted', 'model', 'untrusted']);
/** As it is kept. `trust` says how far the arguments could be believed that it was made of. */
const kept = z.object({ text: z.string(), tag, trust });
const note = z.object({ noteId: z.string(), tag, text: z.string(), trust });
type Note = z.infer<typeof note>;

const pageSize = 100;
/** Longer searches would not end within the timeout. */
const mostRead = 2_000;

export default defineSkill({
  id: 'Notes:v1',
  release: '1.0.0',
  description: 'Keeps short notes between runs, and finds them again.',
  uses: ['store'],
  actions: {
    write: defineAction({
      description: 'Keep a note under a tag, for later runs.',
      input: z.strictObject({ tag, text: z.string().min(1).max(10_000) }),
      output: z.object({ noteId: z.string() }),
      effect: { class: 'K', keyTtl: '365d' },
      timeoutSeconds: 10,
      run: async ({ tag: under, text }, { store, effectKey, trust: level }) => {
        const id = idOf(effectKey);
        // A repeated send finds the note of the first one, and leaves it as it is.
        await store.put(keyOf(under, id), { text, tag: under, trust: level }, 'absent');
        return { noteId: id };
      },
    }),
    find: defineAction({
      description: 'Find notes: under a tag, under tags that begin so, or with a word in their text.',
      input: z.strictObject({
        tag: tag.optional(),
        tagPrefix: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
          .optional(),
        contains: z.string().min(1).max(200).optional().describe('Found in any case'),
        limit: z.int().min(1).max(50).default(20),
      }),
      output: z.object({ notes: z.array(note), more: z.boolean().describe('There may be others') }),
      effect: { class: 'P' },
      timeoutSeconds: 20,
      run: async ({ tag: under, tagPrefix = '', contains = '', limit }, { store, lowerTrust }) => {
        const prefix = under === undefined ? tagPrefix : `${under}/`;
        const { notes, more } = await search(store, prefix, contains.toLowerCase(), limit);
        for (const { trust: level } of notes) lowerTrust(level);
        return { notes, more };
      },
    }),
    remove: defineAction({
      description: 'Remove a note. One that is gone already is no error.',
      input: z.strictObject({ tag, noteId }),
      output: z.object({ removed: z.literal(true) }),
      effect: { class: 'K', keyTtl: '365d' },
      timeoutSeconds: 10,
      run: async ({ tag: under, noteId: id }, { store }) => {
        await store.remove(keyOf(under, id));
        return { removed: true as const };
      },
    }),
  },
});

const keyOf = (under: string, id: string): string => `${under}/${id}`;

/** An effect key as a part of a key. */
const idOf = (effectKey: string): string => effectKey.replaceAll(/[^0-9A-Za-z-]/g, '-').slice(0, 80);

async function search(
  store: DocumentStore,
  prefix: string,
  contains: string,
  limit: number,
): Promise<{ notes: Note[]; more: boolean }> {
  const notes: Note[] = [];
  let after: string | undefined;
  for (let read = 0; read < mostRead; read += pageSize) {
    const page = await store.list({ prefix, limit: pageSize, ...(after === undefined ? {} : { after }) });
    for (const document of page.documents) {
      const found = noteOf(document);
      if (!found.text.toLowerCase().includes(contains)) continue;
      if (notes.length === limit) return { notes, more: true };
      notes.push(found);
    }
    if (!page.more) return { notes, more: false };
    after = page.documents.at(-1)?.key;
  }
  return { notes, more: true };
}

function noteOf({ key, value }: KeptDocument): Note {
  const parsed = kept.safeParse(value);
  if (parsed.success) return { noteId: key.slice(key.indexOf('/') + 1), ...parsed.data };
  throw new ActionError(`the note '${key}' is broken`, { class: 'bug', sendOutcome: 'notDone' });
}
