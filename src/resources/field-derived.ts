import type { DataSource } from "typeorm";
import type { Action } from "../access/grant";
import type { Derivation, FieldKind } from "./field";
import { fieldNamed, type Resource } from "./resource";
import { resourceNamed } from "./resource-map";

/**
 * Text made of columns of a related record, e.g. a person's name on their time off. It is a permission of its own: who holds it
 * reads these columns through this field without a grant on the related resource, so `description` must say what it reveals.
 */
export function derivedText(derived: Derivation, options: { readonly description: string }): FieldKind {
  return {
    kind: "text",
    description: options.description,
    required: false,
    unique: false,
    maxLength: null,
    target: null,
    acyclic: false,
    derived,
    parseText: () => ({ problem: "is derived from other records" }),
    check: () => "is derived from other records",
  };
}

/** The path of something that belongs to the record, its id between `before` and `after`; read by whoever may do `readBy` with it. */
export function pathTo(
  derived: { readonly before: string; readonly after: string },
  options: { readonly description: string; readonly readBy: Action },
): FieldKind {
  return { ...derivedText(derived, options), readBy: options.readBy };
}

/** The value of a derived field of the records of `alias`, as SQL: null where the relation leads nowhere. */
export function writeDerived(reader: DataSource, resource: Resource, derived: Derivation, alias: string): string {
  if ("before" in derived) return `CONCAT('${derived.before}', ${alias}.id, '${derived.after}')`;
  const relation = fieldNamed(resource, derived.relation);
  if (relation?.target == null) throw new Error(`${resource.name} has no relation ${derived.relation}`);
  const table = reader.getMetadata(resourceNamed(relation.target).entity).tableName;
  const parts = derived.columns.map((column) => `d.${reader.driver.escape(column)}`).join(", ' ', ");
  return `(SELECT CONCAT(${parts}) FROM ${reader.driver.escape(table)} d WHERE d.id = ${alias}.${relation.column})`;
}
