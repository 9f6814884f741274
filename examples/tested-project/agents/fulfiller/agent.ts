import { defineAgent, definePlaybook } from 'holdfast';
import * as z from 'zod';

const goods = { goods: '${input.goods}' };

export default defineAgent({
  name: 'fulfiller',
  description: 'Sees to orders of a shop.',
  grants: ['Shop:v1'],
  deadline: '2d',
  playbooks: {
    fulfil: definePlaybook({
      description: 'Set the goods aside, charge the card, send the parcel.',
      input: z.strictObject({ goods: z.string().min(1), cents: z.int().positive() }),
      steps: [
        { id: 'goods', skill: 'Shop:v1', action: 'setAside', input: goods, why: 'They may be gone.' },
        {
          ...{ id: 'payment', skill: 'Shop:v1', action: 'charge', input: { cents: '${input.cents}' } },
          ...{ dependsOn: ['goods'], why: 'Nothing leaves unpaid.' },
        },
        {
          ...{ id: 'parcel', skill: 'Shop:v1', action: 'sendParcel', input: goods },
          ...{ dependsOn: ['payment'], why: 'The customer waits for it.' },
        },
      ],
      output: { parcelId: '${steps.parcel.output.id}' },
    }),
  },
});
