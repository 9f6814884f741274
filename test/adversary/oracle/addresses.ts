/** Where the names of the fixture lead, one answer after the other. */
const names: Readonly<Record<string, readonly string[]>> = {
  'api.partner.example': ['93.184.216.34'],
  'cdn.partner.example': ['93.184.216.35'],
  'flip.partner.example': ['93.184.216.36', '169.254.169.254', '10.0.0.7'],
  'inside.partner.example': ['10.1.2.3'],
  'evil.example': ['203.0.114.66'],
};

/** The address that a host leads to at its n-th look-up; undefined when there is none. */
export function addressOf(host: string, lookup: number): string | undefined {
  const list = Object.hasOwn(names, host) ? names[host] : undefined;
  if (list) return list[lookup % list.length];
  const literal = host.startsWith('[') ? host.slice(1, -1) : host;
  return /^[\d.]+$/.test(literal) || literal.includes(':') ? literal : undefined;
}

/** The oracle's own opinion, by the beginnings of the few networks that the fixture knows. */
export function isPublicAddress(address: string): boolean {
  return ['93.184.216.', '203.0.114.'].some((network) => address.startsWith(network));
}

/** Origins that the web skill names. */
export const listedOrigins: readonly string[] = [
  'https://api.partner.example',
  'https://cdn.partner.example',
  'https://flip.partner.example',
  'https://inside.partner.example',
];
