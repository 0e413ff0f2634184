import { buildSchema, type GraphQLEnumType, GraphQLSchema, parse, printSchema, specifiedDirectives } from "graphql";
import { accessDirectives, readGuard } from "../../src/access/directives";
import { Action } from "../../src/access/grant";
import { permissionName } from "../../src/access/guard";
import { DIRECTIVES } from "./staff-schema";

function guardOf(directives: string) {
  const [definition] = parse(`type T ${directives} { id: ID }`).definitions;
  return readGuard([definition as Parameters<typeof readGuard>[0][number]]);
}

describe("accessDirectives", () => {
  it("defines the four directives as DESIGN.md prints them", () => {
    const action = buildSchema(DIRECTIVES).getType("Action") as GraphQLEnumType;
    const schema = new GraphQLSchema({ directives: [...specifiedDirectives, ...accessDirectives(action)] });
    const undescribed = printSchema(schema).replace(/"""[^"]*"""\n/g, "");
    expect(undescribed).toBe(printSchema(buildSchema(DIRECTIVES)));
  });
});

describe("readGuard", () => {
  it.each([
    ["", null],
    ["@deprecated", null],
    ["@public", { kind: "PUBLIC" }],
    ["@authenticated", { kind: "AUTHENTICATED" }],
    ['@authority(anyOf: ["B", "A", "B"])', { kind: "AUTHORITY", anyOf: ["A", "B"] }],
    ['@authority(anyOf: "A")', { kind: "AUTHORITY", anyOf: ["A"] }],
    ['@access(resource: "employee")', { kind: "ACCESS", resource: "employee", action: "READ", field: null }],
    [
      '@access(resource: "employee", action: UPDATE, field: "salary")',
      { kind: "ACCESS", resource: "employee", action: "UPDATE", field: "salary" },
    ],
    [
      '@access(resource: "employee", field: null)',
      { kind: "ACCESS", resource: "employee", action: "READ", field: null },
    ],
  ])("reads %s", (directives, guard) => {
    expect(guardOf(directives)).toEqual({ guard });
  });

  it.each([
    ['@public @access(resource: "employee")', "@public and @access"],
    ["@authenticated @authenticated", "keep one"],
    ["@authority", "at least one name"],
    ["@authority(anyOf: [])", "at least one name"],
    ["@authority(anyOf: [A])", "at least one name"],
    ["@access", "name of a resource"],
    ['@access(resource: "")', "name of a resource"],
    ['@access(resource: "a.b")', "name of a resource"],
    ['@access(resource: "a", action: SEE)', "unknown action; use one of CREATE, READ, UPDATE, DELETE, DOWNLOAD"],
    ['@access(resource: "a", field: "")', "name of a field"],
    ['@access(resource: "a", field: 1)', "name of a field"],
  ])("refuses %s", (directives, problem) => {
    expect(guardOf(directives)).toEqual({ problem: expect.stringContaining(problem) as string });
  });

  it("reads what type-graphql leaves: nothing, or a node with directives alone", () => {
    expect(readGuard([undefined, null, {}])).toEqual({ guard: null });
  });
});

describe("permissionName", () => {
  it("answers as its example says", () => {
    const permission = { kind: "FIELD", resource: "employee", field: "salary", action: Action.READ } as const;
    expect(permissionName(permission)).toBe("employee.salary:READ");
  });
});
