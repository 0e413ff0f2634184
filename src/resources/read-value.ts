import type { DataSource } from "typeorm";
import type { ResourceField } from "./field";
import { writeDerived } from "./field-derived";
import type { Resource } from "./resource";

/** The value of a field of the records of `alias`, as SQL: its column, or for a derived field what it is made of. */
export function writeValue(reader: DataSource, resource: Resource, field: ResourceField, alias: string): string {
  return field.derived === undefined
    ? `${alias}.${field.column}`
    : writeDerived(reader, resource, field.derived, alias);
}

/** Whether a record can be without a value of the field; one that is derived has none where its relation leads nowhere. */
export function isNullable(resource: Resource, field: ResourceField): boolean {
  const { derived } = field;
  if (derived === undefined) return !field.required;
  if ("before" in derived) return false;
  return !resource.fields.some(({ name, required }) => name === derived.relation && required);
}
