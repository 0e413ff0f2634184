import fc from "fast-check";
import { type OperationDefinitionNode, parse } from "graphql";
import { explainInvalidDocument, explainInvalidVariables } from "../../src/access/explain-invalid";
import { filterSchema } from "../../src/access/filter-schema";
import { emptyScope, keyScope } from "../../src/access/scope";
import { reads } from "./staff-plan";
import { staffIndex as index, staffSchema } from "./staff-schema";

const visible = filterSchema(
  staffSchema,
  index,
  keyScope(index, [reads("employee", ["name", "papers"]), reads("paper", null)]),
);
const nobody = filterSchema(staffSchema, index, emptyScope(index));

/** Names that the key sees nothing of. */
const SECRET = [
  "salary",
  "boss",
  "reports",
  "department",
  "Department",
  "DepartmentFilter",
  "badge",
  "budget",
  "code",
  "manager",
  "Contractor",
  "rate",
  "serial",
  "pepper",
  "createEmployee",
  "updateEmployee",
  "deleteEmployee",
  "setRole",
  "RoleInput",
  "audit",
  "pick",
  "departments",
  "NumberFilter",
  "CreateEmployee",
  "UpdateEmployee",
  "level",
  "ADMINISTER",
  "Person",
  "Node",
];

const explainDocument = (text: string, schema = visible): string[] =>
  explainInvalidDocument(schema, parse(text)).map((error) => error.message);

const explainVariables = (declared: string, raw: unknown, schema = visible) => {
  const [operation] = parse(`query ${declared} { hello }`).definitions;
  return explainInvalidVariables(schema, operation as OperationDefinitionNode, raw).map(({ message, extensions }) => ({
    message,
    field: extensions["field"],
  }));
};

describe("an invalid document", () => {
  it("is explained with names of the sender's scope alone", () => {
    expect(explainDocument("{ employees { nam } }")).toEqual([
      'Cannot query field "nam" on type "Employee". Did you mean "name"?',
    ]);
    expect(explainDocument("{ employees { salar } }")).toEqual(['Cannot query field "salar" on type "Employee".']);
  });

  it("reads alike for a name out of scope and one that does not exist", () => {
    const [hidden, missing] = [
      explainDocument("{ employees { salary nope } }"),
      explainDocument("{ employees { salarx nope } }"),
    ];
    expect(hidden.map((message) => message.replaceAll("salary", "_"))).toEqual(
      missing.map((message) => message.replaceAll("salarx", "_")),
    );
  });

  it("is called just that where the sender's schema finds nothing wrong", () => {
    expect(explainDocument("{ employees { name } }")).toEqual(["The document is not valid."]);
  });

  it("says so where the sender has no mutation at all", () => {
    expect(explainDocument("mutation { deleteEmploye(id: 1) }")).toEqual(["There is no mutation to run."]);
  });
});

describe("misspelt names", () => {
  /** A name out of scope with one or two letters changed, dropped or added. */
  const misspelt = fc
    .tuple(
      fc.constantFrom(...SECRET),
      fc.array(fc.tuple(fc.nat(20), fc.constantFrom("", "x", "s", "er")), { minLength: 1, maxLength: 2 }),
    )
    .map(([name, edits]) =>
      edits.reduce(
        (text, [at, letter]) =>
          text.slice(0, at % text.length) + letter + text.slice((at % text.length) + (letter === "er" ? 0 : 1)),
        name,
      ),
    )
    .filter((name) => /^[A-Za-z]\w*$/.test(name) && !SECRET.includes(name));

  const leaksFrom = (messages: readonly string[], typed: string): string[] => {
    const words = new Set(messages.flatMap((message) => message.match(/\w+/g) ?? []));
    return SECRET.filter((name) => name !== typed && words.has(name));
  };

  it("never bring up a name out of scope, wherever they stand in a document", () => {
    const places = [
      (name: string) => `{ ${name} }`,
      (name: string) => `{ ${name} { id } }`,
      (name: string) => `mutation { ${name} }`,
      (name: string) => `{ employees { ${name} } }`,
      (name: string) => `{ employees { ${name} { id } } }`,
      (name: string) => `{ employees(${name}: 1) { id } }`,
      (name: string) => `{ employees(filter: { ${name}: 1 }) { id } }`,
      (name: string) => `{ employees(filter: { and: [{ ${name}: { eq: 1 } }] }) { id } }`,
      (name: string) => `{ employees(sort: [{ ${name}: ASC }]) { id } }`,
      (name: string) => `{ owners { ... on ${name} { id } } }`,
      (name: string) => `query ($v: ${name}) { employees(filter: $v) { id } }`,
      (name: string) => `{ employees { id } ...F } fragment F on ${name} { id }`,
      (name: string) => `{ employees { name(style: ${name}) } }`,
      (name: string) => `{ viewer @${name} { name } }`,
    ];
    fc.assert(
      fc.property(misspelt, fc.constantFrom(...places), fc.constantFrom(visible, nobody), (name, place, schema) => {
        expect(leaksFrom(explainDocument(place(name), schema), name)).toEqual([]);
      }),
      { numRuns: 3000, seed: 20260102 },
    );
  });

  it("never bring one up in variables either", () => {
    const types = ["EmployeeFilter", "[EmployeeSort!]!", "PaperFilter", "Style", "RoleInput!", "CreateEmployee"];
    fc.assert(
      fc.property(
        misspelt,
        fc.constantFrom(...types),
        fc.boolean(),
        fc.constantFrom(visible, nobody),
        (name, type, isDeep, schema) => {
          const value = isDeep ? { and: [{ [name]: 1 }], [name]: name } : { [name]: { eq: name } };
          const messages = explainVariables(`($v: ${type})`, { v: value }, schema).map(({ message }) => message);
          expect(messages.length).toBeGreaterThan(0);
          expect(leaksFrom(messages, name)).toEqual([]);
        },
      ),
      { numRuns: 3000, seed: 20260103 },
    );
  });
});

