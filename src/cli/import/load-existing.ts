import type { Store } from "../../store/store";
import { fieldsOfPeriod } from "./check-periods";
import { fieldsOfRules } from "./check-rules";
import { type ImportTarget, targetNamed } from "./import-target";
import { matchRows } from "./match-rows";
import type { Progress } from "./progress";
import type { Scratch, ScratchValue } from "./scratch";
import { hasKeyColumn, keyIn, type Staged, tableOf, valueColumn, valueIn } from "./staged-rows";

const KEYS_PER_QUERY = 500;

/**
 * Copies what the database has of every record that the files speak of or refer to, and of everybody above them in an acyclic
 * relation: enough to tell what changes, what a reference leads to, and whether a chain would close. The cost follows the size of
 * the files, not of the database.
 */
export async function loadExisting(
  store: Store,
  scratch: Scratch,
  staged: readonly Staged[],
  progress: Progress,
): Promise<void> {
  progress.begin("comparing with the database");
  let loaded = 0;
  for (const one of staged) {
    const copy = new ExistingRows(store, scratch, one, () => progress.at(++loaded));
    const [key] = one.target.key;
    await copy.load(hasKeyColumn(one.target) ? ownersOf(one) : keysOf(staged, one), key.column);
    for (const above of parentsNotLoaded(one)) {
      while ((await copy.load(above, "id")) > 0);
    }
  }
  matchRows(scratch, staged);
}

/** SQL for the keys that occur in the files, as `value`. */
function keysOf(staged: readonly Staged[], { target }: Staged): string {
  const own = `SELECT ${keyIn(target)} AS value FROM ${tableOf("staged", target)}`;
  const references = staged.flatMap((other) =>
    other.columns
      .filter(({ field }) => field.target === target.resource.name)
      .map(({ field }) => `SELECT ${valueIn(field)} FROM ${tableOf("staged", other.target)}`),
  );
  return `SELECT value FROM (${[own, ...references].join(" UNION ")}) WHERE value IS NOT NULL`;
}

/** SQL for the ids of the owners that occur in the file, as `value`: all of their records are copied, since any may overlap. */
function ownersOf({ target }: Staged): string {
  const [owner] = target.key;
  const holder = targetNamed(owner.target as string);
  return `SELECT DISTINCT o.id AS value FROM ${tableOf("staged", target)} s
    JOIN ${tableOf("existing", holder)} o ON o.${keyIn(holder)} = s.${valueIn(owner)}`;
}

/** SQL for the ids of parents that are not loaded yet, one per acyclic relation of the file. */
function parentsNotLoaded({ target, columns }: Staged): string[] {
  const table = tableOf("existing", target);
  return acyclicColumns({ target, columns }).map(
    (parent) =>
      `SELECT DISTINCT ${parent} AS value FROM ${table} WHERE ${parent} IS NOT NULL AND ${parent} NOT IN (SELECT id FROM ${table})`,
  );
}

function acyclicColumns({ target, columns }: Pick<Staged, "target" | "columns">): string[] {
  return columns
    .filter(({ field }) => field.acyclic && field.target === target.resource.name)
    .map(({ field }) => valueIn(field));
}

/** The table of one resource's records as the database has them. */
class ExistingRows {
  private readonly table: string;
  private readonly insert: string;
  private readonly select: string;

  constructor(
    private readonly store: Store,
    private readonly scratch: Scratch,
    { target, columns }: Staged,
    private readonly onRow: () => void,
  ) {
    this.table = tableOf("existing", target);
    const given = columns.map(({ field }) => field);
    const fields = [
      ...new Set([...given, ...fieldsOfRules({ target, columns }), ...fieldsOfPeriod({ target, columns })]),
    ];
    const names = ["id", "version", ...fields.map((field) => field.column)];
    scratch.exec(
      `DROP TABLE IF EXISTS ${this.table};
       CREATE TABLE ${this.table} (id TEXT PRIMARY KEY, version INTEGER, ${fields.map(valueColumn).join(", ")}${hasKeyColumn(target) ? ", key TEXT" : ""}) WITHOUT ROWID`,
    );
    if (!hasKeyColumn(target)) {
      scratch.exec(`CREATE UNIQUE INDEX ${this.table}_key ON ${this.table} (${keyIn(target)})`);
    }
    const into = ["id", "version", ...fields.map(valueIn)].join(", ");
    this.insert = `INSERT OR IGNORE INTO ${this.table} (${into}) VALUES (${names.map(() => "?").join(", ")})`;
    this.select = `SELECT ${names.map((name) => `\`${name}\``).join(", ")} FROM \`${tableIn(store, target)}\``;
  }

  /** Copies the records whose `column` is among the values that `sql` selects from the scratch database; returns how many. */
  async load(sql: string, column: string): Promise<number> {
    // Materialised first, since the table that is filled may be the one that is read.
    this.scratch.exec(`DROP TABLE IF EXISTS wanted; CREATE TABLE wanted AS ${sql}`);
    let added = 0;
    let values: ScratchValue[] = [];
    for (const { value } of this.scratch.each<{ value: string }>("SELECT value FROM wanted")) {
      values.push(value);
      if (values.length < KEYS_PER_QUERY) continue;
      added += await this.copy(column, values);
      values = [];
    }
    return values.length === 0 ? added : added + (await this.copy(column, values));
  }

  private async copy(column: string, values: readonly ScratchValue[]): Promise<number> {
    const sql = `${this.select} WHERE \`${column}\` IN (${values.map(() => "?").join(", ")})`;
    const rows = await this.store.select<Record<string, ScratchValue>>(sql, values);
    let added = 0;
    for (const row of rows) {
      added += this.scratch.run(this.insert, Object.values(row));
      this.onRow();
    }
    return added;
  }
}

/** Name of a resource's table in the database. */
export function tableIn(store: Store, { resource }: ImportTarget): string {
  return store.reader.getMetadata(resource.entity).tableName;
}
