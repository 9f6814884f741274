import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { withPalette } from './palette-png.ts';

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

function pngOf(width: number, scanlines: readonly (readonly number[])[], colourType = 2): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(scanlines.length, 4);
  header.set([8, colourType], 8);
  const pixels = deflateSync(Buffer.from(scanlines.flat()));
  const chunks = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

/** The colours of the lines of a PNG with a palette, `rrggbb`. */
function coloursOf(png: Buffer, width: number): string[][] {
  const bodies = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    const named = png.subarray(at + 4, at + 8 + size);
    expect(png.readUInt32BE(at + 8 + size)).toBe(crc32(named));
    bodies.set(named.toString('latin1', 0, 4), named.subarray(4));
    at += size + 12;
  }
  expect([...bodies.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
  const lines = inflateSync(bodies.get('IDAT') ?? Buffer.alloc(0));
  const colours = bodies.get('PLTE') ?? Buffer.alloc(0);
  return Array.from({ length: lines.length / (width + 1) }, (_, line) =>
    [...lines.subarray(line * (width + 1) + 1, (line + 1) * (width + 1))].map((place) =>
      colours.toString('hex', place * 3, place * 3 + 3),
    ),
  );
}

it('a picture of few colours keeps each of them, whatever the filter of its lines', () => {
  const lines = [
    [0, ...[10, 20, 30], ...[200, 100, 50]],
    [1, ...[1, 2, 3], ...[5, 5, 5]],
    [2, ...[9, 18, 27], ...[194, 93, 42]],
    [3, ...[5, 10, 15], ...[95, 30, 10]],
    [4, ...[1, 1, 1], ...[255, 255, 255]],
  ];
  expect(coloursOf(withPalette(pngOf(2, lines)), 2)).toEqual([
    ['0a141e', 'c86432'],
    ['010203', '060708'],
    ['0a141e', 'c86432'],
    ['0a141e', 'c85a32'],
    ['0b151f', 'c75931'],
  ]);
});

it('of more than 256 colours rare ones become the nearest of the others, unless they are unlike all of them', () => {
  const frequent = Array.from({ length: 256 }, (_, red) => [red, 0, 0]);
  const line = [...frequent, ...frequent, [7, 1, 0], [0, 0, 200]].flat();
  const [colours] = coloursOf(withPalette(pngOf(514, [[0, ...line]])), 514);
  expect(colours?.slice(0, 3)).toEqual(['000000', '010000', '020000']);
  expect(new Set(colours).size).toBe(256);
  expect(colours?.slice(-2)).toEqual(['070000', '0000c8']);
});

it('a picture of another kind is refused', () => {
  expect(() => withPalette(pngOf(1, [[0, 1, 2, 3, 4]], 6))).toThrow('eight bits for each of red, green and blue');
});
