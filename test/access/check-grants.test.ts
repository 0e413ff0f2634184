import { grantProblems, missingFrom } from "../../src/access/check-grants";
import { Action, type Grant, type RowScope } from "../../src/access/grant";
import { emptyScope, everythingScope, intersectScopes, keyScope, roleScope } from "../../src/access/scope";
import { reads } from "./staff-plan";
import { staffIndex as index } from "./staff-schema";

describe("grantProblems", () => {
  it.each<[string, Grant, string, string]>([
    [
      "an unknown resource",
      reads("employe", null),
      "resource",
      'no resource "employe"; there are contractor, department, employee, paper',
    ],
    [
      "an action not offered",
      { ...reads("paper", null), actions: [Action.READ, Action.CREATE] },
      "actions[1]",
      'paper does not offer "CREATE"; it offers READ, DOWNLOAD',
    ],
    [
      "an unknown field",
      reads("paper", ["title", "owner", "colour"]),
      "fields[2]",
      'paper has no field "colour"; it has title, owner',
    ],
    [
      "the id",
      reads("paper", ["id", "title"]),
      "fields[0]",
      '"id" is not granted by itself: it comes with READ of paper',
    ],
    ["no action", { ...reads("paper", null), actions: [] }, "actions", "at least one of READ, DOWNLOAD"],
    ["an empty list of fields", reads("paper", []), "fields", "left out for ALL"],
    [
      "a field that no action has",
      { ...reads("employee", ["papers"]), actions: [Action.UPDATE] },
      "fields[0]",
      '"papers" cannot be granted for UPDATE; it offers READ',
    ],
    [
      "fields of a whole action",
      { ...reads("employee", ["name"]), actions: [Action.DELETE] },
      "fields[0]",
      "cannot be granted for DELETE",
    ],
  ])("names %s", (_what, grant, path, problem) => {
    const problems = grantProblems(index, [reads("paper", null), grant]);
    expect(problems).toEqual([{ path: `grants[1].${path}`, problem: expect.stringContaining(problem) as string }]);
  });

  it("finds every problem, and cuts a long value short", () => {
    const problems = grantProblems(index, [reads("x".repeat(300), null), reads("paper", ["a", "title", "b"])]);
    expect(problems.map(({ path }) => path)).toEqual([
      "grants[0].resource",
      "grants[1].fields[0]",
      "grants[1].fields[2]",
    ]);
    expect(problems[0]?.problem.length).toBeLessThan(150);
  });

  it("is empty for grants that can be stored", () => {
    const every = {
      resource: "employee",
      actions: [Action.READ, Action.DELETE],
      fields: ["salary"],
      rows: { self: true },
    };
    expect(grantProblems(index, [every, reads("contractor", null)])).toEqual([]);
  });
});

describe("missingFrom", () => {
  const role = (grants: Grant[], authorities: string[] = []) => roleScope(index, { authorities, grants });
  const salary = (rows: RowScope | null) => role([reads("employee", ["salary"], rows)]);

  it("names permissions and authorities that the holder lacks", () => {
    const holder = role([reads("employee", ["name"])], ["AUDIT"]);
    const wanted = role([reads("employee", ["name", "salary"]), reads("paper", ["title"])], ["AUDIT", "REVOKE"]);
    expect(missingFrom(index, holder, wanted).sort()).toEqual(
      ["authority:REVOKE", "employee.salary:READ", "paper.title:READ", "paper:READ"].sort(),
    );
  });

  it("finds nothing where the holder has it all", () => {
    expect(missingFrom(index, everythingScope(index), role([reads("employee", null)], ["AUDIT"]))).toEqual([]);
    expect(missingFrom(index, everythingScope(index), everythingScope(index))).toEqual([]);
    expect(missingFrom(index, emptyScope(index), emptyScope(index))).toEqual([]);
  });

  it.each<[RowScope | null, RowScope | null, boolean]>([
    [null, { self: true }, true],
    [null, null, true],
    [{ self: true }, null, false],
    [{ departmentIds: ["a", "b"] }, { departmentIds: ["a"] }, true],
    [{ departmentIds: ["a"] }, { departmentIds: ["a", "b"] }, false],
    [{ departmentIds: ["a"] }, { self: true }, false],
    [{ reports: true }, { self: true }, false],
    [{ departmentIds: ["a"] }, {}, true],
  ])("a holder of rows %j may hand out rows %j: %s", (held, wanted, isCovered) => {
    const missing = missingFrom(index, salary(held), salary(wanted));
    expect(missing.sort()).toEqual(isCovered ? [] : ["employee.salary:READ (rows)", "employee:READ (rows)"]);
  });

  it("compares every condition of a holder's rows with those of the wanted ones", () => {
    const grants = (rows: RowScope) => keyScope(index, [reads("employee", ["salary"], rows)]);
    const narrow = intersectScopes(salary({ departmentIds: ["a"] }), grants({ locations: ["Oslo"] }));
    expect(missingFrom(index, narrow, grants({ departmentIds: ["a"] }))).toContain("employee.salary:READ (rows)");
    expect(missingFrom(index, grants({ departmentIds: ["a", "b"] }), narrow)).toEqual([]);
    expect(missingFrom(index, narrow, narrow)).toEqual([]);
  });
});
