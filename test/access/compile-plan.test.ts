import { buildSchema, parse } from "graphql";
import { compileAccessIndex } from "../../src/access/access-index";
import { documentCompiler } from "../../src/access/compile-document";
import { DEFAULT_LIMITS } from "../../src/access/limits";
import { neededBy, operationsOf, planOf } from "./staff-plan";
import { DIRECTIVES } from "./staff-schema";

describe("what an operation needs", () => {
  it.each<[string, string, string[]]>([
    ["public fields need nothing", "{ hello __typename owners { __typename } }", []],
    ["aliases change nothing", "{ a: hello b: viewer { c: name } }", ["authenticated"]],
    ["arguments of a field without @access come with it", "{ audit(style: SHORT) { model } }", ["authority:AUDIT"]],
    [
      "arguments of a field with @access have their own",
      "{ departments { id } employees(first: 1) { id } }",
      ["department:READ", "employee:READ"],
    ],
    [
      "an argument may need another field",
      '{ employees { salary(currency: "EUR") } }',
      ["employee.salary:READ", "employee:READ"],
    ],
    [
      "an interface needs every possible type",
      "{ node(id: 1) { id } }",
      ["authenticated", "contractor:READ", "department:READ", "employee:READ", "paper:READ"],
    ],
    [
      "a fragment narrows it",
      "{ node(id: 1) { ... on Contractor { rate } } }",
      ["authenticated", "contractor.rate:READ"],
    ],
    [
      "a fragment on an interface narrows it",
      "{ node(id: 1) { ... on Person { name } } }",
      ["authenticated", "contractor.name:READ", "employee.name:READ"],
    ],
    [
      "narrowing goes on in nested fragments",
      "{ node(id: 1) { ... on Employee { ... on Person { name } } } }",
      ["authenticated", "employee.name:READ"],
    ],
    ["a fragment that cannot match needs nothing", "{ owners { ... on Node { ... on Contractor { rate } } } }", []],
    [
      "a fragment without a type condition keeps the type",
      "{ departments { ... { code } } }",
      ["department.code:READ", "department:READ"],
    ],
    [
      "a union needs what its fragments select",
      "{ owners { ... on Badge { serial } ... on Employee { name } } }",
      ["authority:AUDIT", "employee.name:READ"],
    ],
    [
      "a narrower field type of an implementation counts",
      "{ node(id: 1) { ... on Employee { boss { name } } } }",
      ["authenticated", "employee.boss:READ", "employee.name:READ"],
    ],
    [
      "named fragments are followed, each where it stands",
      "{ departments { manager { ...P } } } fragment P on Person { ...Q } fragment Q on Contractor { rate }",
      ["contractor.rate:READ", "department.manager:READ", "department:READ"],
    ],
    [
      "filters need READ of what they name",
      "{ employees(filter: { salary: { lt: 1 } }) { id } }",
      ["employee.salary:READ", "employee:READ"],
    ],
    [
      "lists in filters are followed",
      "{ employees(filter: { or: [{ name: { eq: 1 } }, { not: { salary: {} } }] }) { id } }".replace(
        "eq: 1",
        'eq: "1"',
      ),
      ["employee.name:READ", "employee.salary:READ", "employee:READ"],
    ],
    [
      "one value stands for a list",
      "{ employees(sort: { name: ASC }, filter: { and: { department: { budget: {} } } }) { id } }",
      ["department.budget:READ", "employee.department:READ", "employee.name:READ", "employee:READ"],
    ],
    [
      "null names its field",
      "{ employees(filter: { salary: null }) { id } }",
      ["employee.salary:READ", "employee:READ"],
    ],
    ["the schema's defaults need nothing", "{ employees { id } }", ["employee:READ"]],
    [
      "a payload is read",
      "mutation { updateEmployee(id: 1, input: { salary: 2 }) { id name boss { id } } }",
      ["employee.boss:READ", "employee.name:READ", "employee.salary:UPDATE", "employee:READ", "employee:UPDATE"],
    ],
    [
      "the id of a payload comes with the mutation, also through fragments",
      "mutation { updateEmployee(id: 1) { id ... on Employee { id } ...F } } fragment F on Employee { id }",
      ["employee:UPDATE"],
    ],
    [
      "nested inputs need their own resource",
      'mutation { createEmployees(inputs: { name: "x", department: { code: "y" } }) { __typename } }',
      ["department.code:CREATE", "employee.department:CREATE", "employee.name:CREATE", "employee:CREATE"],
    ],
    ["a whole action has one bit", "mutation { deleteEmployee(id: 1) }", ["employee:DELETE"]],
    [
      "DOWNLOAD is not READ",
      "{ owners { ... on Employee { papers { content } } } }",
      ["employee.papers:READ", "paper:DOWNLOAD"],
    ],
    ["one of several authorities has a bit of its own", "{ pick { __typename } }", ["authority:AUDIT|REVOKE"]],
    [
      "literal conditions relax nothing",
      "{ viewer @skip(if: true) { name } ... @include(if: false) { departments { id } } }",
      ["authenticated", "department:READ"],
    ],
    ["introspection needs nothing", '{ __schema { types { name } } __type(name: "Employee") { name } }', []],
  ])("%s", (_rule, text, permissions) => {
    expect(neededBy(text)).toEqual(permissions);
  });

  it("is that of the operation asked for alone", () => {
    const text =
      "query A { hello } query B { viewer { name } } query C { ...F } fragment F on Query { departments { id } }";
    expect([0, 1, 2].map((at) => planOf(text, at).needs.map((need) => need.coordinate))).toEqual([
      [],
      ["Query.viewer", "Viewer.name"],
      ["Query.departments", "Department.id"],
    ]);
    expect(operationsOf(text)).toHaveLength(3);
  });

  it("needs the guard of an interface's field besides, where it has one", () => {
    const schema = buildSchema(`${DIRECTIVES}
      interface I { a(x: Int @access(resource: "r", action: UPDATE)): Int @authenticated }
      type T implements I @access(resource: "t") { a(x: Int @access(resource: "t")): Int }
      type Query @public { i: I t: T }`);
    const index = compileAccessIndex(schema, []);
    const compiler = documentCompiler(schema, index, DEFAULT_LIMITS);
    const coordinates = (text: string) => {
      const document = parse(text);
      const compiled = compiler.compile(document);
      if (compiled.kind !== "ready") throw new Error(compiled.kind);
      const [operation] = operationsOf(text);
      return compiled
        .planFor(document.definitions[0] as typeof operation & object)
        .needs.map((need) => need.coordinate);
    };
    expect(coordinates("{ i { a(x: 1) } }")).toEqual(["T.a", "T.a(x:)", "I.a", "I.a(x:)"]);
    expect(coordinates("{ t { a } }")).toEqual(["T.a"]);
  });

  it("tells whether it introspects, also inside fragments", () => {
    expect(planOf("{ hello }").introspects).toBe(false);
    expect(planOf("{ ...F } fragment F on Query { __schema { queryType { name } } }").introspects).toBe(true);
    expect(planOf('query ($yes: Boolean!) { hello __type(name: "A") @include(if: $yes) { name } }').introspects).toBe(
      true,
    );
    expect(planOf("mutation { deleteEmployee(id: 1) }").introspects).toBe(false);
  });

  it("is compiled in no time from fragments that double many times", () => {
    const fragments = Array.from({ length: 4 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`);
    const startedAt = performance.now();
    expect(neededBy(`{ ...F0 } ${fragments.join(" ")} fragment F4 on Query { viewer { name } }`)).toEqual([
      "authenticated",
    ]);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
