import { parse } from "graphql";
import { documentCompiler } from "../../src/access/compile-document";
import { DEFAULT_LIMITS } from "../../src/access/limits";
import { operationsOf, staffCompiler } from "./staff-plan";
import { staffIndex, staffSchema } from "./staff-schema";

describe("a compiled document", () => {
  it("is one object per node, with one plan per operation", () => {
    const document = parse("query A { hello } query B { viewer { name } }");
    const compiled = staffCompiler.compile(document);
    expect(staffCompiler.compile(document)).toBe(compiled);
    expect(staffCompiler.compile(parse("query A { hello }"))).not.toBe(compiled);
    if (compiled.kind !== "ready") throw new Error(compiled.kind);
    const [a, b] = document.definitions as ReturnType<typeof operationsOf>;
    if (!a || !b) throw new Error("The document has two operations");
    expect(compiled.planFor(a)).toBe(compiled.planFor(a));
    expect(compiled.planFor(a)).not.toBe(compiled.planFor(b));
  });

  it("is too costly before it is validated", () => {
    const compiled = staffCompiler.compile(parse(`{ ${"nowhere { ".repeat(12)}x${" }".repeat(12)} }`));
    expect(compiled).toEqual({
      measured: expect.objectContaining({ depth: 13 }),
      kind: "too-costly",
      limit: "depth",
      allowed: 12,
      message: "The document has more than 12 levels of nested fields.",
    });
  });

  it("is invalid with a bounded number of errors", () => {
    const compiled = staffCompiler.compile(parse(`{ viewer { ${"nope ".repeat(400)} } }`));
    expect(compiled).toMatchObject({ kind: "invalid" });
    expect(compiled.kind === "invalid" && compiled.errors.length).toBeLessThanOrEqual(20);
  });

  it.each([
    ["a fragment cycle", "{ ...A } fragment A on Query { hello ...A }"],
    ["a missing fragment", "{ ...A }"],
    ["an unused variable", "query ($a: Int) { hello }"],
    ["no operation", "fragment A on Query { hello }"],
    ["a definition of a type", "type T { a: Int } query { hello }"],
    ["a subscription where there is none", "subscription { hello }"],
    ["a variable that does not fit its place", "query ($a: Int) { hello(name: $a) }"],
    ["a mutation of an unknown field", "mutation { fly }"],
  ])("is invalid with %s", (_what, text) => {
    expect(staffCompiler.compile(parse(text)).kind).toBe("invalid");
  });

  it("validates the worst document that fits the limits in well under a second", () => {
    const compiler = documentCompiler(staffSchema, staffIndex, DEFAULT_LIMITS);
    const repeated = "employees { boss { boss { id } } } ".repeat(50);
    const startedAt = performance.now();
    compiler.compile(parse(`{ ${repeated} }`));
    compiler.compile(parse(`{ viewer { me { ${"boss { id } ".repeat(490)} } } }`));
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
