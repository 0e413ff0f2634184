import { canonicalIpRange, ipMatches, parseIpRange } from "../../src/api-keys/ip-range";

describe("an allowed address", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    [" 10.0.0.1 ", "10.0.0.1"],
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.0.0.1/32", "10.0.0.1"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["::FFFF:10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.2.3/104", "10.0.0.0/8"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::1/32", "2001:db8::/32"],
    ["2001:db8::1/128", "2001:db8::1"],
    ["::/0", "::/0"],
  ])("%j is stored as %j", (given, stored) => {
    expect(canonicalIpRange(given)).toBe(stored);
    expect(canonicalIpRange(stored)).toBe(stored);
  });

  it.each([
    ...["", "localhost", "10.0.0", "10.0.0.256", "010.0.0.1", "0x7f.0.0.1", "2130706433", "10.0.0.0/33", "10.0.0.0/-1"],
    ...["10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/", "/8", "::1/129", "fe80::1%eth0", "1::2::3", "10.0.0.1\0", "*"],
  ])("%j is refused", (given) => {
    expect(canonicalIpRange(given)).toBeNull();
  });
});

describe("the peer of a request", () => {
  const ranges = ["10.0.0.0/8", "192.168.1.7", "2001:db8::/32"].map(parseIpRange);

  it.each(["10.255.0.1", "::ffff:10.255.0.1", "::ffff:aff:1", "192.168.1.7", "2001:db8:ffff::1"])(
    "%s is inside",
    (ip) => {
      expect(ipMatches(ranges, ip)).toBe(true);
    },
  );

  it.each(["11.0.0.1", "::ffff:11.0.0.1", "192.168.1.8", "2001:db9::1", "::1", "", "junk", null])(
    "%s is outside",
    (ip) => {
      expect(ipMatches(ranges, ip)).toBe(false);
    },
  );

  it("of one family is not inside every address of the other", () => {
    expect(ipMatches([parseIpRange("0.0.0.0/0")], "2001:db8::1")).toBe(false);
    expect(ipMatches([parseIpRange("::/0")], "10.0.0.1")).toBe(false);
  });
});
