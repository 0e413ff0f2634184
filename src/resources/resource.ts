import type { ClassType } from "type-graphql";
import type { Action } from "../access/grant";
import type { Attachment } from "./attachment";
import type { ResourceField } from "./field";
import type { RecordPeriod } from "./record-period";
import type { RecordRule } from "./record-rule";
import type { RecordSettled } from "./record-settled";
import type { RecordStep } from "./record-step";
import type { ToMany } from "./to-many";

/** A TypeORM entity; it has `id`, `version`, `createdAt` and `updatedAt` beside a column for every field. */
export type EntityClass = new () => { id: string; version: number };

/**
 * What a part of a row scope is compared with: a column of the record, or, as an object, a column of records of another
 * resource that the record meets. A record is reached when its `own` column equals `match` of such a record whose `where`
 * column is named by the scope.
 *
 * @example
 * // The departments that the named employees are in:
 * { own: "id", resource: "employee", match: "departmentId", where: "id" }
 */
export type RowScopeTarget =
  | string
  | { readonly own: string; readonly resource: string; readonly match: string; readonly where: string };

/** How each part of a row scope applies; a part left out reaches no record. `employeeIds` also decides SELF and REPORTS. */
export interface RowScopeTargets {
  readonly departmentIds?: RowScopeTarget;
  readonly locations?: RowScopeTarget;
  readonly employeeIds?: RowScopeTarget;
}

/**
 * A kind of protected record, with everything that was made of its field list.
 *
 * Reading, writing, import, export and the catalogue work from this alone, so that there is one mechanism for all resources.
 */
export interface Resource {
  /** As in permissions and `@access(resource:)`, e.g. `employee`. */
  readonly name: string;
  readonly plural: string;
  /** GraphQL object type, e.g. `Employee`. */
  readonly typeName: string;
  readonly description: string;
  readonly actions: readonly Action[];
  readonly entity: EntityClass;
  /** In the order of the schema; without `id` and `version`, which every resource has. */
  readonly fields: readonly ResourceField[];
  /** What fields of one record must hold to together. */
  readonly rules: readonly RecordRule[];
  /** Mutations that move a record's state on. */
  readonly steps: readonly RecordStep[];
  readonly period?: RecordPeriod;
  readonly settled?: RecordSettled;
  /** Relations to many records, in the order of the schema. */
  readonly lists: readonly ToMany[];
  readonly rowScopes: RowScopeTargets;
  /** What records have outside of their table. */
  readonly attachment?: Attachment;
  /** The GraphQL object type's class, for relations that lead here. */
  readonly objectType: ClassType;
  /** What lists of these records are made of, wherever they stand. */
  readonly listTypes: ListTypes;
  /** The type-graphql resolver class with the queries and mutations, for `buildSchema`. */
  readonly resolver: new () => object;
}

/** The GraphQL types of a list of records: the page, and the inputs that say which records and in what order. */
export interface ListTypes {
  readonly connection: ClassType;
  readonly filter: ClassType;
  readonly sort: ClassType;
  readonly search: ClassType;
}

/** The field with this name, or undefined, e.g. for `id`. */
export function fieldNamed(resource: Pick<Resource, "fields">, name: string): ResourceField | undefined {
  return resource.fields.find((field) => field.name === name);
}
