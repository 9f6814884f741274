import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnName, whyNotPublic } from './public-address.ts';

const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
const v4 = fc.nat(0xffffffff).map(dotted);
const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
const colons = (values: readonly number[]): string => values.map((value) => value.toString(16)).join(':');

/** First and last address of every network of the registry, written by hand from it. */
const specialV4 = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
] as const;
const valueOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

describe('an IPv4 address', () => {
  it('is public exactly when no special network holds it', () => {
    const borders = specialV4
      .flatMap(([first, last]) => [first, last].map(valueOf))
      .flatMap((at) => [at - 1, at, at + 1]);
    const near = fc.constantFrom(...borders.filter((at) => at >= 0 && at <= 0xffffffff));
    fc.assert(
      fc.property(fc.oneof(near, fc.nat(0xffffffff)), (at) => {
        const special = specialV4.some(([first, last]) => valueOf(first) <= at && at <= valueOf(last));
        expect(whyNotPublic(dotted(at)) !== undefined, dotted(at)).toBe(special);
      }),
      { numRuns: 2_000 },
    );
  });

  it('written in any other way than four decimal numbers is no address', () => {
    for (const text of ['010.0.0.1', '8.8.8', '134744072', '0x8.8.8.8', '8.8.8.8.', ' 8.8.8.8', '8.8.8.256', '']) {
      expect(whyNotPublic(text), text).toBe('no IP address');
    }
  });

  it('has the same answer in every form that the URL parser understands', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (at) => {
        const hex = `0x${at.toString(16)}`;
        const octal = dotted(at)
          .split('.')
          .map((part) => `0${Number(part).toString(8)}`)
          .join('.');
        for (const form of [String(at), hex, octal]) {
          expect(whyNotPublic(new URL(`http://${form}/`).hostname)).toBe(whyNotPublic(dotted(at)));
        }
      }),
    );
    expect(whyNotPublic(new URL('http://127.1/').hostname)).toBe('loopback');
    expect(whyNotPublic(new URL('http://１２７.0.0.1/').hostname)).toBe('loopback');
  });
});

describe('an IPv6 address', () => {
  it.each([
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::7f00:1', 'an IPv4 address written as IPv6'],
    ['::ffff:8.8.8.8', 'an IPv4 address written as IPv6'],
    ['::FFFF:a00:1', 'an IPv4 address written as IPv6'],
    ['64:ff9b::808:808', 'translated to IPv4 (NAT64)'],
    ['64:ff9b:1:ffff::1', 'translated to IPv4 (NAT64)'],
    ['100::1', 'discarded'],
    ['2001::1', 'a Teredo tunnel'],
    ['2001:20::1', 'for protocols'],
    ['2001:db8::1', 'for documentation'],
    ['2002:808:808::1', 'a 6to4 tunnel'],
    ['3fff:fff::1', 'for documentation'],
    ['fc00::1', 'private (unique local)'],
    ['fdff::1', 'private (unique local)'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['5f00::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['fe80::1%eth0', 'no IP address'],
    ['1:2:3', 'no IP address'],
    ['1::2::3', 'no IP address'],
    ['1:2:3:4:5:6:7:8:9', 'no IP address'],
    ['1.2.3.4::', 'no IP address'],
    ['[::1]', 'no IP address'],
  ])('%s is %s', (address, why) => {
    expect(whyNotPublic(address)).toBe(why);
  });

  it.each(['2600::', '2001:4860:4860::8888', '2a00:1450:4001:80b::200e', '2003::1'])('%s is public', (address) => {
    expect(whyNotPublic(address)).toBeUndefined();
  });

  it('outside of 2000::/3 is never public', () => {
    fc.assert(
      fc.property(groups, (values) => {
        fc.pre((values[0] ?? 0) >> 13 !== 1);
        expect(whyNotPublic(colons(values))).not.toBeUndefined();
      }),
    );
  });

  it('that carries an IPv4 address in a known way is never public', () => {
    fc.assert(
      fc.property(v4, (address) => {
        for (const prefix of ['::ffff:', '::', '64:ff9b::']) expect(whyNotPublic(prefix + address)).not.toBeUndefined();
      }),
    );
  });

  it('has the same answer as the URL parser writes it', () => {
    fc.assert(
      fc.property(groups, (values) => {
        const written = new URL(`http://[${colons(values)}]/`).hostname.slice(1, -1);
        expect(whyNotPublic(written)).toBe(whyNotPublic(colons(values)));
      }),
    );
  });
});

it('localhost and all names below it are the machine itself', () => {
  for (const name of ['localhost', 'LOCALHOST', 'localhost.', 'a.b.localhost', 'a.localhost.']) {
    expect(isOwnName(name), name).toBe(true);
  }
  for (const name of ['localhost.example.com', 'notlocalhost', 'example.com.'])
    expect(isOwnName(name), name).toBe(false);
});
