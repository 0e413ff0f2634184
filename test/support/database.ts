import { dialect, type TestDialect } from "./dialect";
import { createDatabase } from "./mariadb";
import { createSqliteDatabase } from "./sqlite";

/** An empty database of its own for one test file or test. */
export interface FreshDatabase {
  /** As in DATABASE_URL. */
  readonly url: string;
  readonly dialect: TestDialect;
  /** Removes it; close every connection first. */
  dispose(): Promise<void>;
}

/** A new, empty database of the running project's dialect: no table, no migration run. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { url, drop } = dialect === "mariadb" ? await createDatabase() : await createSqliteDatabase();
  return { url, dialect, dispose: drop };
}
