import ipaddr from "ipaddr.js";

/** What one customer of an IPv6 provider is given at least (RFC 6177), and may change within at will. */
const IPV6_PREFIX = 64;

/**
 * What limits per address count by: an IPv4 address (also where it comes as IPv4-mapped IPv6), or the /64 network of an IPv6
 * address. Requests without a readable address share one count.
 *
 * @example
 * addressSubject("2001:db8:1:2:3:4:5:6"); // "2001:db8:1:2::/64"
 */
export function addressSubject(ip: string | null): string {
  if (ip === null || !ipaddr.isValid(ip)) return "unknown";
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/${IPV6_PREFIX}`);
  return `${network.toRFC5952String()}/${IPV6_PREFIX}`;
}
