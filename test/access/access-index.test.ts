import {
  buildSchema,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
} from "graphql";
import { compileAccessIndex, FREE } from "../../src/access/access-index";
import { AccessSchemaError } from "../../src/access/access-schema-error";
import { Action } from "../../src/access/grant";
import { AUTHORITIES, DIRECTIVES, staffIndex } from "./staff-schema";

function problemsOf(sdl: string): Record<string, string> {
  try {
    compileAccessIndex(buildSchema(`${DIRECTIVES} ${sdl}`), AUTHORITIES);
    return {};
  } catch (error) {
    if (!(error instanceof AccessSchemaError)) throw error;
    return Object.fromEntries(error.problems.map(({ coordinate, problem }) => [coordinate, problem]));
  }
}

const needed = (coordinate: string): string => {
  const bit = staffIndex.requirementOf(coordinate);
  return bit === FREE ? "nothing" : staffIndex.permissionOf(bit);
};

describe("the access index of a guarded schema", () => {
  it.each([
    ["Employee.salary", "employee.salary:READ"],
    ["Employee.id", "employee:READ"],
    ["Employee.papers", "employee.papers:READ"],
    ["Employee.papers(first:)", "paper:READ"],
    ["Employee.papers(filter:)", "nothing"],
    ["Employee.salary(currency:)", "employee.salary:READ"],
    ["Employee.badge", "authority:ADMINISTER|AUDIT"],
    ["Paper.content", "paper:DOWNLOAD"],
    ["Badge.model", "nothing"],
    ["Badge.serial", "authority:AUDIT"],
    ["Badge.holder", "authenticated"],
    ["Secrets.pepper", "authority:ADMINISTER"],
    ["Secrets.hint", "nothing"],
    ["Query.hello", "nothing"],
    ["Query.audit(role:)", "nothing"],
    ["Query.employees", "employee:READ"],
    ["Mutation.deleteEmployee", "employee:DELETE"],
    ["EmployeeFilter.salary", "employee.salary:READ"],
    ["EmployeeFilter.and", "employee:READ"],
    ["CreateEmployee.name", "employee.name:CREATE"],
    ["UpdateEmployee.version", "employee:UPDATE"],
    ["RoleInput.name", "authority:ADMINISTER"],
    ["StringFilter.eq", "nothing"],
    ["Person.name", "nothing"],
  ])("%s needs %s", (coordinate, permission) => {
    expect(needed(coordinate)).toBe(permission);
  });

  it("throws on a coordinate or bit that it does not have", () => {
    expect(() => staffIndex.requirementOf("Employee.pay")).toThrow("no coordinate Employee.pay");
    expect(() => staffIndex.permissionOf(staffIndex.size)).toThrow("no bit");
    expect(staffIndex.bitOf("employee.pay:READ")).toBeUndefined();
  });

  it("numbers every permission once, with one bit for a resource's action beside those of its fields", () => {
    const names = Array.from({ length: staffIndex.size }, (_, bit) => staffIndex.permissionOf(bit));
    expect(new Set(names).size).toBe(names.length);
    for (const [bit, name] of names.entries()) expect(staffIndex.bitOf(name)).toBe(bit);
    expect(names).toEqual(
      expect.arrayContaining(["authenticated", "authority:REVOKE", "employee:CREATE", "paper:READ"]),
    );
    expect([...staffIndex.combinations.values()]).toContainEqual(["ADMINISTER", "AUDIT"]);
  });

  it("derives the catalogue that grants are checked against", () => {
    const { READ, UPDATE, CREATE, DELETE, DOWNLOAD } = Action;
    expect([...staffIndex.resources.keys()]).toEqual(["contractor", "department", "employee", "paper"]);
    const employee = staffIndex.resources.get("employee");
    expect(employee?.actions).toEqual([CREATE, READ, UPDATE, DELETE]);
    expect(employee?.fields.get("salary")).toEqual([CREATE, READ, UPDATE]);
    expect(employee?.fields.get("papers")).toEqual([READ]);
    expect(employee?.fields.has("id")).toBe(false);
    expect(staffIndex.resources.get("paper")?.actions).toEqual([READ, DOWNLOAD]);
    expect(staffIndex.bitsOf("paper", DELETE)).toBeUndefined();
    expect(staffIndex.bitsOf("paper", DOWNLOAD)?.fields.size).toBe(0);
  });
});

