import { ordersOf } from "../../src/connection/orders-of";
import { SortDirection } from "../../src/connection/sort-direction";

const properties = { name: "nameKey", createdAt: "createdAt" };

describe("the order of a list", () => {
  it("names the property compared, in the order given", () => {
    expect(ordersOf([{ createdAt: SortDirection.DESC }, { name: SortDirection.ASC }], properties)).toEqual([
      { property: "createdAt", direction: "DESC" },
      { property: "nameKey", direction: "ASC" },
    ]);
    expect(ordersOf([{ name: SortDirection.ASC, createdAt: null }], properties)).toHaveLength(1);
  });

  it("is empty when none is given", () => {
    expect(ordersOf(null, properties)).toEqual([]);
    expect(ordersOf(undefined, properties)).toEqual([]);
  });

  it("is refused where an entry has no field or two, naming the entry", () => {
    expect(() => ordersOf([{}], properties)).toThrow("sort[0] must have exactly one field");
    const both = { name: SortDirection.ASC, createdAt: SortDirection.ASC };
    expect(() => ordersOf([{ name: SortDirection.ASC }, both], properties)).toThrow(
      "sort[1] must have exactly one field",
    );
    expect(() => ordersOf(Array(6).fill({ name: SortDirection.ASC }), properties)).toThrow(
      "sort must have at most 5 entries",
    );
  });
});
