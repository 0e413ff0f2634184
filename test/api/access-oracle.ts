import type { Grant } from "../../src/access/grant";
import type { DepartmentRow, EmployeeRow } from "../resources/company";
import { matches, reachesDepartment, reachesEmployee, sorted } from "../resources/oracles";
import type { Filter } from "../resources/random-lists";
import { type Case, LISTS, type List, type ResourceName, type Root, type Selection } from "./random-access";

type Row = EmployeeRow | DepartmentRow;

/** What a list answers in all, or one record. */
export type Expected = { readonly nodes: readonly object[]; readonly totalCount: number } | object | null;

/** What somebody lacks: the permission's name, and who lacks it. */
export interface Lack {
  readonly missing: string;
  readonly deniedBy: "KEY" | "OWNER";
}

const RELATION_OF: Readonly<Record<string, string>> = {
  departmentId: "department",
  managerId: "manager",
  parentId: "parent",
};

/** The resource that a relation leads to, be it to one or to many. */
function targetOf(relation: string): ResourceName {
  if (relation in LISTS) return LISTS[relation as keyof typeof LISTS].resource;
  return relation === "manager" ? "employee" : "department";
}

/**
 * Answers a case by the book, slowly and without any of the service's code: which fields are needed, who holds them on which
 * record, and so which records are there at all for this operation.
 */
export class AccessOracle {
  /** Fields that the operation asks for by resource; "" stands for the resource as a whole. */
  private readonly needs = new Map<ResourceName, Set<string>>();
  /** Everybody whose grants must agree. */
  private readonly sides: readonly { readonly grants: readonly Grant[]; readonly deniedBy: Lack["deniedBy"] }[];

  /** With `masks` it answers for a key with `onDenied: NULL`: what is denied and may be null is neither needed nor shown. */
  constructor(
    private readonly asked: Case,
    private readonly masks = false,
  ) {
    const role = { grants: asked.roleGrants, deniedBy: "OWNER" } as const;
    this.sides = asked.byKey ? [role, { grants: asked.keyGrants, deniedBy: "KEY" }] : [role];
    for (const root of asked.roots) {
      if (this.hides(root.resource, "")) continue;
      this.need(root.resource, "");
      this.needSelection(root.resource, root.selection);
      if (root.id !== null) continue;
      this.needFilter(root.resource, root.filter ?? {});
      for (const key of root.sort) this.needFilter(root.resource, key as unknown as Filter);
    }
  }

  /** Empty where the operation is allowed; for a key that masks, where all that is denied may be null. */
  lacks(): Lack[] {
    return [...this.needs].flatMap(([resource, fields]) =>
      [...fields].flatMap((field) => {
        const lacking = this.lacking(resource, field);
        const missing = `${field === "" ? resource : `${resource}.${field}`}:READ`;
        return lacking === undefined ? [] : [{ missing, deniedBy: lacking.deniedBy }];
      }),
    );
  }

  answer(root: Root): Expected {
    if (this.hides(root.resource, "")) return null;
    const all: readonly Row[] = this.rowsOf(root.resource).filter((row) => this.isVisible(root.resource, row));
    if (root.id !== null) {
      const found = all.find(({ id }) => id === root.id);
      return found === undefined ? null : this.show(root.resource, found, root.selection);
    }
    return this.list(root.resource, all, root);
  }

  private list(resource: ResourceName, all: readonly Row[], { filter, sort, selection }: Omit<List, "first">) {
    const left = all.filter((row) => matches({ parentId: null, ...row }, filter ?? {}));
    const byId = new Map(left.map((row) => [row.id, row]));
    const nodes = sorted(left, sort).map((id) => this.show(resource, byId.get(id) as Row, selection));
    return { nodes, totalCount: left.length };
  }

  private lacking(resource: ResourceName, field: string) {
    return this.sides.find(({ grants }) => !grants.some((grant) => gives(grant, resource, field)));
  }

  private hides(resource: ResourceName, field: string): boolean {
    return this.masks && this.lacking(resource, field) !== undefined;
  }

