import * as fc from "fast-check";
import type { RowRule, RowSet } from "../../src/access/scope";
import { companies, idOf, LOCATIONS, load } from "./company";
import { contextFor, dataOf, OPERATOR, openDatabase, sessionOf, type TestDatabase } from "./harness";
import { reachesDepartment, reachesEmployee } from "./oracles";

const someIds = (kind: "d" | "e") =>
  fc.option(
    fc.array(
      fc.nat(8).map((n) => idOf(kind, n)),
      { maxLength: 4 },
    ),
  );
const rowSets: fc.Arbitrary<RowSet> = fc.record(
  {
    departmentIds: someIds("d"),
    locations: fc.option(fc.array(fc.constantFrom(...LOCATIONS), { maxLength: 2 })),
    employeeIds: someIds("e"),
    self: fc.boolean(),
    reports: fc.boolean(),
  },
  { requiredKeys: [] },
);
const rules: fc.Arbitrary<RowRule> = fc.array(rowSets, { maxLength: 2 });

const QUERY = `query($one: ID!, $other: ID!) {
  employees { totalCount nodes { id department { id name } manager { id manager { id } department { id } } } }
  departments { totalCount nodes { id manager { id } parent { id parent { id } } } }
  employee(id: $one) { id }
  department(id: $other) { id }
}`;

describe("row rules", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(() => database.close());

  it("let through exactly their rows: in lists, counts, reads by id and relations at any depth", async () => {
    const cases = fc.array(fc.tuple(rules, rules, fc.option(fc.nat())), { minLength: 8, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(companies, cases, async (company, asked) => {
        await load(database.store, company);
        for (const [employeeRule, departmentRule, owner] of asked) {
          const own = owner === null ? null : company.employees[owner % company.employees.length]!.id;
          const ctx = contextFor(
            database.store,
            { "employee:READ": employeeRule, "department:READ": departmentRule },
            sessionOf(own),
          );
          const seen = new Map(
            company.employees
              .filter((row) => reachesEmployee(company, employeeRule, own, row))
              .map((row) => [row.id, row]),
          );
          const open = company.departments.filter(({ id }) => reachesDepartment(company, departmentRule, own, id));
          const departmentOf = (id: string | null) => open.find((row) => row.id === id) ?? null;
          const one = company.employees[0]!.id;
          const other = company.departments[0]!.id;
          expect(await dataOf(ctx, QUERY, { one, other })).toEqual({
            employees: {
              totalCount: seen.size,
              nodes: [...seen.values()].slice(0, 50).map((row) => {
                const department = departmentOf(row.departmentId);
                const manager = seen.get(row.managerId ?? "") ?? null;
                const above = seen.get(manager?.managerId ?? "") ?? null;
                const beside = departmentOf(manager?.departmentId ?? null);
                return {
                  id: row.id,
                  department: department && { id: department.id, name: department.name },
                  manager: manager && {
                    id: manager.id,
                    manager: above && { id: above.id },
                    department: beside && { id: beside.id },
                  },
                };
              }),
            },
            departments: {
              totalCount: open.length,
              nodes: open.map(({ id, managerId, parentId }) => {
                const parent = departmentOf(parentId ?? null);
                const above = departmentOf(parent?.parentId ?? null);
                return {
                  id,
                  manager: managerId !== null && seen.has(managerId) ? { id: managerId } : null,
                  parent: parent && { id: parent.id, parent: above && { id: above.id } },
                };
              }),
            },
            employee: seen.has(one) ? { id: one } : null,
            department: departmentOf(other) && { id: other },
          });
        }
      }),
      { numRuns: 15 },
    );
  });

  it("reach nothing by SELF and REPORTS for who has no employee record, and everything where they are empty", async () => {
    const count = "{ employees { totalCount } }";
    const own = { "employee:READ": [{ self: true, reports: true }] };
    for (const principal of [sessionOf(null), OPERATOR]) {
      expect((await dataOf(contextFor(database.store, own, principal), count)).employees.totalCount).toBe(0);
    }
    const nothing = contextFor(database.store, { "employee:READ": [{}] });
    expect((await dataOf(nothing, count)).employees.totalCount).toBe(0);
    const all = contextFor(database.store, { "employee:READ": [] });
    expect((await dataOf(all, count)).employees.totalCount).toBeGreaterThan(0);
  });

  it("end in a chain of managers that goes round in a circle", async () => {
    const [company] = fc.sample(
      companies.filter(({ employees }) => employees.length > 3),
      { numRuns: 1, seed: 3 },
    );
    await load(database.store, company!);
    const ids = company!.employees.slice(0, 3).map(({ id }) => id);
    await database.store.transaction(async (tx) => {
      await tx.query("UPDATE employee SET managerId = NULL");
      for (const [at, id] of ids.entries()) {
        await tx.query("UPDATE employee SET managerId = ? WHERE id = ?", [ids[(at + 1) % 3], id]);
      }
    });
    const ctx = contextFor(database.store, { "employee:READ": [{ reports: true }] }, sessionOf(ids[0]!));
    const { employees } = await dataOf(ctx, "{ employees { nodes { id } } }");
    expect(employees!.nodes.map(({ id }) => id)).toEqual(ids);
  });
});
