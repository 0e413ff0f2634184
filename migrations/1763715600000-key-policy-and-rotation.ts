import type { MigrationInterface, QueryRunner } from "typeorm";
import { addColumn, boolean, createTable, instant, integer, optional, primary } from "./portable-table";

/** How long keys may live (account settings), and what the rotation of a key has to remember. */
export class KeyPolicyAndRotation1763715600000 implements MigrationInterface {
  readonly name = "KeyPolicyAndRotation1763715600000";

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, "account_settings", [
      integer("id", primary),
      integer("apiKeyDefaultLifetimeDays"),
      integer("apiKeyMaximumLifetimeDays"),
      boolean("apiKeysMayNeverExpire"),
      integer("version"),
      instant("updatedAt", optional),
    ]);
    await runner.query(
      `INSERT INTO account_settings
         (id, apiKeyDefaultLifetimeDays, apiKeyMaximumLifetimeDays, apiKeysMayNeverExpire, version, updatedAt)
       VALUES (1, 90, 366, 0, 1, NULL)`,
    );
    await addColumn(runner, "api_key", instant("retiredSecretUsedAt", optional));
    await addColumn(runner, "api_key_secret", integer("graceSeconds", optional));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn("api_key_secret", "graceSeconds");
    await runner.dropColumn("api_key", "retiredSecretUsedAt");
    await runner.dropTable("account_settings");
  }
}
