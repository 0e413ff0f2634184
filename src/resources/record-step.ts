/**
 * One step in the life of a record: a mutation of its own, `<verb><Type>(id, …, version)`, that moves a state on. It needs UPDATE of
 * the state's field, and of each field that it takes, so that deciding is a permission apart from editing.
 */
export interface RecordStep {
  /** E.g. `approve`: also in the audit trail, as `timeOff.approve`. */
  readonly verb: string;
  /** The past participle, for messages, e.g. `approved`. */
  readonly done: string;
  /** The field that holds the state; a `choice` with an `initial` value. */
  readonly field: string;
  readonly from: readonly string[];
  readonly to: string;
  /** Fields that may be given along, e.g. a note; left out, they stay. */
  readonly takes?: readonly string[];
  readonly description: string;
}
