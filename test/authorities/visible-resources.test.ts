import { buildSchema } from "graphql";
import { compileAccessIndex } from "../../src/access/access-index";
import { Action, type Grant } from "../../src/access/grant";
import { keyScope, roleScope } from "../../src/access/scope";
import { AUTHORITY_CATALOGUE, AUTHORITY_NAMES } from "../../src/authorities/authority-catalogue";
import { requireAnyAuthority, requireAuthorityNames } from "../../src/authorities/require-authorities";
import { requireGrantable } from "../../src/authorities/require-grantable";
import { visibleResources } from "../../src/authorities/visible-resources";
import type { RequestContext, Transaction } from "../../src/context";

const index = compileAccessIndex(
  buildSchema(`
    enum Action { CREATE READ UPDATE DELETE DOWNLOAD }
    directive @access(resource: String!, action: Action = READ, field: String)
      on OBJECT | FIELD_DEFINITION | INPUT_OBJECT | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION
    type Query { employee: Employee @access(resource: "employee") team: Team @access(resource: "team") }
    type Mutation {
      a: Boolean @access(resource: "employee", action: DELETE)
      b: Boolean @access(resource: "employee", action: UPDATE, field: "phone")
    }
    type Employee @access(resource: "employee") { name: String phone: String }
    type Team @access(resource: "team") { title: String }
  `),
  AUTHORITY_NAMES,
);
const readPhone: Grant = { resource: "employee", actions: [Action.READ], fields: ["phone"], rows: null };

describe("the catalogue of resources", () => {
  it("shows a key what it holds and no other name", () => {
    expect(visibleResources(index, keyScope(index, [readPhone]))).toEqual([
      { name: "employee", actions: ["READ"], fields: [{ name: "phone", actions: ["READ"] }] },
    ]);
    expect(visibleResources(index, keyScope(index, []))).toEqual([]);
  });

  it("shows everything to whoever composes grants, and to no other session", () => {
    const composer = roleScope(index, { authorities: ["MANAGE_API_SETS"], grants: [] });
    expect(visibleResources(index, composer)).toEqual([
      {
        name: "employee",
        actions: ["READ", "UPDATE", "DELETE"],
        fields: [
          { name: "name", actions: ["READ"] },
          { name: "phone", actions: ["READ", "UPDATE"] },
        ],
      },
      { name: "team", actions: ["READ"], fields: [{ name: "title", actions: ["READ"] }] },
    ]);
    const other = roleScope(index, { authorities: ["VIEW_USERS"], grants: [readPhone] });
    expect(visibleResources(index, other).map(({ name }) => name)).toEqual(["employee"]);
  });
});

describe("the catalogue of authorities", () => {
  it("names and describes each of the thirteen once", () => {
    expect(new Set(AUTHORITY_NAMES).size).toBe(13);
    for (const { description } of AUTHORITY_CATALOGUE) expect(description).toMatch(/^[A-Z].{15,}\.$/);
  });

  it("judges names that a client gives", () => {
    expect(requireAuthorityNames(["VIEW_USERS", "VIEW_AUDIT", "VIEW_USERS"], "input.authorities")).toEqual([
      "VIEW_AUDIT",
      "VIEW_USERS",
    ]);
    expect(() => requireAuthorityNames(["toString"], "input.authorities")).toThrow("input.authorities[0]");
    const scope = roleScope(index, { authorities: ["VIEW_USERS"], grants: [] });
    expect(() => requireAnyAuthority(scope, ["MANAGE_USERS", "VIEW_USERS"])).not.toThrow();
    expect(() => requireAnyAuthority(scope, ["MANAGE_USERS"])).toThrow("MANAGE_USERS");
  });
});

describe("grants that a client gives", () => {
  const scope = roleScope(index, {
    authorities: [],
    grants: [{ ...readPhone, fields: null, rows: { locations: ["Bern", "Thun"] } }],
  });
  /** The database is asked for ids in row scopes only, which none of these has. */
  const judge = (grants: object[]) =>
    requireGrantable({ index } as RequestContext, {} as Transaction, { scope }, grants as never, "input.grants");

  it("are stored in one spelling", async () => {
    expect(
      await judge([
        {
          resource: "employee",
          actions: [Action.READ, Action.READ],
          fields: ["phone", "name", "phone"],
          rows: { locations: ["Thun", "Bern", "Thun"], departmentIds: [], self: false, reports: null },
        },
      ]),
    ).toEqual([
      { resource: "employee", actions: ["READ"], fields: ["name", "phone"], rows: { locations: ["Bern", "Thun"] } },
    ]);
  });

  it("name everything that the holder lacks, wider rows included", async () => {
    const grants = [
      { resource: "employee", actions: [Action.READ, Action.DELETE], fields: ["phone"], rows: { locations: ["Genf"] } },
      { resource: "team", actions: [Action.READ] },
    ];
    await expect(judge(grants)).rejects.toThrow(
      expect.objectContaining({
        code: "OUT_OF_SCOPE",
        message: expect.stringMatching(/^input.grants gives what you do not hold yourself: .+, .+, .+ and 2 more\.$/),
        details: {
          field: "input.grants",
          missing: expect.arrayContaining(["employee.phone:READ (rows)", "employee:DELETE", "team.title:READ"]),
        },
      }),
    );
  });

  it("are refused above what a column can hold", async () => {
    const rows = { locations: Array.from({ length: 500 }, (_, at) => `${at} ${"x".repeat(150)}`) };
    await expect(judge([{ resource: "employee", actions: [Action.READ], rows }])).rejects.toThrow("bytes as JSON");
    await expect(
      judge([{ resource: "employee", actions: [Action.READ], rows: { locations: Array(501).fill("a") } }]),
    ).rejects.toThrow("input.grants[0].rows.locations must have at most 500 entries");
  });
});
