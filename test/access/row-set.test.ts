import { mergeRowSets, rowSetCovers, rowSetKey, withoutRepeats } from "../../src/access/row-set";

describe("row sets", () => {
  it("answer as the examples say", () => {
    expect(mergeRowSets([{ departmentIds: ["b"] }, { departmentIds: ["a", "b"], self: true, reports: false }])).toEqual(
      {
        departmentIds: ["a", "b"],
        self: true,
      },
    );
    expect(withoutRepeats([{ self: true }, { reports: true }, { self: true, locations: [] }])).toEqual([
      { self: true },
      { reports: true },
    ]);
    expect(rowSetCovers({ departmentIds: ["a", "b"] }, { departmentIds: ["a"] })).toBe(true);
  });

  it("have one key whatever the order, and empty parts do not count", () => {
    expect(rowSetKey({ locations: ["y", "x", "x"], self: false })).toBe(
      rowSetKey({ locations: ["x", "y"], employeeIds: null }),
    );
    expect(rowSetKey({})).not.toBe(rowSetKey({ self: true }));
  });

  it.each([
    [{}, {}, true],
    [{}, { self: true }, false],
    [{ self: true }, {}, true],
    [{ self: true }, { self: true }, true],
    [{ self: true }, { reports: true }, false],
    [{ self: true, reports: true }, { reports: true }, true],
    [{ departmentIds: ["a"] }, { self: true }, false],
    [{ departmentIds: ["a"] }, { departmentIds: ["a", "b"] }, false],
    [{ departmentIds: ["a"] }, { locations: ["a"] }, false],
    [{ departmentIds: ["a"], employeeIds: ["1", "2"] }, { employeeIds: ["2"] }, true],
    [{ employeeIds: ["1"] }, { departmentIds: [], employeeIds: ["1"], self: null }, true],
  ])("%j covers %j: %s", (outer, inner, covers) => {
    expect(rowSetCovers(outer, inner)).toBe(covers);
  });
});
