import type { RequestContext, Transaction } from "../context";
import type { FieldValue } from "./field";
import type { Member } from "./schema-declare";

/** What came along with a new record and is stored outside of its table. */
export interface Attached {
  /** Columns that it decides, e.g. its size. */
  readonly columns: Readonly<Record<string, FieldValue>>;
  /** Puts it in place, in the transaction that writes the record; may be called again. */
  keep(tx: Transaction): Promise<void>;
  /** Called once at the end, whether or not there is a record: frees what is not needed. */
  end(isMade: boolean): Promise<void>;
}

/** What records of a kind have outside of their table, e.g. the content of a document. */
export interface Attachment {
  /** Input fields of the create mutation beside those of the record; needed is any grant of CREATE. */
  readonly members: readonly Member[];
  /** The column that says which one is a record's; several records may share one. */
  readonly column: string;
  /** Takes it from the input of a create mutation. Throws BAD_USER_INPUT naming the field. */
  receive(ctx: RequestContext, input: Readonly<Record<string, unknown>>): Promise<Attached>;
  /** Told after a record with this value of the column is deleted. */
  release(ctx: RequestContext, value: string): Promise<void>;
}

/** Runs what makes the record, and ends `attached` by how that went. */
export async function endAttached<T>(attached: Attached, make: () => Promise<T>): Promise<T> {
  let isMade = false;
  try {
    const made = await make();
    isMade = true;
    return made;
  } finally {
    await attached.end(isMade);
  }
}
