import { badInput } from "../kernel/service-error";
import { type FieldValue, isInput, type ResourceField } from "./field";
import type { Resource } from "./resource";

/** Checked values of the fields that an input sets, by field. */
export type Changes = ReadonlyMap<ResourceField, FieldValue>;

/** An input object as it comes from the client, by column. */
export type RecordInput = Readonly<Record<string, unknown>>;

/**
 * The values that `input` sets, each checked by its field; what is left out is not among them. Throws BAD_USER_INPUT naming the
 * first field at fault, e.g. `input.email`, or without `place` `email`. `isNew` also requires every required field, and begins with
 * the initial values.
 */
export function readInput(resource: Resource, input: RecordInput, isNew: boolean, place = "input."): Changes {
  const changes = new Map<ResourceField, FieldValue>();
  for (const field of resource.fields) {
    if (!isInput(field, isNew)) {
      if (isNew && field.initial !== undefined) changes.set(field, field.initial);
      continue;
    }
    const value = input[field.column] as FieldValue | undefined;
    const path = `${place}${field.column}`;
    if (value === undefined && !(isNew && field.required)) continue;
    if (value == null) {
      if (field.required) throw badInput(path, "is required");
      changes.set(field, null);
      continue;
    }
    const problem = field.check(value);
    if (problem !== null) throw badInput(path, problem);
    changes.set(field, value);
  }
  return changes;
}
