import type { MigrationInterface, QueryRunner, TableIndexOptions } from "typeorm";
import {
  type Column,
  createTable,
  index,
  instant,
  integer,
  optional,
  primary,
  text,
  uniqueIndex,
  varchar,
} from "./portable-table";

const kept = [
  ...["id", "at", "actorKind", "actorId", "actorName", "action", "severity", "targetKind", "targetId", "targetName"],
  ...["before", "after", "ip", "client", "requestId"],
];

const columns: readonly Column[] = [
  varchar("id", 36, primary),
  instant("at"),
  varchar("actorKind", 16),
  varchar("actorId", 36, optional),
  varchar("actorName", 320, optional),
  varchar("action", 64),
  varchar("severity", 16),
  varchar("targetKind", 32, optional),
  varchar("targetId", 36, optional),
  varchar("targetName", 320, optional),
  text("before", optional),
  text("after", optional),
  varchar("ip", 64, optional),
  varchar("client", 120, optional),
  varchar("requestId", 64),
];

const indices = [index("audit_event_at", "at"), index("audit_event_target", "targetId")];

/**
 * Chains the audit trail. Rows that are there already are numbered in the order of their ids, which is that of time; the service
 * hashes them when it next starts, since a migration does not know LATCHKEY_SECRET.
 */
export class AuditChain1763722800000 implements MigrationInterface {
  readonly name = "AuditChain1763722800000";

  async up(runner: QueryRunner): Promise<void> {
    const chained = [integer("sequence"), varchar("previousHash", 64), varchar("hash", 64)];
    const listed = quoted(kept);
    await replaceTrail(
      runner,
      [...columns, ...chained],
      [...indices, uniqueIndex("audit_event_sequence", "sequence")],
      `INSERT INTO audit_event (${listed}, sequence, \`previousHash\`, \`hash\`)
       SELECT ${listed}, ROW_NUMBER() OVER (ORDER BY id), '', '' FROM audit_event_before`,
    );
    await createTable(runner, "audit_head", [
      integer("id", primary),
      integer("sequence"),
      varchar("hash", 64),
      varchar("seal", 64),
    ]);
    await runner.query(
      "INSERT INTO audit_head (id, sequence, `hash`, seal) SELECT 1, COUNT(*), '', '' FROM audit_event",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("audit_head");
    const listed = quoted(kept);
    await replaceTrail(
      runner,
      columns,
      indices,
      `INSERT INTO audit_event (${listed}) SELECT ${listed} FROM audit_event_before`,
    );
  }
}

/** By copying, since SQLite adds no column that must be filled. */
async function replaceTrail(
  runner: QueryRunner,
  wanted: readonly Column[],
  indexed: readonly TableIndexOptions[],
  copy: string,
): Promise<void> {
  if (runner.dataSource.options.type !== "mariadb") {
    // On SQLite names of indices belong to the whole database, so the old ones make room.
    for (const name of ["audit_event_at", "audit_event_target", "audit_event_sequence"]) {
      await runner.query(`DROP INDEX IF EXISTS ${name}`);
    }
  }
  await runner.query("ALTER TABLE audit_event RENAME TO audit_event_before");
  await createTable(runner, "audit_event", wanted, { indices: [...indexed] });
  await runner.query(copy);
  await runner.query("DROP TABLE audit_event_before");
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
