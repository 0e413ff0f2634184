import { buildSchema } from "graphql";
import { compileAccessIndex } from "../../src/access/access-index";
import { Action, type Grant, type RowScope } from "../../src/access/grant";
import { intersectScopes, keyScope, roleScope } from "../../src/access/scope";
import { effectiveGrants } from "../../src/api-keys/effective-grants";

const index = compileAccessIndex(
  buildSchema(`
    enum Action { CREATE READ UPDATE DELETE DOWNLOAD }
    directive @public on OBJECT
    directive @access(resource: String!, action: Action = READ, field: String) on OBJECT | FIELD_DEFINITION
    type Query { employee: Employee @access(resource: "employee") }
    type Mutation {
      setPhone: Boolean @access(resource: "employee", action: UPDATE, field: "phone")
      remove: Boolean @access(resource: "employee", action: DELETE)
    }
    type Employee @access(resource: "employee") { name: String phone: String salary: Float }
  `),
  [],
);
const grant = (actions: Action[], fields: string[] | null, rows: RowScope | null = null): Grant => {
  return { resource: "employee", actions, fields, rows };
};
const ofKey = (owner: Grant[], key: Grant[]) =>
  effectiveGrants(index, intersectScopes(roleScope(index, { authorities: [], grants: owner }), keyScope(index, key)));

describe("what a scope says as grants", () => {
  it("names the fields that key and owner share, also where the key has ALL", () => {
    expect(ofKey([grant([Action.READ], ["name", "phone"])], [grant([Action.READ], null)])).toEqual([
      { resource: "employee", actions: ["READ"], fields: ["name", "phone"], rows: null, alsoWithin: [] },
    ]);
  });

  it("puts actions on the same fields and rows together, and keeps others apart", () => {
    const held = [grant([Action.READ, Action.UPDATE], ["phone"]), grant([Action.READ], ["salary"], { self: true })];
    expect(ofKey([grant(Object.values(Action), null)], [...held, grant([Action.DELETE], null)])).toEqual([
      { resource: "employee", actions: ["READ", "UPDATE"], fields: ["phone"], rows: null, alsoWithin: [] },
      { resource: "employee", actions: ["READ"], fields: ["salary"], rows: { self: true }, alsoWithin: [] },
      { resource: "employee", actions: ["DELETE"], fields: null, rows: null, alsoWithin: [] },
    ]);
  });

  it("names both row scopes where key and owner are limited each in their own way", () => {
    const owner = [grant([Action.READ], ["name"], { departmentIds: ["d1"] })];
    expect(ofKey(owner, [grant([Action.READ], null, { self: true })])).toEqual([
      {
        resource: "employee",
        actions: ["READ"],
        fields: ["name"],
        rows: { departmentIds: ["d1"] },
        alsoWithin: [{ self: true }],
      },
    ]);
  });

  it("says that only ids remain where no field is shared", () => {
    expect(ofKey([grant([Action.READ], ["name"])], [grant([Action.READ], ["salary"])])).toEqual([
      { resource: "employee", actions: ["READ"], fields: [], rows: null, alsoWithin: [] },
    ]);
  });

  it("is nothing where nothing is granted", () => {
    expect(ofKey([grant([Action.READ], null)], [])).toEqual([]);
    expect(ofKey([], [grant([Action.READ], null)])).toEqual([]);
  });
});
