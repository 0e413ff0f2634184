import { Action, type RowScope } from "../../src/access/grant";
import { rowRuleFor } from "../../src/access/row-rule";
import { emptyScope, everythingScope, intersectScopes, keyScope } from "../../src/access/scope";
import { bind, reads } from "./staff-plan";
import { staffIndex as index } from "./staff-schema";

const A: RowScope = { departmentIds: ["a"] };
const OSLO: RowScope = { locations: ["Oslo"] };
const scope = keyScope(index, [
  reads("employee", ["name"], A),
  reads("employee", ["salary"], OSLO),
  reads("employee", ["department"], A),
  reads("employee", ["boss"]),
  { resource: "employee", actions: [Action.UPDATE, Action.DELETE], fields: ["name"], rows: { self: true } },
]);
const rule = (text: string, action = Action.READ, variables = {}) =>
  rowRuleFor(index, bind(text, variables), scope, "employee", action);

describe("the rows that an operation may touch", () => {
  it.each<[string, string, RowScope[]]>([
    ["one field: its own", "{ employees { name } }", [A]],
    ["two fields: both must be granted on the row", "{ employees { name salary } }", [A, OSLO]],
    ["equal rows count once", "{ employees { name department { __typename } } }", [A]],
    ["an unlimited field adds nothing", "{ employees { boss { id } } }", []],
    ["a filter counts like a field", "{ employees(filter: { salary: {} }) { name } }", [A, OSLO]],
    ["sorting too", "{ employees(sort: { salary: ASC }) { id } }", [OSLO]],
    ["fields anywhere in the operation", "{ a: employees { name } b: employees { id salary } }", [A, OSLO]],
  ])("%s", (_what, text, expected) => {
    expect(rule(text)).toEqual(expected);
  });

  it("are those of any grant of the action where no field is asked for", () => {
    const narrow = keyScope(index, [reads("employee", ["name"], A), reads("employee", ["salary"], OSLO)]);
    const ids = bind("{ employees { id } }");
    expect(rowRuleFor(index, ids, narrow, "employee", Action.READ)).toEqual([{ ...A, ...OSLO }]);
    expect(rule("{ employees { id } }")).toEqual([]);
  });

  it("are told by action", () => {
    const text = 'mutation { updateEmployee(id: 1, input: { name: "x" }) { name } deleteEmployee(id: 2) }';
    expect(rule(text, Action.UPDATE)).toEqual([{ self: true }]);
    expect(rule(text, Action.DELETE)).toEqual([{ self: true }]);
    expect(rule(text, Action.READ)).toEqual([A]);
  });

  it("follow the variables", () => {
    const text =
      "query ($f: EmployeeFilter, $pay: Boolean!) { employees(filter: $f) { name salary @include(if: $pay) } }";
    expect(rule(text, Action.READ, { pay: false })).toEqual([A]);
    expect(rule(text, Action.READ, { pay: true })).toEqual([A, OSLO]);
    expect(rule(text, Action.READ, { pay: false, f: { salary: {} } })).toEqual([A, OSLO]);
  });

  it("are those of key and owner together", () => {
    const both = intersectScopes(scope, keyScope(index, [reads("employee", null, { reports: true })]));
    expect(rowRuleFor(index, bind("{ employees { name } }"), both, "employee", Action.READ)).toEqual([
      A,
      { reports: true },
    ]);
  });

  it("are none where something is not held, or no such thing exists", () => {
    const bound = bind("{ employees { name } }");
    const nothing = [{}];
    expect(rowRuleFor(index, bound, emptyScope(index), "employee", Action.READ)).toEqual(nothing);
    expect(rowRuleFor(index, bound, scope, "paper", Action.READ)).toEqual(nothing);
    expect(rowRuleFor(index, bound, everythingScope(index), "payroll", Action.READ)).toEqual(nothing);
    expect(rowRuleFor(index, bound, everythingScope(index), "paper", Action.CREATE)).toEqual(nothing);
    expect(rowRuleFor(index, bound, everythingScope(index), "paper", Action.READ)).toEqual([]);
  });
});
