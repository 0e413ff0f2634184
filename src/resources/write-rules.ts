import { badInput } from "../kernel/service-error";
import type { FieldValue } from "./field";
import { fieldNamed, type Resource } from "./resource";
import type { Changes } from "./write-input";

/** Columns that must be known of a record to judge these changes of it. */
export function columnsOfRules(resource: Resource, changes: Changes): string[] {
  const names = resource.rules.flatMap(({ fields }) => fields);
  return changes.size === 0
    ? []
    : resource.fields.filter(({ name }) => names.includes(name)).map(({ column }) => column);
}

/**
 * Refuses changes after which the record would break a rule (BAD_USER_INPUT naming the rule's first field, whichever of its fields
 * changes). `current` holds the columns as they are; nothing for a new record. A rule none of whose fields changes is not judged,
 * so that a record from before the rule can still be edited.
 */
export function checkRules(
  resource: Resource,
  changes: Changes,
  current: Readonly<Record<string, unknown>> = {},
): void {
  for (const { fields: names, check } of resource.rules) {
    const fields = names.flatMap((name) => fieldNamed(resource, name) ?? []);
    if (!fields.some((field) => changes.has(field))) continue;
    const values = fields.map((field) =>
      changes.has(field) ? (changes.get(field) ?? null) : ((current[field.column] as FieldValue | undefined) ?? null),
    );
    const broken = check(values);
    if (broken) throw badInput(`input.${names[0]}`, broken(names));
  }
}
