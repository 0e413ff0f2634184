import { bindPlan, touchedBy } from "../../src/access/plan";
import { MAX_INPUT_DEPTH, MAX_INPUT_VALUES } from "../../src/access/read-input";
import { bind, neededBy, planOf } from "./staff-plan";

const FILTERED = "query ($f: EmployeeFilter) { employees(filter: $f) { id } }";

describe("variables of input object types", () => {
  it.each<[string, string, Record<string, unknown>, string[]]>([
    ["absent: nothing", FILTERED, {}, ["employee:READ"]],
    ["null: nothing inside", FILTERED, { f: null }, ["employee:READ"]],
    ["each field that is there", FILTERED, { f: { salary: { lt: 1 } } }, ["employee.salary:READ", "employee:READ"]],
    ["a field that is null is there", FILTERED, { f: { salary: null } }, ["employee.salary:READ", "employee:READ"]],
    ["a field that is undefined is not", FILTERED, { f: { salary: undefined } }, ["employee:READ"]],
    [
      "nested, in lists and alone",
      FILTERED,
      { f: { or: [{ not: { salary: {} } }], and: { name: {} } } },
      ["employee.name:READ", "employee.salary:READ", "employee:READ"],
    ],
    [
      "of another resource",
      FILTERED,
      { f: { department: { budget: { in: 1 } } } },
      ["department.budget:READ", "employee.department:READ", "employee:READ"],
    ],
    [
      "within a literal",
      "query ($f: [EmployeeFilter!]) { employees(filter: { and: $f }) { id } }",
      { f: { salary: {} } },
      ["employee.salary:READ", "employee:READ"],
    ],
    [
      "a literal names its field though the variable is absent",
      "query ($f: NumberFilter) { employees(filter: { salary: $f }) { id } }",
      {},
      ["employee.salary:READ", "employee:READ"],
    ],
    [
      "as an item of a list",
      "query ($f: EmployeeFilter) { people(filters: [$f, { name: {} }]) { total } }",
      { f: { salary: {} } },
      ["authenticated", "employee.name:READ", "employee.salary:READ"],
    ],
    [
      "a default where they are absent",
      "query ($f: EmployeeFilter = { salary: {} }) { employees(filter: $f) { id } }",
      {},
      ["employee.salary:READ", "employee:READ"],
    ],
    [
      "no default where they are there",
      "query ($f: EmployeeFilter = { salary: {} }) { employees(filter: $f) { id } }",
      { f: { name: {} } },
      ["employee.name:READ", "employee:READ"],
    ],
    [
      "no default where they are null",
      "query ($f: EmployeeFilter = { salary: {} }) { employees(filter: $f) { id } }",
      { f: null },
      ["employee:READ"],
    ],
    [
      "a list of one for a list",
      "mutation ($i: [CreateEmployee!]!) { createEmployees(inputs: $i) { __typename } }",
      { i: { name: "x" } },
      ["employee.name:CREATE", "employee:CREATE"],
    ],
    ["not those the operation does not declare", FILTERED, { g: { salary: {} } }, ["employee:READ"]],
    [
      "whatever they are called",
      "query ($constructor: EmployeeFilter) { employees(filter: $constructor) { id } }",
      {},
      ["employee:READ"],
    ],
  ])("%s", (_rule, text, variables, permissions) => {
    expect(neededBy(text, variables)).toEqual(permissions);
    expect(bind(text, variables).invalidVariables).toBeNull();
  });
});

