import { defineAction, defineSkill } from 'holdfast';
import type { ActionContext } from 'holdfast';
import * as z from 'zod';

const entry = z.object({ id: z.string() });
type Entry = z.infer<typeof entry>;

async function post(path: string, order: object, { fetch, settings, effectKey }: ActionContext): Promise<Entry> {
  const body = JSON.stringify({ ...order, reference: effectKey });
  return (await (await fetch(`${settings['SHOP_URL']}/${path}`, { method: 'POST', body })).json()) as Entry;
}

export default defineSkill({
  id: 'Shop:v1',
  release: '1.0.0',
  description: 'The stock, the till and the parcels of a shop.',
  settings: ['SHOP_URL'],
  network: ['$SHOP_URL'],
  dependency: 'shop',
  actions: {
    setAside: defineAction({
      description: 'Set goods aside for an order. The stock can be asked by reference.',
      input: z.strictObject({ goods: z.string().min(1) }),
      output: entry,
      effect: { class: 'Q', settleTime: '1s' },
      run: (order, context) => post('stock', order, context),
      lookup: async (effectKey, _order, { fetch, settings }) => {
        const answer = await fetch(`${settings['SHOP_URL']}/stock?reference=${effectKey}`);
        const [found] = (await answer.json()) as Entry[];
        return found ? { found: true, output: found } : { found: false };
      },
    }),
    charge: defineAction({
      description: 'Charge a card. The till knows a reference again for a day.',
      input: z.strictObject({ cents: z.int().positive() }),
      output: entry,
      effect: { class: 'K', keyTtl: '1d' },
      run: (order, context) => post('till', order, context),
    }),
    sendParcel: defineAction({
      description: 'Have a parcel sent. The carrier can neither deduplicate nor be asked.',
      input: z.strictObject({ goods: z.string().min(1) }),
      output: entry,
      effect: { class: 'N' },
      run: (order, context) => post('parcels', order, context),
    }),
  },
});
