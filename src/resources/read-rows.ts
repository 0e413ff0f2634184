import type { DataSource } from "typeorm";
import type { RowRule, RowSet } from "../access/scope";
import type { Bindings } from "./read-bindings";
import type { Walks } from "./read-walks";
import type { Resource, RowScopeTarget } from "./resource";
import { resourceNamed } from "./resource-map";

/**
 * Writes `rule` as a condition on the records of `alias`: all of its sets, of each any part; "" for a rule that reaches every
 * record. Departments bring those below them. A part that the resource has no meaning for reaches no record, and so do SELF and REPORTS of a principal without an
 * employee record.
 */
export function writeRule(
  reader: DataSource,
  resource: Resource,
  rule: RowRule,
  alias: string,
  walks: Walks,
  bindings: Bindings,
): string {
  return rule.map((set) => new SetWriter(reader, resource, alias, walks, bindings).write(set)).join(" AND ");
}

class SetWriter {
  constructor(
    private readonly reader: DataSource,
    private readonly resource: Resource,
    private readonly alias: string,
    private readonly walks: Walks,
    private readonly bindings: Bindings,
  ) {}

  write(set: RowSet): string {
    const { departmentIds, locations, employeeIds } = this.resource.rowScopes;
    const own = this.walks.employeeId;
    const parts = [
      this.walked(departmentIds, () => this.walks.departments(set.departmentIds ?? [])),
      this.named(locations, set.locations),
      this.named(employeeIds, set.employeeIds),
      set.self && own !== null ? this.named(employeeIds, [own]) : null,
      set.reports ? this.walked(employeeIds, () => this.walks.reports()) : null,
    ].filter((part) => part !== null);
    return parts.length === 0 ? "1 = 0" : `(${parts.join(" OR ")})`;
  }

  private named(target: RowScopeTarget | undefined, values: readonly string[] | null | undefined): string | null {
    if (target === undefined || !values || values.length === 0) return null;
    return this.reached(target, () => this.bindings.bindList(values));
  }

  private walked(target: RowScopeTarget | undefined, walk: () => string | null): string | null {
    const members = target === undefined ? null : walk();
    return target === undefined || members === null ? null : this.reached(target, () => members);
  }

  private reached(target: RowScopeTarget, members: () => string): string {
    if (typeof target === "string") return `${this.alias}.${target} IN (${members()})`;
    const met = this.reader.getMetadata(resourceNamed(target.resource).entity).tableName;
    const [table, match, where] = [met, target.match, target.where].map((name) => this.escape(name));
    return `${this.alias}.${target.own} IN (SELECT s.${match} FROM ${table} s WHERE s.${where} IN (${members()}))`;
  }

  private escape(name: string): string {
    return this.reader.driver.escape(name);
  }
}
