import type { MigrationInterface, QueryRunner } from "typeorm";
import {
  addColumn,
  createTable,
  index,
  instant,
  integer,
  optional,
  primary,
  reference,
  varchar,
} from "./portable-table";

/** What keys are used for, how often they may be, and counts of limits that instances share. */
export class UsageAndLimits1763719200000 implements MigrationInterface {
  readonly name = "UsageAndLimits1763719200000";

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, "api_key", integer("callsPerMinute", optional));
    await addColumn(runner, "api_key", varchar("lastUsedClient", 120, optional));
    await createTable(
      runner,
      "api_key_usage",
      [
        varchar("apiKeyId", 12, primary),
        instant("hour", primary),
        varchar("operationName", 120, primary),
        integer("calls"),
        integer("denials"),
        integer("errors"),
      ],
      {
        indices: [index("api_key_usage_hour", "hour")],
        foreignKeys: [reference("api_key_usage_key_fk", "apiKeyId", "api_key", "CASCADE")],
      },
    );
    await createTable(runner, "rate_limit", [varchar("id", 191, primary), integer("points"), instant("expiresAt")], {
      indices: [index("rate_limit_expires_at", "expiresAt")],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("rate_limit");
    await runner.dropTable("api_key_usage");
    await runner.dropColumn("api_key", "lastUsedClient");
    await runner.dropColumn("api_key", "callsPerMinute");
  }
}
