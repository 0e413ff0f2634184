import { record } from "../../audit/record";
import type { RequestContext, Transaction } from "../../context";
import { Department } from "../../resources/department/department.entity";
import { Employee } from "../../resources/employee/employee.entity";
import type { Company, CompanyEmployee } from "./company";

/** Action of the audit row that every saved company leaves. */
export const COMPANY_SAVED = "demo.fill";

/** Rows of one INSERT: enough to make statements few, and well below SQLite's 32,766 parameters. */
export const BATCH = 250;

/**
 * Inserts a company into `tx`, everybody after whom they report to, since foreign keys are checked row by row. About a second
 * for 2,000 people on either database.
 */
export async function saveCompany(tx: Transaction, ctx: RequestContext, company: Company): Promise<void> {
  const now = new Date(ctx.clock.now());
  const stamp = { version: 1, createdAt: now, updatedAt: now };
  await tx.insert(
    Department,
    company.departments.map((department) => ({ ...department, ...stamp, managerId: null })),
  );
  for (const rank of ranksOf(company.employees)) {
    for (let at = 0; at < rank.length; at += BATCH) {
      const batch = rank.slice(at, at + BATCH).map((employee) => ({ ...employee, ...stamp }));
      await tx.createQueryBuilder().insert().into(Employee).values(batch).updateEntity(false).execute();
    }
  }
  for (const { id, managerId } of company.departments) await tx.update(Department, { id }, { managerId });
  await record(tx, ctx, {
    action: COMPANY_SAVED,
    after: { departments: company.departments.length, employees: company.employees.length },
  });
}

/** Those who report to nobody, those who report to them, and so on. */
function ranksOf(employees: readonly CompanyEmployee[]): CompanyEmployee[][] {
  const reports = new Map<string | null, CompanyEmployee[]>();
  for (const employee of employees) {
    const known = reports.get(employee.managerId);
    if (known) known.push(employee);
    else reports.set(employee.managerId, [employee]);
  }
  const ranks: CompanyEmployee[][] = [];
  let rank = reports.get(null) ?? [];
  while (rank.length > 0) {
    ranks.push(rank);
    rank = rank.flatMap(({ id }) => reports.get(id) ?? []);
  }
  return ranks;
}
