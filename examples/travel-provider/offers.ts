import { createHash } from 'node:crypto';

export interface FlightOffer {
  readonly flightId: string;
  readonly airline: string;
  readonly from: string;
  readonly to: string;
  readonly outbound: { readonly flightNumber: string; readonly departsAt: string };
  readonly inbound: { readonly flightNumber: string; readonly departsAt: string };
  readonly pricePerPersonCents: number;
  readonly currency: 'EUR';
}

export interface FlightQuery {
  readonly from: string;
  readonly to: string;
  readonly departOn: string;
  readonly returnOn: string;
}

const airlines = ['Northwind Air', 'Blue Heron', 'Meridian', 'Skylark'] as const;
const streets = ['Harbour Street', 'Mill Lane', 'Station Square', 'Castle Road'] as const;
const houses = ['Grand', 'Garden', 'Park', 'Riverside', 'Old Town'] as const;
const cars = {
  compact: ['Fiat 500', 'VW Polo', 'Toyota Yaris'],
  midsize: ['VW Golf', 'Skoda Octavia', 'Ford Focus'],
  estate: ['Volvo V60', 'Skoda Superb', 'VW Passat'],
} as const;

export const carClasses = ['compact', 'midsize', 'estate'] as const satisfies (keyof typeof cars)[];
export type CarClass = (typeof carClasses)[number];

const offersPerQuery = 3;

/** The flights of a day. The same question always has the same answer. */
export function flightOffers({ from, to, departOn, returnOn }: FlightQuery): FlightOffer[] {
  return Array.from({ length: offersPerQuery }, (_, index) => {
    const dice = diceOf('flight', from, to, departOn, returnOn, index);
    const airline = pick(airlines, dice(0));
    const prefix = airline.replace(/[^A-Z]/g, '').padEnd(2, 'X');
    return {
      flightId: `fl-${createHash('sha256')
        .update([from, to, departOn, returnOn, index].join('|'))
        .digest('hex')
        .slice(0, 12)}`,
      airline,
      from,
      to,
      outbound: {
        flightNumber: `${prefix}${100 + dice(1)}`,
        departsAt: `${departOn}T${hour(6 + index * 5)}:${minute(dice(2))}`,
      },
      inbound: {
        flightNumber: `${prefix}${400 + dice(3)}`,
        departsAt: `${returnOn}T${hour(8 + index * 4)}:${minute(dice(4))}`,
      },
      pricePerPersonCents: 8_900 + dice(5) * 120 + index * 1_500,
      currency: 'EUR',
    };
  });
}

/** The hotel that a city has for these wishes. */
export function hotelFor(city: string, stars: number, breakfast: boolean): HotelRoom {
  const dice = diceOf('hotel', city, stars);
  return {
    name: `${pick(houses, dice(0))} Hotel ${city}`,
    stars,
    address: `${pick(streets, dice(1))} ${1 + (dice(2) % 90)}, ${city}`,
    breakfast,
    pricePerNightCents: 3_500 + stars * 2_200 + dice(3) * 15 + (breakfast ? 1_200 : 0),
    currency: 'EUR',
  };
}

export interface HotelRoom {
  readonly name: string;
  readonly stars: number;
  readonly address: string;
  readonly breakfast: boolean;
  readonly pricePerNightCents: number;
  readonly currency: 'EUR';
}

/** The car of a class in a city. */
export function carFor(
  city: string,
  carClass: CarClass,
): { readonly model: string; readonly pricePerDayCents: number } {
  const dice = diceOf('car', city, carClass);
  return {
    model: pick(cars[carClass], dice(0)),
    pricePerDayCents: 2_900 + carClasses.indexOf(carClass) * 1_800 + dice(1) * 10,
  };
}

/** Whole days from one ISO date to a later one. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** Numbers from 0 to 255 that depend on the words alone. */
function diceOf(...words: readonly (string | number)[]): (index: number) => number {
  const digest = createHash('sha256').update(words.join('|')).digest();
  return (index) => digest.readUInt8(index);
}

function pick<T>(choices: readonly [T, ...T[]] | readonly T[], die: number): T {
  return choices[die % choices.length] as T;
}

const hour = (value: number): string => String(value % 24).padStart(2, '0');
const minute = (die: number): string => String((die % 12) * 5).padStart(2, '0');