describe("@skip and @include on variables", () => {
  const NESTED = `query ($a: Boolean!, $b: Boolean! = false) {
    viewer @include(if: $a) { me { id ...F @skip(if: $b) } }
  } fragment F on Employee { salary }`;

  it.each<[string, string, Record<string, unknown>, string[]]>([
    ["both hold", NESTED, { a: true }, ["authenticated", "employee.salary:READ", "employee:READ"]],
    ["the inner one does not", NESTED, { a: true, b: true }, ["authenticated", "employee:READ"]],
    ["the outer one does not", NESTED, { a: false, b: false }, []],
    ["both on one field", "query ($a: Boolean!) { viewer @skip(if: $a) @include(if: $a) { name } }", { a: true }, []],
    [
      "another path is without",
      "query ($a: Boolean!) { viewer @skip(if: $a) { name } ...F } fragment F on Query { viewer { name } }",
      { a: true },
      ["authenticated"],
    ],
    [
      "one of two paths holds",
      "query ($a: Boolean!, $b: Boolean!) { x: viewer @include(if: $a) { name } y: viewer @include(if: $b) { name } }",
      { a: false, b: true },
      ["authenticated"],
    ],
    [
      "a variable's value counts only where its field runs",
      "query ($a: Boolean!, $f: EmployeeFilter) { employees(filter: $f) @include(if: $a) { id } }",
      { a: false, f: { salary: {} } },
      [],
    ],
    [
      "so does its default",
      "query ($a: Boolean!, $f: EmployeeFilter = { salary: {} }) { employees(filter: $f) @include(if: $a) { id } }",
      { a: false },
      [],
    ],
    [
      "and a literal",
      "query ($a: Boolean!) { employees(filter: { salary: {} }) @include(if: $a) { id } }",
      { a: false },
      [],
    ],
    [
      "an unreadable value counts as selected",
      "query ($a: Boolean!) { viewer @include(if: $a) { name } }",
      { a: "no" },
      ["authenticated"],
    ],
    ["and a missing one", "query ($a: Boolean!) { viewer @skip(if: $a) { name } }", {}, ["authenticated"]],
  ])("%s", (_rule, text, variables, permissions) => {
    expect(neededBy(text, variables)).toEqual(permissions);
  });

  it("are told apart when refusals are named", () => {
    const coordinates = (variables: Record<string, unknown>) =>
      touchedBy(bind(NESTED, variables)).map((touch) => touch.coordinate);
    expect(coordinates({ a: true, b: true })).toEqual(["Query.viewer", "Viewer.me", "Employee.id"]);
    expect(coordinates({ a: false })).toEqual([]);
  });
});

describe("a bound plan", () => {
  it("is one shared object where variables add nothing", () => {
    const fixed = planOf("{ viewer { name } }");
    expect(bindPlan(fixed, {})).toBe(bindPlan(fixed, { any: 1 }));
    expect(bindPlan(fixed, undefined).needed).toBe(fixed.always);
    const scalars = planOf("query ($n: String) { hello(name: $n) }");
    expect(bindPlan(scalars, { n: "x" })).toBe(bindPlan(scalars, {}));
    const inputs = planOf(FILTERED);
    expect(bindPlan(inputs, { f: {} })).toBe(bindPlan(inputs, {}));
  });

  it("never changes the plan or the caller's values", () => {
    const plan = planOf(FILTERED);
    const before = plan.always.slice();
    const variables = Object.freeze({ f: Object.freeze({ and: Object.freeze([Object.freeze({ salary: null })]) }) });
    expect(bindPlan(plan, variables).needed).not.toEqual(before);
    expect(plan.always).toEqual(before);
  });
});

