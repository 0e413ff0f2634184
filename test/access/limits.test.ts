import { getIntrospectionQuery, parse } from "graphql";
import { DEFAULT_LIMITS, excessOf, measure } from "../../src/access/limits";

const excess = (text: string) => excessOf(measure(parse(text)), DEFAULT_LIMITS)?.limit ?? null;
const nested = (depth: number): string => `{ ${"a { ".repeat(depth - 1)}a${" }".repeat(depth - 1)} }`;

describe("measure", () => {
  it("answers as its example says", () => {
    const document = parse("{ a { b } ...F } fragment F on Query { x: c }");
    expect(measure(document)).toEqual({
      depth: 2,
      introspectionDepth: 0,
      aliases: 1,
      aliasCharacters: 1,
      rootFields: 2,
      selections: 4,
    });
  });

  it("bounds the characters of all aliases together, since they are written with every record", () => {
    const aliased = (length: number): string => `{ ${"a".repeat(length)}: b c: d }`;
    expect(excess(aliased(3_999))).toBeNull();
    expect(excess(aliased(4_000))).toBe("aliases");
    const spread = `{ ${"...F ".repeat(5)} } fragment F on Query { ${"a".repeat(1_000)}: b }`;
    expect(excess(spread)).toBe("aliases");
    const own = { ...DEFAULT_LIMITS, aliases: 2 };
    expect(excessOf(measure(parse(aliased(80))), own)?.message).toBe(
      "The document has more than 80 characters of aliases.",
    );
  });

  it("counts a fragment wherever it is spread", () => {
    const cost = measure(parse("{ ...F a { ...F } } fragment F on Query { x: b { y: c } }"));
    expect(cost).toMatchObject({ depth: 3, aliases: 4, rootFields: 2, selections: 7 });
  });

  it("adds up the operations of a document, and takes the deepest", () => {
    const cost = measure(parse("query A { a b: c } query B { a { b { c } } }"));
    expect(cost).toMatchObject({ depth: 3, aliases: 1, rootFields: 2, selections: 5 });
  });

  it("counts what stands in fragments that nothing spreads, and nothing twice that is spread", () => {
    expect(measure(parse("{ a } fragment F on Q { b { c } ...G } fragment G on Q { d }")).selections).toBe(5);
    expect(measure(parse("{ a ...F } fragment F on Q { b ...G } fragment G on Q { c }")).selections).toBe(5);
  });

  it("is done at once with a fragment that doubles a thousand times", () => {
    const fragments = Array.from({ length: 1000 }, (_, at) => `fragment F${at} on Q { ...F${at + 1} ...F${at + 1} }`);
    const document = parse(`{ ...F0 } ${fragments.join(" ")} fragment F1000 on Q { a: b }`);
    const startedAt = performance.now();
    expect(measure(document).selections).toBeGreaterThan(1e100);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it.each([
    "{ ...A } fragment A on Q { a ...A }",
    "{ ...A } fragment A on Q { a ...B } fragment B on Q { b { ...A } }",
    "{ ...Missing }",
    "fragment A on Q { a }",
    "type Query { a: Int }",
  ])("ends on %s, which is not valid", (text) => {
    expect(Number.isFinite(measure(parse(text)).selections)).toBe(true);
  });
});

describe("the default limits", () => {
  it.each([
    ["depth 12", nested(12), null],
    ["depth 13", nested(13), "depth"],
    ["depth 100", nested(100), "depth"],
    ["100 aliases", `{ a { ${Array.from({ length: 100 }, (_, at) => `x${at}: b`).join(" ")} } }`, null],
    ["101 aliases", `{ a { ${Array.from({ length: 101 }, (_, at) => `x${at}: b`).join(" ")} } }`, "aliases"],
    ["20 root fields", `{ ${"a ".repeat(20)} }`, null],
    ["21 root fields", `{ ${"a ".repeat(21)} }`, "rootFields"],
    ["1000 selections in a fragment nobody spreads", `{ a } fragment F on Q { ${"b ".repeat(1000)} }`, "selections"],
    [
      "the same in two of one name",
      `{ a { ...F } } ${`fragment F on Q { ${"b ".repeat(600)} } `.repeat(2)}`,
      "selections",
    ],
    ["1001 selections", `{ a { ${"b ".repeat(1000)} } }`, "selections"],
    ["the introspection query", getIntrospectionQuery(), null],
    [
      "the introspection query with everything",
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
      null,
    ],
    ["introspection 21 levels deep", `{ __type(name: "A") ${nested(21)} }`, "introspectionDepth"],
    [
      "depth hidden in fragments",
      `{ ...A } fragment A on Q ${nested(7).replace(/a }/, "...B }")} fragment B on Q ${nested(7)}`,
      "depth",
    ],
  ])("answer %s with %s", (_what, text, limit) => {
    expect(excess(text)).toBe(limit);
  });

  it("are named in the message", () => {
    expect(excessOf(measure(parse(nested(13))), DEFAULT_LIMITS)).toEqual({
      limit: "depth",
      allowed: 12,
      message: "The document has more than 12 levels of nested fields.",
    });
  });
});
