import { parse } from "graphql";
import { flagsOf, knownDocuments, operationOf } from "../../src/http/known-documents";

const DOCUMENT = parse(`
  query A($all: Boolean!, $some: Boolean = false, $other: Int) { a @include(if: $all) ...F }
  query B { b }
  fragment F on Query { f @skip(if: $some) }
`);

describe("known documents", () => {
  it("are found once they have come often enough, and never under another text", () => {
    const known = knownDocuments(2);
    expect(known.find("a")).toBeUndefined();
    known.note("a", DOCUMENT);
    expect(known.find("a")).toBeUndefined();
    expect(known.find("a")?.document).toBe(DOCUMENT);
    expect(known.find("a ")).toBeUndefined();
  });

  it("hold no more than their bound, those that were used last, however many come", () => {
    const known = knownDocuments(0);
    const textOf = (number: number) => `# ${String(number).padStart(10_000)}`;
    known.note("often", DOCUMENT);
    for (let number = 0; number < 1_000; number++) {
      known.note(textOf(number), DOCUMENT);
      known.find("often");
    }
    expect(known.find("often")).toBeDefined();
    const kept = Array.from({ length: 1_000 }, (_, number) => known.find(textOf(number))).filter(Boolean).length;
    // 24 MiB of documents of 2 MB each.
    expect(kept).toBeGreaterThan(5);
    expect(kept).toBeLessThan(13);
  });

  it("tell the operation by its name, and by nothing where there are several", () => {
    const known = knownDocuments<never>(0);
    known.note("a", DOCUMENT);
    const found = known.find("a");
    expect(found && operationOf(found, "B")?.definition.name?.value).toBe("B");
    expect(found && operationOf(found, "C")).toBeNull();
    expect(found && operationOf(found, undefined)).toBeNull();
  });

  it.each([
    [{ all: true }, { all: true, some: false }],
    [
      { all: false, some: true, other: 3 },
      { all: false, some: true },
    ],
    [{ all: "true" }, null],
    [{ all: true, some: null }, null],
    [{}, null],
  ])("see the flags of %j as %j", (variables, flags) => {
    const known = knownDocuments<never>(0);
    known.note("a", DOCUMENT);
    const found = known.find("a");
    const operation = found && operationOf(found, "A");
    expect(operation && flagsOf(operation, variables)).toEqual(flags);
  });
});