describe("variables that do not fit", () => {
  const problems = (text: string, variables: Record<string, unknown>) =>
    (bind(text, variables).invalidVariables ?? []).map(({ kind, path }) => `${kind} ${path.join(".")}`);
  const CREATE = "mutation ($i: [CreateEmployee!]!) { createEmployees(inputs: $i) { __typename } }";

  it.each<[string, string, Record<string, unknown>, string[]]>([
    ["a required variable is absent", CREATE, {}, ["MISSING i"]],
    ["null for a required one", CREATE, { i: null }, ["NULL i"]],
    ["undefined for a required one", CREATE, { i: undefined }, ["NULL i"]],
    ["a required field is absent", CREATE, { i: [{ salary: 1 }] }, ["MISSING i.0.name"]],
    ["null for a required field", CREATE, { i: [{ name: null }] }, ["NULL i.0.name"]],
    ["null in a list", CREATE, { i: [null] }, ["NULL i.0"]],
    ["an unknown field", CREATE, { i: { name: "x", nam: 1 } }, ["UNKNOWN_FIELD i.nam"]],
    [
      "__proto__ as a field",
      CREATE,
      { i: JSON.parse('{ "name": "x", "__proto__": {} }') as unknown },
      ["UNKNOWN_FIELD i.__proto__"],
    ],
    ["not an object", CREATE, { i: ["x"] }, ["NOT_AN_OBJECT i.0"]],
    [
      "a list for an object",
      "query ($f: EmployeeFilter) { employees(filter: $f) { id } }",
      { f: [] },
      ["NOT_AN_OBJECT f"],
    ],
    ["a wrong scalar", CREATE, { i: { name: 1, salary: 1.5 } }, ["LEAF i.name", "LEAF i.salary"]],
    ["a wrong enum", "query ($s: [Style!]) { audit(style: $s) { model } }", { s: ["SHORT", "WIDE"] }, ["LEAF s.1"]],
    ["an object for a scalar", "query ($n: String) { hello(name: $n) }", { n: {} }, ["LEAF n"]],
    [
      "a list in a list",
      "query ($m: [[Int!]!]) { pick(matrix: $m) { __typename } }",
      { m: [[1], [null]] },
      ["NULL m.1.0"],
    ],
    [
      "another iterable",
      "query ($m: [[Int!]!]) { pick(matrix: $m) { __typename } }",
      { m: new Set([1]) },
      ["NOT_A_LIST m"],
    ],
    [
      "two of one",
      "query ($c: Choice) { owners(choice: $c) { __typename } }",
      { c: { byId: "1", byCode: "2" } },
      ["ONE_OF c"],
    ],
    ["none of one", "query ($c: Choice) { owners(choice: $c) { __typename } }", { c: {} }, ["ONE_OF c"]],
    ["null of one", "query ($c: Choice) { owners(choice: $c) { __typename } }", { c: { byId: null } }, ["ONE_OF c"]],
    ["null where the place takes none", "query ($n: Int) { employees(first: $n) { id } }", { n: null }, ["NULL n"]],
    [
      "null for a condition with a default",
      "query ($a: Boolean = true) { hello @skip(if: $a) }",
      { a: null },
      ["NULL a"],
    ],
    [
      "an unused-for-now variable all the same",
      "query ($a: Boolean!, $n: Int) { employees(first: $n) @include(if: $a) { id } }",
      { a: false, n: "x" },
      ["LEAF n"],
    ],
  ])("%s", (_what, text, variables, found) => {
    expect(problems(text, variables)).toEqual(found);
  });

  it("null is fine where a condition keeps the place from running", () => {
    const text = "query ($a: Boolean!, $n: Int) { employees(first: $n) @include(if: $a) { id } }";
    expect(problems(text, { a: false, n: null })).toEqual([]);
    expect(problems(text, { a: true, n: null })).toEqual(["NULL n"]);
  });

  it("are read no deeper than the limit, cyclic or not", () => {
    const nested = (depth: number): unknown => (depth === 1 ? {} : { not: nested(depth - 1) });
    expect(problems(FILTERED, { f: nested(MAX_INPUT_DEPTH) })).toEqual([]);
    expect(problems(FILTERED, { f: nested(MAX_INPUT_DEPTH + 1) })).toEqual([
      `TOO_DEEP f${".not".repeat(MAX_INPUT_DEPTH)}`,
    ]);
    const deep = JSON.parse(`${'{"not":'.repeat(5000)}{}${"}".repeat(5000)}`) as unknown;
    expect(problems(FILTERED, { f: deep })).toHaveLength(1);
    const cyclic: Record<string, unknown> = {};
    cyclic["and"] = [cyclic, cyclic];
    cyclic["or"] = cyclic;
    const startedAt = performance.now();
    expect(problems(FILTERED, { f: cyclic })[0]).toMatch(/^TOO_DEEP/);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it("are read no further than the limit of values, also where objects are shared", () => {
    const shared: Record<string, unknown>[] = [{}];
    for (let at = 0; at < 24; at++) shared.push({ and: [shared[at], shared[at]] });
    const startedAt = performance.now();
    expect(problems(FILTERED, { f: shared.at(-1) })[0]).toMatch(/^TOO_LARGE/);
    const wide = Array.from({ length: MAX_INPUT_VALUES + 1 }, () => 1);
    expect(problems("query ($m: [[Int!]!]) { pick(matrix: $m) { __typename } }", { m: [wide] })[0]).toMatch(
      /^TOO_LARGE/,
    );
    const many = Array.from({ length: MAX_INPUT_VALUES / 2 }, () => ({}));
    expect(problems(FILTERED, { f: { and: many } })).toEqual([expect.stringMatching(/^TOO_LARGE/)]);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it("stop being listed after twenty", () => {
    expect(problems(CREATE, { i: Array.from({ length: 1000 }, () => 1) })).toHaveLength(20);
  });
});
