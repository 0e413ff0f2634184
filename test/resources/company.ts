import * as fc from "fast-check";
import { Department } from "../../src/resources/department/department.entity";
import { Employee } from "../../src/resources/employee/employee.entity";
import type { Store } from "../../src/store/store";

/** A department as the oracles see it. */
export interface DepartmentRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly managerId: string | null;
  /** Missing means none. */
  readonly parentId?: string | null;
}

/** An employee as the oracles see them: every column that is a field. */
export interface EmployeeRow {
  readonly id: string;
  readonly employeeNumber: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly birthDate: string | null;
  readonly gender: string | null;
  readonly hireDate: string | null;
  readonly terminationDate: string | null;
  readonly jobTitle: string | null;
  readonly location: string | null;
  readonly salary: number | null;
  readonly departmentId: string | null;
  readonly managerId: string | null;
}

export interface Company {
  readonly departments: readonly DepartmentRow[];
  readonly employees: readonly EmployeeRow[];
}

/** Texts that databases like to get wrong: case, accents, trailing blanks, wildcards, quotes, astral and private characters. */
export const TEXTS = [
  "a",
  "A",
  "ab",
  "aB",
  "b",
  "B",
  "a ",
  "á",
  "ä",
  "z",
  "%",
  "_",
  "a%b",
  "'",
  "\\",
  "😀",
  "\uE000",
  "ab😀",
];
export const DATES = ["1999-12-31", "2000-02-29", "2001-01-01", "2024-05-01"];
export const AMOUNTS = [0, 0.1, 0.3, 9.99, 10, 1000.5, 999_999_999_999.99];
export const LOCATIONS = ["Oslo", "oslo", "Bergen"];

/** Ids like kernel/id's, but small enough to be read: the n-th of a kind. */
export function idOf(kind: "d" | "e", n: number): string {
  return `0000000${kind}-0000-7000-8000-${String(n).padStart(12, "0")}`;
}

const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> =>
  fc.option(fc.constantFrom(...values), { freq: 3, nil: null });

/** Companies with many ties and gaps; managers and departments make trees, since they always point at somebody before. */
export const companies: fc.Arbitrary<Company> = fc
  .record({
    departments: fc.array(
      fc.record({ name: fc.constantFrom(...TEXTS), manager: fc.option(fc.nat()), parent: fc.option(fc.nat()) }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    people: fc.array(
      fc.record({
        firstName: fc.constantFrom(...TEXTS),
        lastName: fc.constantFrom(...TEXTS),
        email: maybe(TEXTS),
        phone: maybe(TEXTS),
        birthDate: maybe(DATES),
        gender: maybe(["M", "F"]),
        hireDate: maybe(DATES),
        terminationDate: maybe(DATES),
        jobTitle: maybe(TEXTS),
        location: maybe(LOCATIONS),
        salary: maybe(AMOUNTS),
        department: fc.option(fc.nat()),
        manager: fc.option(fc.nat()),
      }),
      { minLength: 1, maxLength: 30 },
    ),
  })
  .map(({ departments, people }) => ({
    departments: departments.map(({ name, manager, parent }, at) => ({
      id: idOf("d", at),
      code: `D${at}`,
      name,
      managerId: manager === null ? null : idOf("e", manager % people.length),
      parentId: parent === null || at === 0 ? null : idOf("d", parent % at),
    })),
    employees: people.map(({ department, manager, ...rest }, at) => ({
      id: idOf("e", at),
      employeeNumber: `E${at}`,
      ...rest,
      departmentId: department === null ? null : idOf("d", department % departments.length),
      managerId: manager === null || at === 0 ? null : idOf("e", manager % at),
    })),
  }));

/** Replaces everything in the database. */
export async function load(store: Store, company: Company): Promise<void> {
  const stamps = { version: 1, createdAt: new Date(0), updatedAt: new Date(0) };
  await store.transaction(async (tx) => {
    await tx.query("UPDATE department SET managerId = NULL, parentId = NULL");
    await tx.query("UPDATE employee SET managerId = NULL");
    await tx.query("DELETE FROM document");
    await tx.query("DELETE FROM time_off");
    await tx.query("DELETE FROM compensation");
    await tx.query("DELETE FROM employee");
    await tx.query("DELETE FROM department");
    await tx.insert(
      Department,
      company.departments.map((row) => ({ ...row, managerId: null, ...stamps })),
    );
    // Managers, like departments, come before those below them.
    await tx.insert(
      Employee,
      company.employees.map((row) => ({ ...row, ...stamps })),
    );
    for (const { id, managerId } of company.departments) await tx.update(Department, { id }, { managerId });
  });
}
