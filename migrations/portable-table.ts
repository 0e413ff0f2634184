import {
  type QueryRunner,
  Table,
  TableColumn,
  type TableColumnOptions,
  type TableForeignKeyOptions,
  type TableIndexOptions,
} from "typeorm";

/** One column in terms that both dialects have. */
export type Column = Omit<TableColumnOptions, "charset" | "collation"> & { readonly name: string };

type Extra = Omit<TableColumnOptions, "name" | "type">;

/** Up to `length` characters, compared byte for byte. */
export const varchar = (name: string, length: number, extra: Extra = {}): Column => ({
  ...extra,
  name,
  type: "varchar",
  length: String(length),
});

/** JSON or long text. */
export const text = (name: string, extra: Extra = {}): Column => ({ ...extra, name, type: "text" });

export const integer = (name: string, extra: Extra = {}): Column => ({ ...extra, name, type: "integer" });

export const boolean = (name: string, extra: Extra = {}): Column => ({ ...extra, name, type: "boolean" });

/** A point in time, to the microsecond. */
export const instant = (name: string, extra: Extra = {}): Column => ({
  ...extra,
  name,
  type: "datetime",
  precision: 6,
});

/** A calendar date. */
export const date = (name: string, extra: Extra = {}): Column => ({ ...extra, name, type: "date" });

/** An amount with two decimals, below a trillion. */
export const money = (name: string, extra: Extra = {}): Column => ({
  ...extra,
  name,
  type: "decimal",
  precision: 14,
  scale: 2,
});

export const optional = { isNullable: true } as const;
export const primary = { isPrimary: true } as const;

/** Refers to another table's `id`; never follows an update, since ids do not change. */
export function reference(
  name: string,
  column: string,
  table: string,
  onDelete: "CASCADE" | "RESTRICT" | "SET NULL",
): TableForeignKeyOptions {
  return {
    name,
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ["id"],
    onDelete,
    onUpdate: "NO ACTION",
  };
}

export const index = (name: string, ...columnNames: string[]): TableIndexOptions => ({ name, columnNames });
export const uniqueIndex = (name: string, ...columnNames: string[]): TableIndexOptions => ({
  name,
  columnNames,
  isUnique: true,
});

/**
 * Creates a table on either dialect.
 *
 * On MariaDB every text column gets `utf8mb4_nopad_bin`: the usual collations hold `aB` and `Ab`, or `a` and `a `, for equal,
 * which identifiers, digests and filters must not, and SQLite does not either.
 */
export async function createTable(
  runner: QueryRunner,
  name: string,
  columns: readonly Column[],
  rest: { readonly indices?: TableIndexOptions[]; readonly foreignKeys?: TableForeignKeyOptions[] } = {},
): Promise<void> {
  await runner.createTable(new Table({ name, columns: columns.map((column) => inDialect(runner, column)), ...rest }));
}

/**
 * Adds a column, which is `optional` or has a default, to a table with rows.
 *
 * On SQLite by ALTER TABLE, which rewrites nothing; TypeORM would copy the table and drop the old one, with all that refers to it.
 */
export async function addColumn(runner: QueryRunner, table: string, column: Column): Promise<void> {
  const added = new TableColumn(inDialect(runner, column));
  if (isMariaDb(runner)) return runner.addColumn(table, added);
  const type = runner.dataSource.driver.createFullType(added);
  const rest = (added.isNullable ? "" : " NOT NULL") + (added.default == null ? "" : ` DEFAULT (${added.default})`);
  await runner.query(`ALTER TABLE "${table}" ADD COLUMN "${added.name}" ${type}${rest}`);
}

function isMariaDb(runner: QueryRunner): boolean {
  return runner.dataSource.driver.options.type === "mariadb";
}

function inDialect(runner: QueryRunner, column: Column): TableColumnOptions {
  const isText = column.type === "varchar" || column.type === "text";
  return {
    ...column,
    type: runner.dataSource.driver.normalizeType({ type: column.type as "varchar" }),
    ...(isMariaDb(runner) && column.type === "boolean" && { width: 1 }),
    ...(isMariaDb(runner) && isText && { charset: "utf8mb4", collation: "utf8mb4_nopad_bin" }),
  };
}