  /** A relation is null too where nothing of what it leads to may be read. */
  private hidesRelation(resource: ResourceName, name: string): boolean {
    return this.hides(resource, name) || this.hides(targetOf(name), "");
  }

  private need(resource: ResourceName, field: string): void {
    this.needs.set(resource, (this.needs.get(resource) ?? new Set()).add(field));
  }

  private needSelection(resource: ResourceName, { fields, relations, lists }: Selection): void {
    for (const field of fields.map(permissionOf)) if (!this.hides(resource, field)) this.need(resource, field);
    for (const [name, selection] of Object.entries(relations)) {
      if (this.hidesRelation(resource, name)) continue;
      this.need(resource, name);
      this.needSelection(targetOf(name), selection);
    }
    for (const [name, { selection, filter, sort }] of Object.entries(lists)) {
      if (this.hidesRelation(resource, name)) continue;
      const target = targetOf(name);
      this.need(resource, name);
      this.need(target, "");
      this.needSelection(target, selection);
      this.needFilter(target, filter ?? {});
      for (const key of sort) this.needFilter(target, key as unknown as Filter);
    }
  }

  private needFilter(resource: ResourceName, filter: Filter): void {
    for (const [key, value] of Object.entries(filter)) {
      if (key === "and" || key === "or") for (const each of value as Filter[]) this.needFilter(resource, each);
      else if (key === "not") this.needFilter(resource, value as Filter);
      else this.need(resource, key === "id" ? "" : (RELATION_OF[key] ?? key));
    }
  }

  private rowsOf(resource: ResourceName): readonly Row[] {
    return resource === "employee" ? this.asked.company.employees : this.asked.company.departments;
  }

  private isVisible(resource: ResourceName, row: Row): boolean {
    const asked = [...(this.needs.get(resource) ?? [])];
    const fields = asked.filter((field) => field !== "");
    return (fields.length > 0 ? fields : [""]).every((field) =>
      this.sides.every(({ grants }) =>
        grants.some((grant) => gives(grant, resource, field) && this.reaches(grant, resource, row)),
      ),
    );
  }

  private reaches({ rows }: Grant, resource: ResourceName, row: Row): boolean {
    const { company, ownId } = this.asked;
    if (rows === null) return true;
    return resource === "employee"
      ? reachesEmployee(company, [rows], ownId, row as EmployeeRow)
      : reachesDepartment(company, [rows], ownId, row.id);
  }

  private show(of: ResourceName, row: Row, { fields, relations, lists }: Selection): object {
    const values: Readonly<Record<string, unknown>> = { ...row, version: 1 };
    const plain = fields.map((field) => [field, this.hides(of, permissionOf(field)) ? null : values[field]]);
    const nested = Object.entries(relations).map(([name, selection]) => {
      const resource = targetOf(name);
      if (this.hidesRelation(of, name)) return [name, null];
      const target = this.rowsOf(resource).find(({ id }) => id === values[`${name}Id`]);
      return [name, target && this.isVisible(resource, target) ? this.show(resource, target, selection) : null];
    });
    const many = Object.entries(lists).map(([name, list]) => {
      if (this.hidesRelation(of, name)) return [name, null];
      const { resource, by } = LISTS[name as keyof typeof LISTS];
      const all = this.rowsOf(resource).filter(
        (each) => (each as unknown as Record<string, unknown>)[by] === row.id && this.isVisible(resource, each),
      );
      const { nodes, totalCount } = this.list(resource, all, list);
      return [
        name,
        { nodes: nodes.slice(0, list.first), totalCount, pageInfo: { hasNextPage: nodes.length > list.first } },
      ];
    });
    return Object.fromEntries([...plain, ...nested, ...many]);
  }
}

/** `id` and `version` come with any field of the resource. */
function permissionOf(field: string): string {
  return field === "id" || field === "version" ? "" : field;
}

function gives(grant: Grant, resource: ResourceName, field: string): boolean {
  if (grant.resource !== resource || !(grant.actions as readonly string[]).includes("READ")) return false;
  return field === "" || grant.fields === null || grant.fields.includes(field);
}
