import { defineAction, defineSkill } from 'holdfast';
import * as z from 'zod';

const carClass = z.enum(['compact', 'midsize', 'estate']);
const driver = z.object({ name: z.string().min(1) });

const reservation = z.object({
  reservationId: z.string(),
  model: z.string(),
  carClass,
  city: z.string(),
  pickUpOn: z.iso.date(),
  dropOffOn: z.iso.date(),
  days: z.int().positive(),
  driver,
  totalCents: z.int().nonnegative(),
  currency: z.string(),
});

export default defineSkill({
  id: 'CarDesk:v1',
  release: '1.1.0',
  description: 'Reserves rental cars.',
  settings: ['TRAVEL_PROVIDER_URL'],
  network: ['$TRAVEL_PROVIDER_URL'],
  dependency: 'travel-cars',
  actions: {
    reserve: defineAction({
      description: 'Reserve one car for one driver.',
      input: z.strictObject({
        city: z.string().min(1),
        pickUpOn: z.iso.date(),
        dropOffOn: z.iso.date(),
        carClass,
        driver,
      }),
      output: reservation,
      effect: { class: 'N' },
      timeoutSeconds: 10,
      run: async ({ driver: { name }, ...wanted }, { fetch, settings }) => {
        const response = await fetch(`${settings['TRAVEL_PROVIDER_URL']}/cars/reservations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...wanted, driver: { name } }),
        });
        return (await response.json()) as z.infer<typeof reservation>;
      },
      check: (wanted, reserved) =>
        reserved.city === wanted.city && reserved.carClass === wanted.carClass
          ? []
          : [`a ${reserved.carClass} in ${reserved.city} was reserved instead`],
      // Two cancellations at this desk are two fees, and it cannot be asked: class N, as the reservation.
      compensate: async (_wanted, { reservationId }, { fetch, settings }) => {
        await fetch(`${settings['TRAVEL_PROVIDER_URL']}/cars/reservations/${reservationId}/cancellations`, {
          method: 'POST',
        });
      },
    }),
  },
});
