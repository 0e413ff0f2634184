import type { DataSource } from "typeorm";
import type { RowRule, RowSet } from "../access/scope";
import type { Principal } from "../context";
import type { Bindings } from "./read-bindings";
import type { Resource, RowScopeTarget } from "./resource";
import { resourceNamed } from "./resource-map";

/** Where the chain of managers is: REPORTS are the records below one's own by this column. */
const CHAIN = { resource: "employee", column: "managerId" } as const;

/** The employee record that SELF and REPORTS start from. */
export function ownEmployeeId(principal: Principal): string | null {
  return principal.kind === "USER" || principal.kind === "API_KEY" ? principal.user.employeeId : null;
}

/**
 * Writes `rule` as a condition on the records of `alias`: all of its sets, of each any part; "" for a rule that reaches every
 * record. A part that the resource has no meaning for reaches no record, and so do SELF and REPORTS of a principal without an
 * employee record.
 */
export function writeRule(
  reader: DataSource,
  resource: Resource,
  rule: RowRule,
  alias: string,
  employeeId: string | null,
  bindings: Bindings,
): string {
  return rule.map((set) => new SetWriter(reader, resource, alias, employeeId, bindings).write(set)).join(" AND ");
}

class SetWriter {
  constructor(
    private readonly reader: DataSource,
    private readonly resource: Resource,
    private readonly alias: string,
    private readonly employeeId: string | null,
    private readonly bindings: Bindings,
  ) {}

  write(set: RowSet): string {
    const { departmentIds, locations, employeeIds } = this.resource.rowScopes;
    const parts = [
      this.named(departmentIds, set.departmentIds),
      this.named(locations, set.locations),
      this.named(employeeIds, set.employeeIds),
      set.self && this.employeeId !== null ? this.named(employeeIds, [this.employeeId]) : null,
      set.reports && this.employeeId !== null ? this.reports(employeeIds, this.employeeId) : null,
    ].filter((part) => part !== null);
    return parts.length === 0 ? "1 = 0" : `(${parts.join(" OR ")})`;
  }

  private named(target: RowScopeTarget | undefined, values: readonly string[] | null | undefined): string | null {
    if (target === undefined || !values || values.length === 0) return null;
    return this.reached(target, () => this.bindings.bindList(values));
  }

  private reports(target: RowScopeTarget | undefined, employeeId: string): string | null {
    return target === undefined ? null : this.reached(target, () => this.chainBelow(employeeId));
  }

  private reached(target: RowScopeTarget, members: () => string): string {
    if (typeof target === "string") return `${this.alias}.${target} IN (${members()})`;
    const met = this.reader.getMetadata(resourceNamed(target.resource).entity).tableName;
    const [table, match, where] = [met, target.match, target.where].map((name) => this.escape(name));
    return `${this.alias}.${target.own} IN (SELECT s.${match} FROM ${table} s WHERE s.${where} IN (${members()}))`;
  }

  /** UNION drops what it has seen, so the walk ends even where the data have a cycle. */
  private chainBelow(employeeId: string): string {
    const table = this.escape(this.reader.getMetadata(resourceNamed(CHAIN.resource).entity).tableName);
    const [id, manager] = ["id", CHAIN.column].map((name) => this.escape(name));
    return (
      `WITH RECURSIVE below(member) AS (SELECT f.${id} FROM ${table} f WHERE f.${manager} = ${this.bindings.bind(employeeId)} ` +
      `UNION SELECT n.${id} FROM ${table} n INNER JOIN below ON n.${manager} = below.member) SELECT member FROM below`
    );
  }

  private escape(name: string): string {
    return this.reader.driver.escape(name);
  }
}
