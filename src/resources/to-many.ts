/** A relation to all records of `target` whose relation `by` leads to the record. */
export interface ToMany {
  /** As in the schema and in permissions, e.g. `timeOffs`. */
  readonly name: string;
  readonly target: string;
  readonly by: string;
  readonly description: string;
}
