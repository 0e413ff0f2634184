import type { MigrationInterface, QueryRunner } from "typeorm";
import { createTable, instant, integer, optional, primary, reference, uniqueIndex, varchar } from "./portable-table";

/** Open password resets, one per user at most. */
export class PasswordReset1763726400000 implements MigrationInterface {
  readonly name = "PasswordReset1763726400000";

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      "password_reset",
      [
        varchar("userId", 36, primary),
        varchar("createdById", 36, optional),
        varchar("digest", 64),
        integer("pepperVersion"),
        instant("createdAt"),
        instant("expiresAt"),
      ],
      {
        indices: [uniqueIndex("password_reset_digest", "digest")],
        foreignKeys: [
          reference("password_reset_user_fk", "userId", "user", "CASCADE"),
          reference("password_reset_maker_fk", "createdById", "user", "CASCADE"),
        ],
      },
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("password_reset");
  }
}
