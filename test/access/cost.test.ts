import { buildSchema, Kind, type OperationDefinitionNode, parse } from "graphql";
import { compileAccessIndex } from "../../src/access/access-index";
import { documentCompiler } from "../../src/access/compile-document";
import { DEFAULT_LIMITS } from "../../src/access/limits";
import { maskOf } from "../../src/access/mask";
import { costOf } from "../../src/access/plan";
import { keyScope } from "../../src/access/scope";
import { reads } from "./staff-plan";
import { DIRECTIVES } from "./staff-schema";

const schema = buildSchema(`
  ${DIRECTIVES}
  interface Being { boss: Person }
  type Person implements Being @access(resource: "person") {
    name: String
    boss: Person
    roles: [Role!]
    reports(first: Int @access(resource: "person", field: "reports")): People
    teams(first: Int = 20 @access(resource: "person")): [Role!]
  }
  type Animal implements Being @public { boss: Person }
  type Role @public { name: String, parent: Role }
  type People @public { nodes: [Person!]!, edges: [Edge!]!, pageInfo: Info!, totalCount: Int! }
  type Edge @public { node: Person!, cursor: String! }
  type Info @public { endCursor: String }
  type Query @public { people(first: Int): People!, person: Person, being: Being, hello: String }
`);
const index = compileAccessIndex(schema, []);
const compiler = documentCompiler(schema, index, DEFAULT_LIMITS);

function cost(text: string, variables: object = {}, grants?: Parameters<typeof keyScope>[1]): number {
  const document = parse(text);
  const compiled = compiler.compile(document);
  if (compiled.kind !== "ready") throw new Error(JSON.stringify(compiled));
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const mask = grants && maskOf(schema, index, keyScope(index, grants));
  return costOf(compiled.planFor(operation as OperationDefinitionNode, mask), variables);
}

describe("the cost of an operation", () => {
  it.each([
    ["{ hello __typename __schema { types { name fields { name } } } }", 0],
    ["{ person { name } }", 1],
    ["{ person { boss { boss { name } } } }", 3],
    ["{ person { roles { name } } }", 1 + 5],
    ["{ person { roles { parent { name } } } }", 1 + 5 * 2],
    ["{ person { teams { name } } }", 1 + 20],
    ["{ person { teams(first: 3) { name } } }", 1 + 3],
    ["{ people { nodes { name } } }", 50],
    ["{ people(first: 500) { nodes { name } } }", 500],
    ["{ people(first: null) { nodes { name } } }", 50],
    ["{ people(first: 9999) { nodes { name } } }", 500],
    ["{ people(first: -5) { nodes { name } } }", 1],
    ["{ people(first: 500) { totalCount } }", 1],
    ["{ people(first: 500) { __typename } }", 0],
    ["{ people(first: 10) { totalCount pageInfo { endCursor } } }", 11],
    ["{ people(first: 10) { nodes { boss { name } } edges { cursor node { roles { name } } } } }", 10 * (1 + 1 + 5)],
    ["{ people(first: 500) { nodes { boss { name } roles { name } } } }", 500 * 7],
    [
      "{ people(first: 500) { nodes { reports(first: 500) { nodes { reports(first: 500) { nodes { name } } } } } } }",
      500 * (1 + 500 * (1 + 500)),
    ],
    ["{ people { nodes { reports { totalCount nodes { reports { nodes { name } } } } } } }", 50 * (1 + 1 + 50 * 51)],
  ])("of %s is %i", (text, expected) => {
    expect(cost(text)).toBe(expected);
  });

  it("counts what aliases repeat, and once what fragments do", () => {
    expect(cost("{ a: people(first: 2) { nodes { name } } b: people(first: 3) { nodes { name } } }")).toBe(5);
    expect(
      cost(
        "{ people(first: 4) { ...F ...F nodes { boss { name } } } } fragment F on People { nodes { boss { boss { name } } } }",
      ),
    ).toBe(4 * 3);
    expect(cost("{ being { boss { name } ... on Person { boss { name } } ... on Animal { boss { name } } } }")).toBe(
      1 + 3,
    );
  });

  it("counts a page again for each further alias of its records", () => {
    expect(cost("{ people(first: 4) { a: nodes { name } b: nodes { boss { name } } } }")).toBe(4 + 4 * 2);
    expect(cost("{ people(first: 4) { edges { a: node { name } b: node { name } } } }")).toBe(4 * 2);
    expect(cost("{ people(first: 4) { a: edges { cursor } b: edges { cursor } nodes { name } } }")).toBe(4 * 2);
    const query = "query ($b: Boolean!) { people(first: 4) { a: nodes { name } b: nodes @include(if: $b) { name } } }";
    expect([false, true].map((b) => cost(query, { b }))).toEqual([4, 8]);
  });

  it("counts pages by the request's variables, within the bounds of a page", () => {
    const query =
      "query ($n: Int, $m: Int = 7) { people(first: $n) { nodes { reports(first: $m) { nodes { name } } } } }";
    expect(cost(query)).toBe(50 * 8);
    expect(cost(query, { n: 10, m: 3 })).toBe(10 * 4);
    expect(cost(query, { n: 10_000, m: -1 })).toBe(500 * 2);
    // An explicit null is not the variable's default: the list then has its usual page.
    expect(cost(query, { n: 1, m: null })).toBe(51);
    expect(cost(query, { n: "10", m: Number.NaN })).toBe(cost(query, { n: 50, m: 50 }));
  });

  it("counts what @skip and @include leave", () => {
    const query = `query ($rows: Boolean!, $boss: Boolean = false) {
      people(first: 10) { totalCount nodes @include(if: $rows) { name boss @include(if: $boss) { name } } }
    }`;
    expect(cost(query, { rows: false })).toBe(1);
    expect(cost(query, { rows: true })).toBe(11);
    expect(cost(query, { rows: true, boss: true })).toBe(21);
    expect(
      cost(
        "query ($no: Boolean!) { people(first: 10) { ...F @skip(if: $no) } } fragment F on People { nodes { name } }",
        { no: true },
      ),
    ).toBe(0);
  });

  it("is never less than when a fragment is written out on several paths", () => {
    const doubling = Array.from(
      { length: 5 },
      (_, at) => `fragment F${at} on Person { a: boss { ...F${at + 1} } b: boss { ...F${at + 1} } }`,
    );
    expect(cost(`{ person { ...F0 } } ${doubling.join(" ")} fragment F5 on Person { name }`)).toBe(2 ** 6 - 1);
  });

  it("leaves out what a mask hides, since nothing of it is read", () => {
    const query = "{ people(first: 10) { nodes { name boss { name } reports(first: 9) { nodes { name } } } } }";
    expect(cost(query, {}, [reads("person", null)])).toBe(10 * (1 + 1 + 9));
    expect(cost(query, {}, [reads("person", ["name", "boss"])])).toBe(10 * 2);
    expect(cost(query, {}, [reads("person", ["name"])])).toBe(10);
  });
});
