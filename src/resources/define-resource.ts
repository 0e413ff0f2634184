import { Action } from "../access/grant";
import type { FieldKind, ResourceField } from "./field";
import type { RecordRule } from "./record-rule";
import type { EntityClass, Resource, RowScopeTargets } from "./resource";
import { addResource } from "./resource-map";
import { resolverClass } from "./schema-resolver";
import { recordType } from "./schema-types";

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
  readonly rowScopes: RowScopeTargets;
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

  const source = { ...definition, rules, actions: ACTIONS, fields };
  const objectType = recordType(source);
  const resource: Resource = { ...source, objectType, resolver: resolverClass({ ...source, objectType }) };
  addResource(resource);
  return resource;
}

function fieldOf(definition: ResourceDefinition, name: string, kind: FieldKind): ResourceField {
  if (!NAME.test(name) || TAKEN.has(name)) throw new Error(`${definition.name} cannot have a field called ${name}`);
  return { ...kind, name, column: kind.target === null ? name : `${name}Id` };
}
