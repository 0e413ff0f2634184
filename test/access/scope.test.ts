import { Action } from "../../src/access/grant";
import {
  emptyScope,
  everythingScope,
  heldBits,
  intersectScopes,
  keyScope,
  type RowRule,
  roleScope,
  type Scope,
} from "../../src/access/scope";
import { reads } from "./staff-plan";
import { staffIndex as index } from "./staff-schema";

const names = (scope: Scope): string[] =>
  heldBits(scope)
    .map((bit) => index.permissionOf(bit))
    .sort();
const rowsOf = (scope: Scope, permission: string): RowRule | undefined => scope.rows.get(index.bitOf(permission) ?? -1);

describe("the scope of nobody", () => {
  it("holds nothing, not even authenticated", () => {
    expect(names(emptyScope(index))).toEqual([]);
    expect(emptyScope(index).authorities.size).toBe(0);
  });
});

describe("the scope of a session", () => {
  it("holds authenticated, the authorities, their combinations and the grants", () => {
    const scope = roleScope(index, { authorities: ["AUDIT"], grants: [reads("paper", ["title"])] });
    expect(names(scope)).toEqual(
      [
        "authenticated",
        "authority:ADMINISTER|AUDIT",
        "authority:AUDIT",
        "authority:AUDIT|REVOKE",
        "paper.title:READ",
        "paper:READ",
      ].sort(),
    );
    expect([...scope.authorities]).toEqual(["AUDIT"]);
  });

  it("ignores what the schema does not know", () => {
    const grants = [
      reads("payroll", null),
      reads("paper", ["colour"]),
      { resource: "paper", actions: [Action.CREATE], fields: null, rows: null },
      { resource: "employee", actions: [Action.UPDATE], fields: ["papers"], rows: null },
    ];
    const scope = roleScope(index, { authorities: ["FLY"], grants });
    expect(names(scope)).toEqual(["authenticated"]);
    expect(scope.authorities.size).toBe(0);
  });

  it("holds ALL fields with fields null, and an action that has no fields whatever the fields", () => {
    const scope = roleScope(index, {
      authorities: [],
      grants: [
        { resource: "paper", actions: [Action.READ, Action.DOWNLOAD], fields: ["title"], rows: null },
        reads("contractor", null),
      ],
    });
    expect(names(scope)).toContain("paper:DOWNLOAD");
    expect(names(scope)).toEqual(
      expect.arrayContaining(["contractor.rate:READ", "contractor.boss:READ", "contractor:READ"]),
    );
    expect(names(scope)).not.toContain("paper.owner:READ");
  });
});

describe("rows of a permission", () => {
  it("are alternatives where several grants give it", () => {
    const scope = keyScope(index, [
      reads("employee", ["name"], { departmentIds: ["b"] }),
      reads("employee", ["name", "salary"], { departmentIds: ["a"], self: true }),
    ]);
    expect(rowsOf(scope, "employee.name:READ")).toEqual([{ departmentIds: ["a", "b"], self: true }]);
    expect(rowsOf(scope, "employee.salary:READ")).toEqual([{ departmentIds: ["a"], self: true }]);
    expect(rowsOf(scope, "employee:READ")).toEqual([{ departmentIds: ["a", "b"], self: true }]);
  });

  it("are unlimited when one grant does not limit them", () => {
    const scope = keyScope(index, [reads("employee", ["name"], { self: true }), reads("employee", ["name"])]);
    expect(rowsOf(scope, "employee.name:READ")).toBeUndefined();
  });

  it("are none with an empty row scope", () => {
    expect(rowsOf(keyScope(index, [reads("employee", null, { departmentIds: [] })]), "employee:READ")).toEqual([{}]);
  });
});

describe("a key's scope within its owner's", () => {
  const owner = roleScope(index, {
    authorities: ["ADMINISTER"],
    grants: [reads("employee", ["name", "salary"], { departmentIds: ["a"] }), reads("paper", null)],
  });

  it("holds what both hold, on rows that both reach, and no authority", () => {
    const key = keyScope(index, [
      reads("employee", ["name", "boss"], { locations: ["Oslo"] }),
      reads("paper", ["title"]),
    ]);
    const scope = intersectScopes(owner, key);
    expect(names(scope)).toEqual([
      "authenticated",
      "employee.name:READ",
      "employee:READ",
      "paper.title:READ",
      "paper:READ",
    ]);
    expect(rowsOf(scope, "employee.name:READ")).toEqual([{ departmentIds: ["a"] }, { locations: ["Oslo"] }]);
    expect(rowsOf(scope, "paper.title:READ")).toBeUndefined();
    expect(scope.authorities.size).toBe(0);
  });

  it("names equal rows once and keeps no rows of what it does not hold", () => {
    const scope = intersectScopes(owner, keyScope(index, [reads("employee", ["name"], { departmentIds: ["a"] })]));
    expect(rowsOf(scope, "employee.name:READ")).toEqual([{ departmentIds: ["a"] }]);
    expect(rowsOf(scope, "employee.salary:READ")).toBeUndefined();
  });

  it("is never made from a scope that carries authorities", () => {
    expect(() => intersectScopes(owner, everythingScope(index))).toThrow("carries no authority");
    expect(names(intersectScopes(everythingScope(index), keyScope(index, [])))).toEqual(["authenticated"]);
  });
});

describe("the operator's scope", () => {
  it("holds every bit on every row", () => {
    expect(names(everythingScope(index))).toHaveLength(index.size);
    expect(everythingScope(index).rows.size).toBe(0);
  });
});

describe("the fingerprint", () => {
  it("is equal for equal permissions whatever the order and the rows, and only then", () => {
    const one = keyScope(index, [reads("employee", ["name", "salary"]), reads("paper", ["title"])]);
    const other = keyScope(index, [
      reads("paper", ["title"]),
      reads("employee", ["salary"], { self: true }),
      reads("employee", ["name"]),
    ]);
    expect(other.fingerprint).toBe(one.fingerprint);
    expect(keyScope(index, [reads("paper", ["title"])]).fingerprint).not.toBe(one.fingerprint);
  });
});
