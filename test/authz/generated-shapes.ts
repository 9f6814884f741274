import fc from 'fast-check';

export type Draw = fc.GeneratorValue;

/** The type of an argument, with no word of the code that is tested. */
export type Shape =
  | { readonly kind: 'long' | 'string' | 'boolean' }
  | { readonly kind: 'set'; readonly element: Shape }
  | RecordShape;
export interface RecordShape {
  readonly kind: 'record';
  readonly members: ReadonlyMap<string, Member>;
}
export interface Member {
  readonly shape: Shape;
  readonly presence: 'required' | 'optional' | 'nullable' | 'preset';
}

export const agents = ['clerk', 'senior'] as const;
export const tenants = ['acme', 'beta'] as const;
export const endMs = Date.parse('2026-06-01');
/** Of every shape that is generated. A name may be a word of Cedar, or none. */
export const memberNames = ['a', 'b', 'if', 'two words', 'é'] as const;
export const texts = ['x', 'y', '"\\', '😀'] as const;
export const presets = { long: 1, string: 'x', boolean: true } as const;

export const pick = <T>(draw: Draw, ...items: readonly T[]): T => items[draw(fc.nat, items.length - 1)] as T;
