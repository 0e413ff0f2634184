import type { FieldValue, ResourceField } from "../../resources/field";

/** A column that a resource's file may have. */
export interface ImportColumn {
  /** As in the file's first line, e.g. `department_code`. */
  readonly header: string;
  /** Other names that it goes by in files of other systems. */
  readonly aliases: readonly string[];
  readonly field: ResourceField;
  /** The field whose rules its cells follow: `field` itself, or for a relation the key of the record it leads to. */
  readonly rules: ResourceField;
  /** Texts that mean no value, beside the empty one. */
  readonly never: readonly string[];
  /** What a new record gets when the file has no such column; undefined where that is nothing, or the column must be there. */
  readonly assumed?: FieldValue;
  /** Where the value is taken from when the file has no such column: another one, whose text is turned into it. */
  readonly standIn?: StandIn;
}

/** A column that says what another would. */
export interface StandIn {
  readonly header: string;
  readonly read: (text: string) => string;
}

/** Whether the file must have the column: what every record has and nothing stands in for. */
export function isNeeded({ field, assumed, standIn }: ImportColumn): boolean {
  return field.required && assumed === undefined && standIn === undefined;
}
