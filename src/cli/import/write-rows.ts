import type { Transaction } from "../../context";
import type { ResourceField } from "../../resources/field";
import { fieldNamed } from "../../resources/resource";
import type { Store } from "../../store/store";
import { acyclicColumn } from "./check-cycles";
import { tableIn } from "./load-existing";
import { deferredColumns, type Operation } from "./plan-changes";
import type { ScratchValue } from "./scratch";
import { type Staged, valueIn } from "./staged-rows";

/** What every record notes of time. */
const FIXED = ["createdAt", "updatedAt"] as const;

/** A row of the plan: its values under the names of `valueIn`. */
export type PlannedRow = Readonly<Record<string, ScratchValue>> & {
  readonly seq: number;
  readonly kind: Operation;
  readonly id: string;
  /** As in the database; null for a new record. */
  readonly version: number | null;
  /** 1 when the record closes a circle, so that its parent waits. */
  readonly isCut: number;
};

/**
 * Writes many records of one resource in one statement, on either database.
 *
 * An update is an insert that meets its own id: the one form of "set these rows to these values" that is fast everywhere. The
 * rows are locked and known to be there (see check-plan.ts), so that it never inserts.
 */
export function createWriter(
  store: Store,
  tx: Transaction,
  one: Staged,
  now: Date,
): (kind: Operation, rows: readonly PlannedRow[]) => Promise<void> {
  const moments = FIXED.map((name) => storedMoment(store, one, name, now));
  const deferred = new Set(deferredColumns(one).map(({ field }) => field));
  const parent = acyclicColumn(one)?.field;
  const waits = (field: ResourceField, { isCut }: PlannedRow): boolean =>
    deferred.has(field) || (isCut === 1 && field === parent);
  const fields = one.columns.map(({ field }) => field);
  const assumed = one.file?.assumed ?? [];
  const names = [...fields, ...assumed.map(({ column }) => column.field)].map(({ column }) => column);
  const columns = ["id", ...names, "version", ...FIXED];
  const row = `(${columns.map(() => "?").join(", ")})`;
  const insert = `INSERT INTO \`${tableIn(store, one.target)}\` (${columns.map((name) => `\`${name}\``).join(", ")}) VALUES `;
  const setAgain: Readonly<Record<Operation, readonly string[]>> = {
    CREATE: [],
    UPDATE: [...fields.map(({ column }) => column), "version", "updatedAt"],
    LINK: [...deferred, ...(parent ? [parent] : [])].map(({ column }) => column),
  };

  return async (kind, rows) => {
    if (rows.length === 0) return;
    const parameters = rows.flatMap((planned) => [
      planned.id,
      ...fields.map((field) => (kind === "CREATE" && waits(field, planned) ? null : (planned[valueIn(field)] ?? null))),
      ...assumed.map(({ value }) => value),
      (planned.version ?? 0) + 1,
      ...moments,
    ]);
    const values = rows.map(() => row).join(", ");
    await tx.query(insert + values + onConflict(store, setAgain[kind]), parameters);
  };
}

function onConflict(store: Store, columns: readonly string[]): string {
  if (columns.length === 0) return "";
  return store.dialect === "mariadb"
    ? ` ON DUPLICATE KEY UPDATE ${columns.map((name) => `\`${name}\` = VALUES(\`${name}\`)`).join(", ")}`
    : ` ON CONFLICT (id) DO UPDATE SET ${columns.map((name) => `\`${name}\` = excluded.\`${name}\``).join(", ")}`;
}

/**
 * The time of the change in the form that the driver stores, since raw statements pass TypeORM's own conversion by; as text where it
 * is a field of the resource (see field-instant.ts).
 */
function storedMoment(store: Store, { target }: Staged, name: string, now: Date): ScratchValue {
  if (fieldNamed(target.resource, name)) return now.toISOString();
  const column = store.reader.getMetadata(target.resource.entity).findColumnWithPropertyName(name);
  if (!column) throw new Error(`${target.resource.name} has no ${name}`);
  return store.reader.driver.preparePersistentValue(now, column) as ScratchValue;
}
