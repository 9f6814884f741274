import { defineAction, defineSkill } from 'holdfast';
import type { ActionContext } from 'holdfast';
import * as z from 'zod';

const id = 'Paper:v1';

const sheet = z.strictObject({ title: z.string(), sheet: z.string() });

const shared = {
  input: sheet,
  output: z.object({ by: z.string() }),
  effect: { class: 'Q', settleTime: '100ms' },
  timeoutSeconds: 60,
  run: print,
  lookup: async (effectKey: string, _input: unknown, { fetch, settings }: ActionContext) => {
    const response = await fetch(`${settings['PRESS_URL']}/prints/${encodeURIComponent(effectKey)}`);
    const [first] = (await response.json()) as { by: string }[];
    return first ? { found: true as const, output: { by: first.by } } : { found: false as const };
  },
} as const;

export default defineSkill({
  id,
  release: '1.0.0',
  description: 'Prints.',
  settings: ['PRESS_URL'],
  network: ['$PRESS_URL'],
  actions: {
    print: defineAction({ ...shared, description: 'Print a sheet.' }),
    bind: defineAction({ ...shared, description: 'Bind a book.' }),
  },
});

async function print(
  { title, sheet: name }: z.infer<typeof sheet>,
  { fetch, settings, effectKey }: ActionContext,
): Promise<{ by: string }> {
  const body = JSON.stringify({ sheet: `${title} ${name}`, by: id });
  await fetch(`${settings['PRESS_URL']}/prints/${encodeURIComponent(effectKey)}`, { method: 'POST', body });
  return { by: id };
}
