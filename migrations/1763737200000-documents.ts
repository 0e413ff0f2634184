import type { MigrationInterface, QueryRunner } from "typeorm";
import { createTable, index, instant, integer, optional, primary, reference, varchar } from "./portable-table";

/** Documents, and the content that they share. */
export class Documents1763737200000 implements MigrationInterface {
  readonly name = "Documents1763737200000";

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, "document_content", [varchar("id", 64, primary), instant("takenAt")]);
    await createTable(
      runner,
      "document",
      [
        varchar("id", 36, primary),
        varchar("employeeId", 36),
        varchar("title", 200),
        varchar("category", 60, optional),
        varchar("fileName", 255),
        varchar("mimeType", 255),
        integer("size"),
        varchar("digest", 64),
        integer("version"),
        varchar("createdAt", 24),
        instant("updatedAt"),
      ],
      {
        indices: [
          index("document_employee", "employeeId", "createdAt", "id"),
          index("document_created_at", "createdAt", "id"),
          index("document_title", "title", "id"),
          index("document_category", "category", "id"),
          index("document_digest", "digest"),
        ],
        foreignKeys: [
          reference("document_employee_fk", "employeeId", "employee", "RESTRICT"),
          reference("document_digest_fk", "digest", "document_content", "RESTRICT"),
        ],
      },
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("document");
    await runner.dropTable("document_content");
  }
}
