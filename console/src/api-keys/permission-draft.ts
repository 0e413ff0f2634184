import type { Action, GrantInput, GrantPartsFragment, KeyFormQuery } from "../api/operations";

export type Resource = KeyFormQuery["resources"][number];

/** Which records a permission reaches, as the form holds it. */
export interface RowsDraft {
  readonly departmentIds: readonly string[];
  readonly locations: readonly string[];
  readonly employeeIds: readonly string[];
  readonly self: boolean;
  readonly reports: boolean;
}

/** One line of the permission table. No action: not granted. No field: ALL fields. `rows` null: every record. */
export interface PermissionDraft {
  /** Tells lines apart; a resource may have several. */
  readonly key: string;
  readonly resource: string;
  readonly actions: readonly Action[];
  readonly fields: readonly string[];
  readonly rows: RowsDraft | null;
}

export const ACTIONS: readonly Action[] = ["CREATE", "READ", "UPDATE", "DELETE", "DOWNLOAD"];
export const NO_ROWS: RowsDraft = { departmentIds: [], locations: [], employeeIds: [], self: false, reports: false };

const FIELD_ACTIONS: readonly Action[] = ["CREATE", "READ", "UPDATE"];

let made = 0;

/** An empty line for a resource. */
export function newPermission(resource: string): PermissionDraft {
  made += 1;
  return { key: `${resource}-${made}`, resource, actions: [], fields: [], rows: null };
}

/** The table for grants that there are already: each as a line, and an empty one for every resource without. */
export function permissionsOf(
  resources: readonly Resource[],
  grants: readonly GrantPartsFragment[],
): readonly PermissionDraft[] {
  const names = [...new Set([...resources.map(({ name }) => name), ...grants.map(({ resource }) => resource)])];
  return names.flatMap((name) => {
    const own = grants.filter(({ resource }) => resource === name);
    return own.length === 0 ? [newPermission(name)] : own.map(permissionOf);
  });
}

function permissionOf({ resource, actions, fields, rows }: GrantPartsFragment): PermissionDraft {
  return {
    ...newPermission(resource),
    actions,
    fields: fields ?? [],
    rows: rows === null ? null : rowsOf(rows),
  };
}

function rowsOf(rows: NonNullable<GrantPartsFragment["rows"]>): RowsDraft {
  return {
    departmentIds: rows.departmentIds ?? [],
    locations: rows.locations ?? [],
    employeeIds: rows.employeeIds ?? [],
    self: rows.self === true,
    reports: rows.reports === true,
  };
}

/** Lines that grant something, in the order in which `grantsOf` sends them: an error's `input.grants[1]` is the second. */
export function granting(permissions: readonly PermissionDraft[]): readonly PermissionDraft[] {
  return permissions.filter(({ actions }) => actions.length > 0);
}

/** What is sent. Fields that the actions do not offer are sent too, so that they are refused and not taken for none, that is ALL. */
export function grantsOf(permissions: readonly PermissionDraft[]): GrantInput[] {
  return granting(permissions).map(({ resource, actions, fields, rows }) => ({
    resource,
    actions: [...actions],
    fields: fields.length === 0 ? null : [...fields],
    rows: rows === null ? null : sentRows(rows),
  }));
}

function sentRows({ departmentIds, locations, employeeIds, self, reports }: RowsDraft): GrantInput["rows"] {
  return {
    departmentIds: [...departmentIds],
    locations: [...locations],
    employeeIds: [...employeeIds],
    self,
    reports,
  };
}

/** Whether the line covers every field, also later ones, of actions that go field by field. */
export function coversAllFields({ actions, fields }: Pick<PermissionDraft, "actions" | "fields">): boolean {
  return fields.length === 0 && actions.some((action) => FIELD_ACTIONS.includes(action));
}

/** Fields that at least one of the line's actions goes by; all of them while there is no action yet. */
export function offeredFields(resource: Resource, actions: readonly Action[]): readonly string[] {
  const chosen = actions.filter((action) => FIELD_ACTIONS.includes(action));
  return resource.fields
    .filter((field) => actions.length === 0 || field.actions.some((action) => chosen.includes(action)))
    .map(({ name }) => name);
}
