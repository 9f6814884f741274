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
