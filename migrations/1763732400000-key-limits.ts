import type { MigrationInterface, QueryRunner } from "typeorm";
import { addColumn, optional, text } from "./portable-table";

/** Limits of one operation that a key has of its own. */
export class KeyLimits1763732400000 implements MigrationInterface {
  readonly name = "KeyLimits1763732400000";

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, "api_key", text("limits", optional));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn("api_key", "limits");
  }
}
