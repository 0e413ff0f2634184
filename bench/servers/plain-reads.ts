import { createPool } from "mysql2/promise";
import type { Action, Grant } from "../../src/access/grant";
import { parseDatabaseUrl } from "../../src/config";
import { createPepper } from "../../src/kernel/pepper";

/** At once on SQLite, whose driver is synchronous, so that the fastest server pays for no promise there. */
export type Eventually<T> = T | Promise<T>;

/** `next` of the value: at once, or when it is there. */
export function after<T, Result>(value: Eventually<T>, next: (value: T) => Eventually<Result>): Eventually<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export interface PlainEmployee {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly jobTitle: string | null;
  readonly department: { readonly id: string; readonly name: string } | null;
}

/** What the workloads need, by hand-written SQL in prepared statements. Nothing is remembered from one call to the next. */
export interface PlainReads {
  /** What the key with this token is granted; null when it is nobody's or may not be used. */
  grantsOf(authorization: string | undefined): Eventually<readonly Grant[] | null>;
  page(first: number, afterId: string | null): Eventually<readonly PlainEmployee[]>;
  employee(id: string): Eventually<Pick<PlainEmployee, "id" | "firstName" | "lastName"> | null>;
}

/** Whether `grants` let a field be read. */
export function readable(grants: readonly Grant[], resource: string, field: string): boolean {
  return grants.some(
    (grant) =>
      grant.resource === resource &&
      grant.actions.includes("READ" as Action) &&
      (grant.fields === null || grant.fields.includes(field)),
  );
}

interface KeyRow {
  readonly id: string;
  readonly isEnabled: number;
  readonly revokedAt: string | null;
  readonly expiresAt: string | null;
  readonly grants: string;
  readonly state: string;
  readonly status: string;
}

const KEY = `SELECT k.id, k.isEnabled, k.revokedAt, k.expiresAt, k.grants, s.state, u.status
  FROM api_key_secret s JOIN api_key k ON k.id = s.apiKeyId JOIN \`user\` u ON u.id = k.ownerId WHERE s.digest = ?`;
const SETS = "SELECT a.grants FROM api_key_api_set b JOIN api_set a ON a.id = b.apiSetId WHERE b.apiKeyId = ?";
const pageSql = (where: string, limit: string): string =>
  `SELECT e.id, e.firstName, e.lastName, e.email, e.jobTitle, d.id, d.name
   FROM employee e LEFT JOIN department d ON d.id = e.departmentId ${where} ORDER BY e.id LIMIT ${limit}`;
const ONE = "SELECT id, firstName, lastName FROM employee WHERE id = ?";

/** Runs one statement; rows are arrays where `asArrays` says so. */
type Run = (sql: string, parameters: readonly unknown[], asArrays?: boolean) => Eventually<readonly unknown[]>;

/** Opens the database that the environment names. */
export function openPlainReads({ DATABASE_URL, LATCHKEY_SECRET }: NodeJS.ProcessEnv): PlainReads {
  const database = parseDatabaseUrl(DATABASE_URL as string);
  const pepper = createPepper(LATCHKEY_SECRET as string);
  const isSqlite = database.dialect === "sqlite";
  const run = isSqlite ? runOnSqlite(database.file) : runOnMariaDb(DATABASE_URL as string);
  // A limit is no parameter of MariaDB's prepared statements that every driver can bind.
  const limitOf = (first: number): string => (isSqlite ? "?" : String(Math.trunc(first)));
  return {
    grantsOf(authorization) {
      const digest = pepper.digest(authorization?.slice("Bearer ".length) ?? "");
      return after(run(KEY, [digest]), ([row]) => {
        const key = row as KeyRow | undefined;
        if (key === undefined || !mayBeUsed(key)) return null;
        return after(run(SETS, [key.id], true), (sets) =>
          [key.grants, ...(sets as [string][]).map(([text]) => text)].flatMap((text) => JSON.parse(text) as Grant[]),
        );
      });
    },
    page(first, afterId) {
      const sql = pageSql(afterId === null ? "" : "WHERE e.id > ?", limitOf(first));
      const parameters = [...(afterId === null ? [] : [afterId]), ...(isSqlite ? [first] : [])];
      return after(run(sql, parameters, true), (rows) => (rows as string[][]).map(nodeOf));
    },
    employee: (id) => after(run(ONE, [id]), ([row]) => (row as PlainEmployee | undefined) ?? null),
  };
}

function mayBeUsed({ isEnabled, revokedAt, expiresAt, state, status }: KeyRow): boolean {
  if (!isEnabled || revokedAt !== null || state !== "ACTIVE" || status !== "ACTIVE") return false;
  return expiresAt === null || Date.parse(`${expiresAt.replace(" ", "T")}Z`) > Date.now();
}

function nodeOf([id, firstName, lastName, email, jobTitle, departmentId, name]: readonly string[]): PlainEmployee {
  return {
    id: id as string,
    firstName: firstName as string,
    lastName: lastName as string,
    email: email ?? null,
    jobTitle: jobTitle ?? null,
    department: departmentId == null ? null : { id: departmentId, name: name as string },
  };
}

interface Statement {
  raw(): Statement;
  all(...parameters: unknown[]): unknown[];
}

function runOnSqlite(file: string): Run {
  const Libsql = require("libsql") as new (
    path: string,
  ) => { prepare(sql: string): Statement; pragma(text: string): unknown };
  const connection = new Libsql(file);
  connection.pragma("query_only = ON");
  const prepared = new Map<string, Statement>();
  return (sql, parameters, asArrays = false) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = connection.prepare(sql);
      if (asArrays) statement.raw();
      prepared.set(sql, statement);
    }
    return statement.all(...parameters);
  };
}

function runOnMariaDb(uri: string): Run {
  const pool = createPool({ uri: uri.replace(/^mariadb:/, "mysql:"), connectionLimit: 10, dateStrings: true });
  return async (sql, values, rowsAsArray = false) => {
    const [rows] = await pool.execute({ sql, values: [...values] as string[], rowsAsArray });
    return rows as unknown[];
  };
}
