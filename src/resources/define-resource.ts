import { Action } from "../access/grant";
import { connectionType } from "../connection/connection-type";
import type { Attachment } from "./attachment";
import type { FieldKind, ResourceField } from "./field";
import type { RecordPeriod } from "./record-period";
import type { RecordRule } from "./record-rule";
import type { RecordSettled } from "./record-settled";
import type { RecordStep } from "./record-step";
import type { EntityClass, Resource, RowScopeTargets } from "./resource";
import { addResource } from "./resource-map";
import { guard } from "./schema-guard";
import { resolverClass } from "./schema-resolver";
import { searchInput } from "./schema-search";
import { filterInput, recordType, sortInput } from "./schema-types";
import type { ToMany } from "./to-many";

/** What the author of a resource says; everything else follows. */
export interface ResourceDefinition {
  /** As in permissions, e.g. `employee`; also the query for one record. */
  readonly name: string;
  /** The query for the list, e.g. `employees`. */
  readonly plural: string;
  /** The GraphQL type, e.g. `Employee`; input types are named after it. */
  readonly typeName: string;
  readonly description: string;
  /** Has `id`, `version`, `createdAt`, `updatedAt` and a column per field, a relation's being called `<field>Id`. */
  readonly entity: EntityClass;
  /** In the order of the schema. */
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** What fields of one record must hold to together, e.g. `notBefore("endDate", "startDate")`; none when left out. */
  readonly rules?: readonly RecordRule[];
  /** Mutations that move a record's state on; none when left out. */
  readonly steps?: readonly RecordStep[];
  /** Periods of one owner that do not overlap. */
  readonly period?: RecordPeriod;
  /** What only who may decide may change once a record is decided. */
  readonly settled?: RecordSettled;
  /** Relations to many records; each is a permission of its own. None when left out. */
  readonly lists?: readonly ToMany[];
  readonly rowScopes: RowScopeTargets;
  /** What records have outside of their table; nothing when left out. */
  readonly attachment?: Attachment;
}

const ACTIONS = [Action.CREATE, Action.READ, Action.UPDATE, Action.DELETE] as const;
const NAME = /^[a-z][A-Za-z0-9]*$/;
/** Names that every record, filter or update has already. */
const TAKEN: ReadonlySet<string> = new Set(["id", "version", "and", "or", "not"]);

/**
 * Makes a protected resource of its field list: GraphQL types, filter, sort and inputs with their guards, queries, mutations,
 * SQL, row rules, and the checks that CSV import shares. This is the one place where protected resources come from, so none
 * can miss a guard.
 *
 * Relations name their resource by text; it is looked up when the schema is built, so resources need no import of each other.
 */
export function defineResource(definition: ResourceDefinition): Resource {
  const fields = Object.entries(definition.fields).map(([name, kind]) => fieldOf(definition, name, kind));
  const columns = fields.map(({ column }) => column);
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw new Error(`${definition.name} has two fields of the column ${twice}`);

  const { rules = [] } = definition;
  for (const name of rules.flatMap((rule) => rule.fields)) {
    if (fields.some((field) => field.name === name && field.target === null)) continue;
    throw new Error(`${definition.name} has a rule about ${name}, which is no field of it with a value of its own`);
  }

  const { steps = [], lists = [] } = definition;
  for (const { verb, field } of steps) {
    if (fields.some(({ name, initial }) => name === field && initial !== undefined)) continue;
    throw new Error(`${definition.name} has a step ${verb} of ${field}, which is no field of it with an initial value`);
  }
  for (const name of definition.settled ? [definition.settled.by, ...definition.settled.fields] : []) {
    if (fields.some((field) => field.name === name)) continue;
    throw new Error(`${definition.name} settles ${name}, which is no field of it`);
  }
  for (const { name } of lists) checkName(definition, name, columns);

  const further = fields.flatMap(({ readBy }) => readBy ?? []);
  const source = { ...definition, rules, steps, lists, actions: [...ACTIONS, ...further], fields };
  const objectType = recordType(source);
  const listTypes = {
    connection: connectionType(source.typeName, () => objectType, guard(source.name, Action.READ)),
    filter: filterInput(source),
    sort: sortInput(source),
    search: searchInput(source),
  };
  const made = { ...source, objectType, listTypes };
  const resource: Resource = { ...made, resolver: resolverClass(made) };
  addResource(resource);
  return resource;
}

function fieldOf(definition: ResourceDefinition, name: string, kind: FieldKind): ResourceField {
  checkName(definition, name, []);
  return { ...kind, name, column: kind.target === null ? name : `${name}Id` };
}

function checkName(definition: ResourceDefinition, name: string, columns: readonly string[]): void {
  if (NAME.test(name) && !TAKEN.has(name) && !columns.includes(name)) return;
  throw new Error(`${definition.name} cannot have a field called ${name}`);
}
