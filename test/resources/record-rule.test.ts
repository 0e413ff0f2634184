import { notBefore } from "../../src/resources/record-rule";

describe("the rule that a period does not end before it begins", () => {
  const rule = notBefore("endDate", "startDate");

  it("names both fields in the words of whoever asks", () => {
    const broken = rule.check(["2024-05-01", "2024-05-02"]);
    expect(broken?.(["endDate", "startDate"])).toBe("must not be before startDate");
    expect(broken?.(["end_date", "start_date"])).toBe("must not be before start_date");
  });

  it("is kept by a single day, and where either end is missing", () => {
    for (const kept of [
      ["2024-05-01", "2024-05-01"],
      ["2024-05-01", null],
      [null, "2024-05-01"],
      [null, null],
    ]) {
      expect(rule.check(kept)).toBeNull();
    }
  });
});
