import { table } from "../../bench/report";
import { percentile, ratioOf, spreadOf } from "../../bench/statistics";

describe("figures of several rounds", () => {
  it("have the median, the least and the most, in whatever order they came", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, least: 1, most: 4 });
    expect(spreadOf([7])).toEqual({ median: 7, least: 7, most: 7 });
  });

  it("are compared within each round, so that a machine that slows down changes no ratio", () => {
    expect(ratioOf([50, 40, 30], [100, 80, 60])).toEqual({ median: 0.5, least: 0.5, most: 0.5 });
    expect(() => ratioOf([1], [1, 2])).toThrow(RangeError);
  });

  it("have percentiles by the nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0)).toBe(1);
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });

  it("are printed with their ratios to the first", () => {
    const times = { p50Ms: [1, 1], p99Ms: [2, 4], epochReads: [Number.NaN, Number.NaN], residentMiB: 99.6 };
    const text = table([
      { name: "floor", requestsPerSecond: [10_000, 20_000], cpuMicros: [100, 50], ...times },
      { name: "other", requestsPerSecond: [5000, 12_000], cpuMicros: [200, 90], ...times },
    ]);
    const [, floor, other] = text.split("\n");
    expect(floor).toMatch(/^floor\s+15,000\s+10,000 … 20,000\s+1\.00\s+3\.00\s+100\s+75\s+1\.00 \(1\.00 … 1\.00\)/);
    expect(text).not.toContain("epoch");
    expect(other).toMatch(/0\.55 \(0\.50 … 0\.60\)\s+1\.90 \(1\.80 … 2\.00\)$/);
  });

  it("are printed with reads of the epoch where anybody has one", () => {
    const figures = { requestsPerSecond: [1], cpuMicros: [1], p50Ms: [1], p99Ms: [1], residentMiB: 1 };
    const text = table([
      { name: "floor", epochReads: [Number.NaN], ...figures },
      { name: "other", epochReads: [0.125], ...figures },
    ]);
    expect(text.split("\n").map((line) => line.split(/\s+/).at(-1))).toEqual(["reads", "1.00)", "0.125"]);
  });
});
