import { decide } from "../../src/access/decide";
import { emptyScope, intersectScopes, keyScope, roleScope } from "../../src/access/scope";
import { bind, reads } from "./staff-plan";
import { staffIndex as index } from "./staff-schema";

const owner = roleScope(index, { authorities: [], grants: [reads("employee", ["name", "salary"])] });
const key = intersectScopes(owner, keyScope(index, [reads("employee", ["name"])]));

describe("decide", () => {
  it("allows what the scope covers, always with the same object", () => {
    const allowed = decide(bind("{ employees { id name } }"), key, owner);
    expect(allowed).toEqual({ allowed: true });
    expect(decide(bind("{ hello }"), emptyScope(index), emptyScope(index))).toBe(allowed);
  });

  it("refuses the whole operation for one field, naming who lacks it", () => {
    expect(decide(bind("{ employees { name salary boss { id } } }"), key, owner)).toEqual({
      allowed: false,
      refusals: [
        {
          coordinate: "Employee.salary",
          permission: "employee.salary:READ",
          kind: "FIELD",
          action: "READ",
          resource: "employee",
          deniedBy: "KEY",
        },
        {
          coordinate: "Employee.boss",
          permission: "employee.boss:READ",
          kind: "FIELD",
          action: "READ",
          resource: "employee",
          deniedBy: "OWNER",
        },
      ],
    });
  });

  it("names each coordinate once, be it a field, an argument, or an input field of a literal or variable", () => {
    const text = `query ($f: [EmployeeFilter!]) {
      a: employees(filter: { salary: { lt: 1 }, and: $f }) { id }
      b: employees(filter: { salary: { lt: 2 } }) { salary(currency: "EUR") x: salary }
    }`;
    const variables = { f: [{ department: { code: {} } }, { department: null }] };
    const decision = decide(bind(text, variables), key, owner);
    const refused = decision.allowed ? [] : decision.refusals.map((refusal) => refusal.coordinate);
    expect(refused).toEqual([
      "EmployeeFilter.salary",
      "Employee.salary",
      "Employee.salary(currency:)",
      "EmployeeFilter.department",
      "DepartmentFilter.code",
    ]);
  });

  it("names every authority that would do, which no key has", () => {
    const decision = decide(bind("{ pick { __typename } }"), key, owner);
    expect(decision).toMatchObject({
      refusals: [
        {
          coordinate: "Query.pick",
          kind: "AUTHORITY",
          permission: "authority:AUDIT|REVOKE",
          authorities: ["AUDIT", "REVOKE"],
          deniedBy: "OWNER",
        },
      ],
    });
    const auditor = roleScope(index, { authorities: ["AUDIT"], grants: [] });
    expect(decide(bind("{ pick { __typename } }"), auditor, auditor).allowed).toBe(true);
    expect(
      decide(bind("{ pick { __typename } }"), intersectScopes(auditor, keyScope(index, [])), auditor),
    ).toMatchObject({
      refusals: [{ deniedBy: "KEY" }],
    });
  });

  it("refuses nobody what any principal may have", () => {
    expect(decide(bind("{ viewer { name } }"), emptyScope(index), emptyScope(index))).toMatchObject({
      allowed: false,
      refusals: [
        { coordinate: "Query.viewer", permission: "authenticated", kind: "AUTHENTICATED", deniedBy: "OWNER" },
        { coordinate: "Viewer.name" },
      ],
    });
    expect(decide(bind("{ viewer { name } }"), key, owner).allowed).toBe(true);
  });

  it("costs nanoseconds where it allows (printed for information)", () => {
    const bound = bind("{ employees { id name } }");
    const rounds = 1_000_000;
    let allowed = 0;
    const startedAt = process.hrtime.bigint();
    for (let round = 0; round < rounds; round++) if (decide(bound, key, owner).allowed) allowed++;
    const nanoseconds = Number(process.hrtime.bigint() - startedAt) / rounds;
    process.stderr.write(`decide: ${nanoseconds.toFixed(0)} ns with ${index.size} permissions\n`);
    expect(allowed).toBe(rounds);
  });
});
