import { addressSubject } from "../../src/rate-limits/address-subject";

describe("what limits per address count by", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::6", "2001:db8:1:3::/64"],
    ["::1", "::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    ["", "unknown"],
    ["not an address", "unknown"],
    [null, "unknown"],
  ])("%s counts as %s", (ip, subject) => {
    expect(addressSubject(ip)).toBe(subject);
  });
});
