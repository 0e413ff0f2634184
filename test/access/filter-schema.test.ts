import {
  type ExecutionResult,
  execute,
  GraphQLSchema,
  getIntrospectionQuery,
  parse,
  printSchema,
  specifiedDirectives,
  validateSchema,
} from "graphql";
import { filteredSchemas, filterSchema } from "../../src/access/filter-schema";
import { Action, type Grant } from "../../src/access/grant";
import { emptyScope, everythingScope, keyScope, roleScope, type Scope } from "../../src/access/scope";
import { reads } from "./staff-plan";
import { staffIndex as index, staffSchema } from "./staff-schema";

const filtered = (scope: Scope): GraphQLSchema => filterSchema(staffSchema, index, scope);
const sdl = (grants: Grant[], authorities: string[] = []): string =>
  printSchema(filtered(roleScope(index, { authorities, grants })));
const isValid = (schema: GraphQLSchema): boolean =>
  validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false })).length === 0;

describe("the filtered schema", () => {
  it("of nobody is what is public", () => {
    expect(printSchema(filtered(emptyScope(index)))).toBe(`type Query {
  hello(name: String): String
  owners: [Owner!]
}

union Owner = Badge

type Badge {
  model: String
}`);
  });

  it("of the operator is the whole schema without our directives and what only they use", () => {
    const schema = filtered(everythingScope(index));
    expect(schema.getDirectives().map((directive) => directive.name)).toEqual(
      specifiedDirectives.map(({ name }) => name),
    );
    const whole = Object.keys(staffSchema.getTypeMap());
    expect(Object.keys(schema.getTypeMap()).sort()).toEqual(whole.filter((name) => name !== "Action").sort());
    expect(isValid(schema)).toBe(true);
  });

  it("holds fields, arguments and input fields that are granted, and only types that lead somewhere", () => {
    const text = sdl([reads("employee", ["name", "papers"]), reads("paper", ["title"])]);
    expect(text).toContain(`type Employee {
  id: ID!
  name(style: Style): String
  papers(filter: PaperFilter, first: Int): [Paper!]
}`);
    expect(text).toContain(`input EmployeeFilter {
  name: StringFilter
  and: [EmployeeFilter!]
  or: [EmployeeFilter!]
  not: EmployeeFilter
}`);
    for (const absent of [
      "salary",
      "Department",
      "Contractor",
      "interface",
      "budget",
      "Mutation",
      "Action",
      "pick",
      "serial",
    ]) {
      expect(text).not.toContain(absent);
    }
  });

  it("drops a field whose required argument or required input field is not granted", () => {
    const create = { resource: "employee", actions: [Action.CREATE], rows: null };
    const read = reads("employee", null);
    expect(sdl([read, { ...create, fields: ["salary"] }])).not.toContain("createEmployee");
    expect(sdl([read, { ...create, fields: ["name"] }])).toContain("createEmployee(input: CreateEmployee!): Employee!");
    expect(sdl([read, { ...create, fields: ["name", "department"] }])).not.toContain("CreateDepartment");
  });

  it("keeps an interface's field only where every possible type has it", () => {
    const directory = [reads("employee", ["name"]), reads("contractor", ["name"])];
    expect(sdl(directory, ["AUDIT"])).toContain("interface Person {\n  id: ID!\n  name(style: Style): String\n}");
    const everywhere = [...directory, reads("department", null), reads("paper", null)];
    expect(sdl(everywhere)).toContain("type Employee implements Node & Person");
    expect(sdl(everywhere)).toContain("node(id: ID!): Node");
  });

  it("keeps an interface's argument only where every possible type has it", () => {
    const reports = (fields: string[]) => [
      reads("employee", ["name", "reports"]),
      reads("contractor", ["name", ...fields]),
    ];
    expect(sdl(reports(["reports"]))).toContain(
      "interface Person {\n  id: ID!\n  name(style: Style): String\n  reports(",
    );
    expect(sdl(reports([]))).not.toContain("interface Person {\n  id: ID!\n  name(style: Style): String\n  reports(");
  });

  it("has no definition node, since those hold the whole definition", () => {
    const types = Object.values(filtered(everythingScope(index)).getTypeMap());
    const withNodes = types.filter((type) => type.astNode != null).map((type) => type.name);
    expect(withNodes.sort()).toEqual(["Direction", "Json", "Style"]);
    expect(filtered(everythingScope(index)).astNode).toBeUndefined();
  });

  it("answers introspection, also where nothing can be queried", () => {
    const query = (scope: Scope) =>
      execute({ schema: filtered(scope), document: parse(getIntrospectionQuery()) }) as ExecutionResult;
    expect(JSON.stringify(query(keyScope(index, [reads("employee", ["name"])])))).not.toMatch(
      /salary|Department|budget|pepper/,
    );
    const bare = filterSchema(staffSchema, index, emptyScope(index));
    expect(execute({ schema: bare, document: parse("{ __typename }") })).toEqual({ data: { __typename: "Query" } });
    expect(query(emptyScope(index)).errors).toBeUndefined();
  });

  it("runs the resolvers of the whole schema", () => {
    const schema = filtered(keyScope(index, [reads("employee", ["name"])]));
    const rootValue = { employees: [{ id: 1, name: "Ada" }] };
    expect(execute({ schema, document: parse("{ employees { id name } }"), rootValue })).toEqual({
      data: { employees: [{ id: "1", name: "Ada" }] },
    });
  });

  it("is valid for every single permission", () => {
    for (const [name, resource] of index.resources) {
      for (const action of resource.actions) {
        for (const field of [...resource.fields.keys(), null]) {
          const fields = field === null ? null : [field];
          const schema = filtered(keyScope(index, [{ resource: name, actions: [action], fields, rows: null }]));
          expect(validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false }))).toEqual([]);
        }
      }
    }
  });
});

describe("the kept filtered schemas", () => {
  const scopes = ["name", "salary", "boss"].map((field) => keyScope(index, [reads("employee", [field])]));
  const [first, second, third] = scopes as [Scope, Scope, Scope];

  it("are one per fingerprint, whatever the rows", () => {
    const schemaOf = filteredSchemas(staffSchema, index, 2);
    expect(schemaOf(first)).toBe(schemaOf(keyScope(index, [reads("employee", ["name"], { self: true })])));
    expect(schemaOf(first)).not.toBe(schemaOf(second));
  });

  it("are those used last", () => {
    const schemaOf = filteredSchemas(staffSchema, index, 2);
    const [one, two] = [schemaOf(first), schemaOf(second)];
    expect(schemaOf(first)).toBe(one);
    schemaOf(third);
    expect(schemaOf(first)).toBe(one);
    expect(schemaOf(second)).not.toBe(two);
  });
});
