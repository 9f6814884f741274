import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { answersAsWell, pathsInto, usedAction } from './alternatives.ts';

const schemaOf = (schema: z.ZodType): unknown => z.toJSONSchema(schema);
const hotel = schemaOf(z.object({ bookingId: z.string(), stars: z.int(), at: z.object({ city: z.string() }) }));
const desk = schemaOf(z.object({ bookingId: z.string(), at: z.object({ city: z.string(), street: z.string() }) }));

describe('whether an action answers as well as another', () => {
  it('is asked for the paths only that somebody refers to', () => {
    expect(answersAsWell(hotel, desk, [])).toBe(true);
    expect(answersAsWell(hotel, desk, [['bookingId'], ['at', 'city'], ['at']])).toBe(true);
    expect(answersAsWell(hotel, desk, [['stars']])).toBe(false);
    expect(answersAsWell(hotel, desk, [[]])).toBe(false);
    expect(answersAsWell(desk, hotel, [['at', 'street']])).toBe(false);
  });

  it('is no where a member may be missing, or has another shape', () => {
    const loose = schemaOf(z.object({ bookingId: z.string().optional(), at: z.string() }));
    expect(answersAsWell(hotel, loose, [['bookingId']])).toBe(false);
    expect(answersAsWell(hotel, loose, [['at']])).toBe(false);
    expect(answersAsWell(hotel, loose, [['at', 'city']])).toBe(false);
    expect(answersAsWell(undefined, desk, [['bookingId']])).toBe(false);
  });

  it('is yes for itself, whatever is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { maxLength: 3 })), (paths) => {
        expect(answersAsWell(hotel, hotel, paths)).toBe(true);
      }),
    );
  });
});

it('references are found wherever they stand, and those to others are not', () => {
  const templates = [{ a: ['${steps.book.output.x.y}'], b: '${steps.other.output}' }, '${steps.book.output}', null];
  expect(pathsInto('book', templates)).toEqual([['x', 'y'], []]);
});

it('an action is named by its skill and its own name', () => {
  expect(usedAction('HotelDesk:v1/book')).toEqual({ skill: 'HotelDesk:v1', action: 'book' });
});
