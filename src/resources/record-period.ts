/**
 * The rule that periods of one owner do not overlap, e.g. time off of one person. An end that is missing is never.
 *
 * Unlike the rules within a record it needs the other records, so it is judged in the transaction, with the owner locked: of two
 * that are made at the same moment, one is refused.
 */
export interface RecordPeriod {
  /** The relation whose records do not share a day, e.g. `employee`. */
  readonly owner: string;
  /** Fields with the first and the last day. */
  readonly from: string;
  readonly to: string;
  /** Whether one may end on the day that the next begins. Two that begin on the same day overlap in any case. */
  readonly mayTouch: boolean;
  /** Only records with one of these values count; all of them when left out. */
  readonly only?: { readonly field: string; readonly values: readonly string[] };
  /** What the records are, for messages, e.g. `other time off`. */
  readonly label: string;
}
