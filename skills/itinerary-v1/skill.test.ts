import type { ActionContext } from 'holdfast';
import { expect, test } from 'vitest';
import itinerary from './skill.ts';

const { compose } = itinerary.actions;
const unused = {} as ActionContext;
const trip = {
  travellers: [{ name: 'Ada' }, { name: 'Grace' }],
  from: 'Lisbon',
  to: 'Oslo',
  departOn: '2027-05-03',
  returnOn: '2027-05-07',
  flight: {
    bookingId: 'FL000001',
    airline: 'Meridian',
    outbound: { flightNumber: 'MX101', departsAt: '2027-05-03T06:30' },
    inbound: { flightNumber: 'MX402', departsAt: '2027-05-07T18:05' },
    totalCents: 20_000,
    currency: 'EUR',
  },
  hotel: {
    bookingId: 'HO000002',
    hotel: { name: 'Park Hotel', address: 'Mill Lane 1' },
    nights: 4,
    totalCents: 40_050,
    currency: 'EUR',
  },
  car: { reservationId: 'CA000003', model: 'VW Golf', days: 4, totalCents: 10_000, currency: 'NOK' },
};

test('an itinerary is in the order of the days, and adds up each currency', async () => {
  const { text, totals } = await compose.run(trip, unused);
  expect(totals).toEqual([
    { totalCents: 60_050, currency: 'EUR' },
    { totalCents: 10_000, currency: 'NOK' },
  ]);
  expect(text).toBe(
    [
      'Lisbon to Oslo, 2027-05-03 to 2027-05-07',
      'For Ada, Grace',
      '',
      '2027-05-03  Fly Lisbon to Oslo with Meridian MX101 at 06:30  [FL000001]',
      '2027-05-03  Pick up the VW Golf (4 days)  [CA000003]',
      '2027-05-03  Check in at Park Hotel, Mill Lane 1 (4 nights)  [HO000002]',
      '2027-05-07  Fly Oslo to Lisbon with Meridian MX402 at 18:05  [FL000001]',
      '',
      'Total 600.50 EUR and 100.00 NOK',
    ].join('\n'),
  );
});

test('hotel and car may be left out', async () => {
  const { hotel: _hotel, car: _car, ...bare } = trip;
  const { entries, totals } = await compose.run(bare, unused);
  expect(entries.map(({ day }) => day)).toEqual(['2027-05-03', '2027-05-07']);
  expect(totals).toEqual([{ totalCents: 20_000, currency: 'EUR' }]);
});
