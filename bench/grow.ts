import type { DataSource } from "typeorm";
import { parseDatabaseUrl } from "../src/config";
import { createDataSource } from "../src/store/data-source";

/** Rows of one INSERT. */
const BATCH = 50_000;
/** When the first of the added employees was made, as it were: after those of the demo. */
const FIRST_MS = Date.UTC(2020, 0, 1);

/** SQL that differs between the databases: texts in hexadecimal, random ones of so many bytes and numbers of 12 digits, and joining texts. */
interface Dialect {
  hex(bytes: number): string;
  digits(number: string): string;
  join(...parts: string[]): string;
}

const SQLITE: Dialect = {
  hex: (bytes) => `lower(hex(randomblob(${bytes})))`,
  digits: (number) => `printf('%012x', ${number})`,
  join: (...parts) => parts.join(" || "),
};
const MARIADB: Dialect = {
  hex: (bytes) => `lower(hex(random_bytes(${bytes})))`,
  digits: (number) => `LPAD(LOWER(HEX(${number})), 12, '0')`,
  join: (...parts) => `CONCAT(${parts.join(", ")})`,
};

async function withDatabase(url: string, work: (database: DataSource, dialect: Dialect) => Promise<void>) {
  const config = parseDatabaseUrl(url);
  const database = createDataSource(config, { entities: [], migrations: [], role: "writer" });
  await database.initialize();
  try {
    await work(database, config.dialect === "sqlite" ? SQLITE : MARIADB);
  } finally {
    await database.destroy();
  }
}

async function countOf(database: DataSource, table: string): Promise<number> {
  const [row] = (await database.query(`SELECT COUNT(*) AS n FROM ${table}`)) as [{ n: number | string }];
  return Number(row.n);
}

/** `table`'s columns, each as itself, of the alias `from` where there is one, unless `replaced`. */
async function copySql(
  database: DataSource,
  table: string,
  replaced: Readonly<Record<string, string>>,
  from: string | null = null,
): Promise<{ into: string; select: string }> {
  const [row] = (await database.query(`SELECT * FROM ${table} LIMIT 1`)) as Record<string, unknown>[];
  const columns = Object.keys(row ?? {});
  if (columns.length === 0) throw new Error(`${table} is empty: there is nothing to multiply`);
  const quoted = columns.map((column) => `\`${column}\``);
  const read = quoted.map((column) => (from === null ? column : `${from}.${column}`));
  return { into: quoted.join(", "), select: columns.map((column, at) => replaced[column] ?? read[at]).join(", ") };
}

/**
 * Multiplies the employees that are there until there are `size`, each with an id and a number of its own, in one department tree.
 * Their ids are in the order of their creation, a millisecond apart, as those that the product makes (UUID version 7).
 */
export async function growEmployees(url: string, size: number): Promise<void> {
  await withDatabase(url, async (database, { hex, digits, join }) => {
    for (let count = await countOf(database, "employee"); count < size; count = await countOf(database, "employee")) {
      const most = Math.min(BATCH, size - count);
      const time = digits(`${FIRST_MS + count} + ROW_NUMBER() OVER ()`);
      const { into, select } = await copySql(database, "employee", {
        id: join(
          `substr(${time}, 1, 8)`,
          "'-'",
          `substr(${time}, 9, 4)`,
          "'-7'",
          `substr(${hex(2)}, 2)`,
          "'-8'",
          `substr(${hex(2)}, 2)`,
          "'-'",
          hex(6),
        ),
        employeeNumber: join("'G'", hex(12)),
      });
      await database.query(`INSERT INTO employee (${into}) SELECT ${select} FROM employee LIMIT ${most}`);
    }
    await database.query(url.startsWith("sqlite:") ? "ANALYZE" : "ANALYZE TABLE employee");
  });
}

/** Multiplies the keys that are there, with a secret each that nobody has, until there are `size`. */
export async function growKeys(url: string, size: number): Promise<void> {
  await withDatabase(url, async (database, { hex }) => {
    const keys = await copySql(database, "api_key", { id: hex(6) });
    const bound = await copySql(database, "api_key_api_set", { apiKeyId: "k.id" }, "one");
    const secret = { id: hex(16), apiKeyId: "k.id", digest: hex(32) };
    const secrets = await copySql(database, "api_key_secret", secret, "one");
    for (let count = await countOf(database, "api_key"); count < size; count = await countOf(database, "api_key")) {
      const most = Math.min(BATCH, size - count);
      await database.query(`INSERT INTO api_key (${keys.into}) SELECT ${keys.select} FROM api_key LIMIT ${most}`);
      // One secret and one set for each key that has none yet.
      for (const [table, { into, select }] of [
        ["api_key_secret", secrets],
        ["api_key_api_set", bound],
      ] as const) {
        await database.query(
          `INSERT INTO ${table} (${into}) SELECT ${select} FROM api_key k
           JOIN (SELECT * FROM ${table} LIMIT 1) one
           WHERE NOT EXISTS (SELECT 1 FROM ${table} known WHERE known.apiKeyId = k.id)`,
        );
      }
    }
  });
}

/** Adds a key for each digest, like the key that is there, in one transaction. */
export async function growKnownKeys(url: string, digests: readonly string[]): Promise<void> {
  await withDatabase(url, async (database) => {
    const [model] = (await database.query("SELECT id FROM api_key LIMIT 1")) as { id: string }[];
    const keys = await copySql(database, "api_key", { id: "?" });
    const bound = await copySql(database, "api_key_api_set", { apiKeyId: "?" });
    const secrets = await copySql(database, "api_key_secret", { id: "?", apiKeyId: "?", digest: "?" });
    await database.transaction(async (tx) => {
      for (const [at, digest] of digests.entries()) {
        const id = `S${String(at).padStart(11, "0")}`;
        const copy = (
          table: string,
          { into, select }: typeof keys,
          owner: string,
          values: string[],
        ): Promise<unknown> =>
          tx.query(`INSERT INTO ${table} (${into}) SELECT ${select} FROM ${table} WHERE ${owner} = ? LIMIT 1`, [
            ...values,
            model?.id,
          ]);
        await copy("api_key", keys, "id", [id]);
        await copy("api_key_api_set", bound, "apiKeyId", [id]);
        await copy("api_key_secret", secrets, "apiKeyId", [`${id}-secret`, id, digest]);
      }
    });
  });
}
