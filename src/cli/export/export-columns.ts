import type { AccessIndex } from "../../access/access-index";
import { Action } from "../../access/grant";
import { permissionName } from "../../access/guard";
import type { Scope } from "../../access/scope";
import { hasBit } from "../../kernel/bitset";
import type { ResourceField } from "../../resources/field";
import type { Resource } from "../../resources/resource";
import { columnHeader, FILE_HEADER, referenceKey } from "../csv/column-header";
import { CommandError } from "../run-command";

/** A column of an exported file. */
export interface ExportColumn {
  /** As `latchkey import` reads it. */
  readonly header: string;
  /** The field that it is asked for by. */
  readonly name: string;
  /** What is selected of a record, e.g. `department { code }`. */
  readonly selection: string;
  /** Names of the permissions that the selection needs, on the resource and on the one that it leads to. */
  readonly permissions: readonly string[];
  /** The text of the cell; "" for no value. */
  cellOf(record: Readonly<Record<string, unknown>>): string;
}

/** What every record has beside its fields; in a file only when it is asked for. */
const OWN = ["id", "version"] as const;

/** The columns of every field, in the order of the schema. */
export function columnsOf(resource: Resource): ExportColumn[] {
  return resource.fields.map((field) => columnOf(resource, field));
}

/** The columns whose fields the scope reads, on some rows at least; for a relation, also the key of the record it leads to. */
export function readableColumns(resource: Resource, index: AccessIndex, scope: Scope): ExportColumn[] {
  return columnsOf(resource).filter((column) => isGranted(column, index, scope));
}

function isGranted({ permissions }: ExportColumn, index: AccessIndex, scope: Scope): boolean {
  return permissions.every((permission) => {
    const bit = index.bitOf(permission);
    return bit !== undefined && hasBit(scope.bits, bit);
  });
}

/**
 * The column that names the file of a record's content, its cell being the record's id as long as there is no file: selected with the
 * path of the content, it needs DOWNLOAD. Null where records have no content.
 */
export function contentColumn(resource: Resource): ExportColumn | null {
  for (const field of resource.fields) {
    const { name, derived, readBy } = field;
    if (readBy !== Action.DOWNLOAD || derived === undefined || !("before" in derived)) continue;
    const idIn = (path: string): string => path.slice(derived.before.length, path.length - derived.after.length);
    const cellOf: ExportColumn["cellOf"] = (record) => idIn(cell(record[name]));
    return { ...columnOf(resource, field), header: FILE_HEADER, name: "content", cellOf };
  }
  return null;
}

/**
 * The columns that were asked for, in the order of asking, by the names of fields or columns in any case. Whether they may be read
 * is decided with the operation that reads them, which says who lacks what.
 *
 * @throws CommandError on a name that is none; it tells those of `readable`.
 */
export function askedColumns(resource: Resource, asked: string, readable: readonly ExportColumn[]): ExportColumn[] {
  const all = [...OWN.map((name) => ownColumn(resource, name)), ...columnsOf(resource)];
  const names = asked
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new CommandError("--fields names no field");
  const found = names.map((name) => {
    const column = all.find((one) => [one.name, one.header].some((known) => plain(known) === plain(name)));
    if (column) return column;
    const known = [...OWN, ...readable.map((one) => one.name)].join(", ");
    throw new CommandError(`${resource.name} has no field ${JSON.stringify(name.slice(0, 60))}; choose of ${known}`);
  });
  const twice = found.find((column, at) => found.indexOf(column) !== at);
  if (twice) throw new CommandError(`--fields names ${twice.name} twice`);
  return found;
}

/**
 * Whether some of the columns are granted on fewer rows than others, so that the file has the rows of all of them only. Not where one
 * is granted on none: such an export is refused.
 */
export function differInRows(columns: readonly ExportColumn[], index: AccessIndex, scope: Scope): boolean {
  if (!columns.every((column) => isGranted(column, index, scope))) return false;
  const rules = columns.map(({ permissions }) => {
    const bit = index.bitOf(permissions[0] ?? "");
    return JSON.stringify((bit === undefined ? undefined : scope.rows.get(bit)) ?? []);
  });
  return new Set(rules).size > 1;
}

function columnOf(resource: Resource, field: ResourceField): ExportColumn {
  const { name, target, readBy } = field;
  const own =
    readBy === undefined
      ? readPermission(resource.name, name)
      : permissionName({ kind: "FIELD", resource: resource.name, field: null, action: readBy });
  const header = columnHeader(field);
  if (target === null) {
    return { header, name, selection: name, permissions: [own], cellOf: (record) => cell(record[name]) };
  }
  const key = referenceKey(field)?.name ?? null;
  const inner = key ?? "id";
  return {
    header,
    name,
    selection: `${name} { ${inner} }`,
    permissions: [own, readPermission(target, key)],
    cellOf: (record) => cell((record[name] as Readonly<Record<string, unknown>> | null)?.[inner]),
  };
}

function ownColumn(resource: Resource, name: (typeof OWN)[number]): ExportColumn {
  const permissions = [readPermission(resource.name, null)];
  return { header: name, name, selection: name, permissions, cellOf: (record) => cell(record[name]) };
}

function readPermission(resource: string, field: string | null): string {
  return permissionName({ kind: "FIELD", resource, field, action: Action.READ });
}

function cell(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value == null ? "" : String(value);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
