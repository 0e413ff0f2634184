import { ApiSet } from "../../api-sets/api-set.entity";
import { AuditEvent } from "../../audit/audit-event.entity";
import type { RequestContext } from "../../context";
import { Department } from "../../resources/department/department.entity";
import { Employee } from "../../resources/employee/employee.entity";
import { User } from "../../users/user.entity";
import { COMPANY_SAVED } from "./save-company";

/** Whose records a database holds. */
export type Content = "NOTHING" | "DEMO" | "OTHERS";

/** Tells the demo's own database by the audit row of its filling, so that nobody's records are ever mixed with made-up ones. */
export async function contentOf({ store: { reader } }: RequestContext): Promise<Content> {
  const marker = reader
    .createQueryBuilder(AuditEvent, "event")
    .where("event.action = :saved", { saved: COMPANY_SAVED });
  if (await marker.getExists()) return "DEMO";
  for (const entity of [User, Department, Employee, ApiSet]) {
    if ((await reader.getRepository<object>(entity).count()) > 0) return "OTHERS";
  }
  return "NOTHING";
}