describe("a schema with something uncovered", () => {
  it("is refused with every uncovered coordinate and what to add", () => {
    const problems = problemsOf(`
      type Query { open: Int, list(first: Int, where: Where): Int @access(resource: "a") }
      type Loose @access(resource: "a") { x(y: Int): Int, z: Int @public }
      type Naked { a: Int, b(c: Int): Int @public }
      input Where { name: String, size: Int @access(resource: "a") }
    `);
    expect(Object.keys(problems).sort()).toEqual(
      ["Loose.x(y:)", "Naked.a", "Query.list(first:)", "Query.open", "Where.name"].sort(),
    );
    expect(problems["Query.open"]).toContain("add @access(resource:, field:)");
    expect(problems["Query.list(first:)"]).toContain("its own @access");
    expect(problems["Where.name"]).toContain("to the input field");
  });

  it("says everything in the error's message", () => {
    const schema = buildSchema(`${DIRECTIVES} type Query { a: Int, b: Int }`);
    expect(() => compileAccessIndex(schema, [])).toThrow(/2 unguarded.*places:\n {2}Query\.a: .*\n {2}Query\.b: /);
  });

  it("is refused when type-graphql left no node at all", () => {
    const query = new GraphQLObjectType({ name: "Query", fields: { a: { type: GraphQLString } } });
    expect(() => compileAccessIndex(new GraphQLSchema({ query }), [])).toThrow("Query.a");
    const node = parse("type Query @public").definitions[0] as ObjectTypeDefinitionNode;
    const config = {
      ...query.toConfig(),
      astNode: { kind: Kind.OBJECT_TYPE_DEFINITION, name: node.name, directives: node.directives },
    };
    const covered = new GraphQLSchema({
      query: new GraphQLObjectType(config as typeof config & { astNode: ObjectTypeDefinitionNode }),
    });
    expect(compileAccessIndex(covered, []).requirementOf("Query.a")).toBe(FREE);
  });
});

describe("a schema that is guarded wrongly", () => {
  it.each([
    [
      "an unknown authority",
      'type Query { a: Int @authority(anyOf: ["AUDIT", "NOPE"]) }',
      "Query.a",
      "unknown authority NOPE; there are ADMINISTER",
    ],
    [
      "a deniable field that is not nullable",
      'type Query { a: [Int!]! @access(resource: "r", field: "a") }',
      "Query.a",
      "make its type [Int!]",
    ],
    ["the same by its type", 'type Query @access(resource: "r") { a: Int! }', "Query.a", "must be nullable"],
    [
      "DELETE of a field",
      'type Query { a: Int @access(resource: "r", action: DELETE, field: "a") }',
      "Query.a",
      "as a whole",
    ],
    ["DOWNLOAD by name", 'type Query @access(resource: "r", action: DOWNLOAD) { a: Int }', "Query.a", "as a whole"],
    ["two guards", "type Query { a: Int @public @authenticated }", "Query.a", "keep one"],
    ["two guards on a type", "type Query @public @authenticated { a: Int @public }", "Query", "keep one"],
    ["an extension", "type Query @public { a: Int } extend type Query @authenticated", "Query", "keep one"],
  ])("is refused for %s", (_what, sdl, coordinate, problem) => {
    expect(problemsOf(sdl)[coordinate]).toContain(problem);
  });

  it("is refused for a guard other than @access on an argument or input field", () => {
    // buildSchema would refuse the place, type-graphql does not look.
    const schema = buildSchema(
      `${DIRECTIVES.replaceAll("| INPUT_OBJECT", "| INPUT_OBJECT | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION")}
       type Query @public { a(b: Int @authenticated): Int } input In @public { c: Int @authenticated }`.replace(
        "| INPUT_OBJECT | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION",
        "| INPUT_OBJECT | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION",
      ),
    );
    expect(() => compileAccessIndex(schema, [])).toThrow(/Query\.a\(b:\).*\n.*In\.c/);
  });

  it.each([
    ["id, which comes with any grant", 'type Query @access(resource: "r") { id: ID! }'],
    ["a field that needs the resource as a whole", 'type Query { a: Int! @access(resource: "r") }'],
    ["a field of a mutation's input", 'type Query { a: Int! @access(resource: "r", action: CREATE, field: "a") }'],
    ["an interface without guards", "interface I { a: Int } type Query implements I @public { a: Int }"],
    [
      "an interface with an argument",
      "interface I { a(x: Int): Int } type Query implements I @public { a(x: Int): Int }",
    ],
  ])("accepts %s", (_what, sdl) => {
    expect(problemsOf(sdl)).toEqual({});
  });
});
