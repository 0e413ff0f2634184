import ipaddr from "ipaddr.js";

/** An address with the number of leading bits that count: the whole of it for a single address. */
export type IpRange = ReturnType<typeof ipaddr.parseCIDR>;

/** An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is 96 fixed bits and an IPv4 address. */
const MAPPED_PREFIX = 96;

/**
 * The one spelling of an address or CIDR range that is stored: IPv4 also where it was given as IPv4-mapped IPv6, the network's
 * own address in a range, RFC 5952 for IPv6. Null for anything else; IPv4 must be four decimal parts, since octal, hexadecimal
 * and shortened forms mean different addresses to different programs. Zones (`%eth0`) are refused.
 *
 * @example
 * canonicalIpRange("::ffff:10.1.2.3/104"); // "10.0.0.0/8"
 */
export function canonicalIpRange(text: string): string | null {
  const parts = /^([0-9a-fA-F:.]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/.exec(text.trim());
  if (parts?.[1] === undefined) return null;
  const range = withoutMapping(parts[1], parts[2] === undefined ? null : Number(parts[2]));
  if (range === null) return null;
  const [address, bits] = range;
  const widest = address.kind() === "ipv4" ? 32 : 128;
  if (bits === null) return spelled(address);
  if (bits > widest) return null;
  const cidr = `${address.toString()}/${bits}`;
  const network =
    address.kind() === "ipv4" ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return bits === widest ? spelled(network) : `${spelled(network)}/${bits}`;
}

/** Reads what `canonicalIpRange` wrote, once per key, so that requests only compare. */
export function parseIpRange(canonical: string): IpRange {
  if (canonical.includes("/")) return ipaddr.parseCIDR(canonical);
  const address = ipaddr.parse(canonical);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/**
 * Whether the peer address is in one of the ranges; an IPv4-mapped peer counts as IPv4. False for an unknown or unreadable
 * address: where addresses are limited, a request without one does not pass.
 *
 * @example
 * ipMatches([parseIpRange("10.0.0.0/8")], "::ffff:10.1.2.3"); // true
 */
export function ipMatches(ranges: readonly IpRange[], ip: string | null): boolean {
  if (ip === null || !ipaddr.isValid(ip)) return false;
  const peer = ipaddr.process(ip);
  return ranges.some((range) => range[0].kind() === peer.kind() && peer.match(range));
}

type Address = IpRange[0];

function withoutMapping(text: string, bits: number | null): [Address, number | null] | null {
  if (!text.includes(":")) return ipaddr.IPv4.isValidFourPartDecimal(text) ? [ipaddr.IPv4.parse(text), bits] : null;
  if (!ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  if (!address.isIPv4MappedAddress()) return [address, bits];
  if (bits === null) return [address.toIPv4Address(), null];
  return bits >= MAPPED_PREFIX ? [address.toIPv4Address(), bits - MAPPED_PREFIX] : [address, bits];
}

function spelled(address: Address): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
