/**
 * What of a record is settled once it is decided, e.g. the days of time off that was approved: then only who may decide may still
 * change it, since whoever may edit what is merely asked for would else decide by editing.
 */
export interface RecordSettled {
  /** The field that holds the state; deciding is UPDATE of it. */
  readonly by: string;
  /** Values of it with which nothing is settled yet. */
  readonly open: readonly string[];
  readonly fields: readonly string[];
}
