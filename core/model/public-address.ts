/** First address, length of the prefix in bits, and what is in the network: the special-purpose registries of IANA (RFC 6890). */
type Network = readonly [base: string, bits: number, what: string];

/** https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. */
const specialV4: readonly Network[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'behind a carrier'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'for protocols'],
  ['192.0.2.0', 24, 'for documentation'],
  ['192.88.99.0', 24, 'a 6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'for benchmarks'],
  ['198.51.100.0', 24, 'for documentation'],
  ['203.0.113.0', 24, 'for documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['255.255.255.255', 32, 'broadcast'],
  ['240.0.0.0', 4, 'reserved'],
];

/**
 * https://www.iana.org/assignments/iana-ipv6-special-registry, and multicast. Whatever carries an IPv4 address within is
 * refused as a whole: who translates it is not known here.
 */
const specialV6: readonly Network[] = [
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['::', 96, 'an IPv4 address written as IPv6'],
  ['::ffff:0:0', 96, 'an IPv4 address written as IPv6'],
  ['64:ff9b::', 96, 'translated to IPv4 (NAT64)'],
  ['64:ff9b:1::', 48, 'translated to IPv4 (NAT64)'],
  ['100::', 64, 'discarded'],
  ['2001::', 32, 'a Teredo tunnel'],
  ['2001::', 23, 'for protocols'],
  ['2001:db8::', 32, 'for documentation'],
  ['2002::', 16, 'a 6to4 tunnel'],
  ['3fff::', 20, 'for documentation'],
  ['fc00::', 7, 'private (unique local)'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'site-local'],
  ['ff00::', 8, 'multicast'],
];
/** All that is given out to be reached by everybody; the rest of IPv6 is reserved. */
const globalUnicast: Network = ['2000::', 3, 'global unicast'];

/**
 * Why an address is not a public one, such as `loopback`; undefined for a public one. The address is as resolvers and the
 * URL parser write it: IPv4 with four decimal numbers, IPv6 without brackets. Anything else is `no IP address`.
 */
export function whyNotPublic(address: string): string | undefined {
  const v4 = parsedV4(address);
  if (v4 !== undefined) return specialV4.find((network) => isWithin(v4, 32, network, parsedV4))?.[2];
  const v6 = parsedV6(address);
  if (v6 === undefined) return 'no IP address';
  const special = specialV6.find((network) => isWithin(v6, 128, network, parsedV6));
  if (special) return special[2];
  return isWithin(v6, 128, globalUnicast, parsedV6) ? undefined : 'reserved';
}

/** True for a name that stands for the machine itself (RFC 6761 section 6.3), whatever a resolver says about it. */
export function isOwnName(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname);
}

function isWithin(
  address: bigint,
  width: number,
  [base, bits]: Network,
  parsed: (text: string) => bigint | undefined,
): boolean {
  const rest = BigInt(width - bits);
  return address >> rest === (parsed(base) ?? 0n) >> rest;
}

function parsedV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0n;
  for (const part of parts) {
    // A leading zero would mean octal to some readers.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    address = (address << 8n) | BigInt(part);
  }
  return address;
}

/** RFC 4291 section 2.2; no zone. */
function parsedV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0] ?? '', halves.length === 1), groupsOf(halves[1] ?? '', true)];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((address, group) => (address << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; the last two may be written as IPv4. */
function groupsOf(text: string, isEnd: boolean): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = isEnd && index === parts.length - 1 ? parsedV4(part) : undefined;
    if (v4 !== undefined) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
