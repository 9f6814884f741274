import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** Colours that most of a page has, and such as are rare and unlike all of those: of a logo, a badge. */
const frequentCount = 176;
const colourCount = 256;
const trueColour = 2;
const palette = 3;

/**
 * A PNG with at most 256 of its colours; every other one becomes the nearest of them. That is enough for flat pages and
 * halves their size.
 *
 * @param png as Chromium writes it: eight bits each of red, green and blue, not interlaced. Throws for any other.
 */
export function withPalette(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === 'IHDR')?.body;
  if (!header || header[8] !== 8 || header[9] !== trueColour || header[12] !== 0)
    throw new Error('Only a PNG of eight bits for each of red, green and blue, not interlaced, can get a palette.');
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const scanlines = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body)));
  const pixels = unfiltered(scanlines, width * 3, height);
  const colours = Array.from({ length: width * height }, (_, index) => pixels.readUIntBE(index * 3, 3));
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const { known, places } = paletteOf(byCount);
  const lines = Buffer.alloc((width + 1) * height);
  for (const [index, colour] of colours.entries())
    lines[index + Math.floor(index / width) + 1] = places.get(colour) ?? 0;
  const paletteHeader = Buffer.from(header);
  paletteHeader[9] = palette;
  return Buffer.concat([
    signature,
    chunk('IHDR', paletteHeader),
    chunk('PLTE', Buffer.concat(known.map(bytesOf))),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunksOf(png: Buffer): { readonly type: string; readonly body: Buffer }[] {
  const chunks = [];
  for (let at = signature.length; at < png.length;) {
    const size = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), body: png.subarray(at + 8, at + 8 + size) });
    at += size + 12;
  }
  return chunks;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const edges = Buffer.alloc(8);
  edges.writeUInt32BE(body.length, 0);
  edges.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([edges.subarray(0, 4), named, edges.subarray(4)]);
}

/** Takes back the filters of the scanlines: each byte was written as its difference to one before it, above it, or both. */
function unfiltered(scanlines: Buffer, stride: number, height: number): Buffer {
  const bytesOfPixel = 3;
  const pixels = Buffer.alloc(stride * height);
  for (let line = 0; line < height; line += 1) {
    const filter = scanlines[line * (stride + 1)] ?? 0;
    const start = line * stride;
    for (let column = 0; column < stride; column += 1) {
      const left = column < bytesOfPixel ? 0 : (pixels[start + column - bytesOfPixel] ?? 0);
      const above = line === 0 ? 0 : (pixels[start + column - stride] ?? 0);
      const corner = column < bytesOfPixel || line === 0 ? 0 : (pixels[start + column - stride - bytesOfPixel] ?? 0);
      const expected = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      // A buffer keeps the last eight bits.
      pixels[start + column] = (scanlines[line * (stride + 1) + 1 + column] ?? 0) + expected;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Colours to keep, and for every colour the place of the nearest of those. @param colours the most frequent first */
function paletteOf(colours: readonly number[]): {
  readonly known: readonly number[];
  readonly places: ReadonlyMap<number, number>;
} {
  const known: number[] = [];
  const nearest = colours.map((colour) => ({ colour, place: 0, distance: Number.POSITIVE_INFINITY }));
  while (known.length < Math.min(colourCount, colours.length)) {
    const next =
      known.length < frequentCount
        ? nearest[known.length]
        : nearest.reduce((a, b) => (b.distance > a.distance ? b : a));
    if (!next) break;
    const place = known.push(next.colour) - 1;
    for (const one of nearest) {
      const distance = distanceOf(one.colour, next.colour);
      if (distance < one.distance) Object.assign(one, { place, distance });
    }
  }
  return { known, places: new Map(nearest.map(({ colour, place }) => [colour, place])) };
}

function distanceOf(one: number, other: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

function bytesOf(colour: number): Buffer {
  return Buffer.from([colour >> 16, (colour >> 8) & 255, colour & 255]);
}