describe("variables that do not fit", () => {
  it.each<[string, string, unknown, string, string]>([
    ["missing", "($v: String!)", {}, "Variable $v is required.", "v"],
    ["null", "($v: String!)", { v: null }, "Variable $v must not be null.", "v"],
    ["a wrong scalar", "($v: Int)", { v: "x" }, "Variable $v must be a value of type Int.", "v"],
    ["a wrong enum", "($v: [Style!])", { v: ["S"] }, 'Variable $v at "v[0]" must be one of SHORT, LONG.', "v[0]"],
    [
      "an unknown field",
      "($v: EmployeeFilter)",
      { v: { and: [{ nam: {} }] } },
      'Variable $v at "v.and[0].nam" is no field of EmployeeFilter. Did you mean "name", "and", or "not"?',
      "v.and[0].nam",
    ],
    [
      "a hidden field",
      "($v: EmployeeFilter)",
      { v: { salary: {} } },
      'Variable $v at "v.salary" is no field of EmployeeFilter.',
      "v.salary",
    ],
    ["no object", "($v: EmployeeFilter)", { v: 1 }, "Variable $v must be an object.", "v"],
    ["no list", "($v: [Int])", { v: new Map() }, "Variable $v must be a list.", "v"],
    ["a hidden type", "($v: RoleInput)", { v: {} }, "Variable $v has a type that does not exist.", "v"],
    [
      "null in a place that takes none",
      "($v: Int = 1)",
      { v: null },
      "Variable $v must not be null where the operation uses it.",
      "v",
    ],
    ["not an object of variables", "($v: Int!)", "x", "Variable $v is required.", "v"],
  ])("are explained: %s", (_what, declared, raw, message, field) => {
    expect(explainVariables(declared, raw)).toEqual([{ message, field }]);
  });

  it("are explained where only one of several may be given", () => {
    const everyone = filterSchema(staffSchema, index, keyScope(index, []));
    expect(explainVariables("($v: Choice)", { v: { byId: "1", byCode: "2" } }, everyone)[0]?.message).toBe(
      "Variable $v must have exactly one field, which must not be null.",
    );
  });

  it("are all named, without any of their values", () => {
    const secret = "lk_live_0123456789ab_0123456789012345678901234567890123456789012_abcdef";
    const raw = { a: secret, b: { name: secret, [secret]: secret }, c: [secret], d: { in: secret } };
    const explained = explainVariables("($a: Int, $b: EmployeeFilter, $c: [Style], $d: EmployeeFilter)", raw);
    expect(explained.map(({ field }) => field)).toEqual(["a", "b.name", "b.?", "c[0]", "d.in"]);
    expect(JSON.stringify(explained)).not.toContain("0123456789");
  });

  it("are called just that where the sender's schema finds nothing wrong", () => {
    expect(explainVariables("($v: Int)", { v: 1 })).toEqual([
      { message: "The variables do not fit the operation.", field: undefined },
    ]);
  });

  it("are explained at once however deep or cyclic", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["and"] = [cyclic, cyclic];
    expect(explainVariables("($v: EmployeeFilter)", { v: cyclic })[0]?.message).toMatch(
      /nested too deeply: at most 32/,
    );
  });
});
