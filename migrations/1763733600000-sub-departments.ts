import { type MigrationInterface, type QueryRunner, TableForeignKey, TableIndex } from "typeorm";
import { addColumn, index, optional, reference, varchar } from "./portable-table";

/** Departments may be parts of others. */
export class SubDepartments1763733600000 implements MigrationInterface {
  readonly name = "SubDepartments1763733600000";

  /** On SQLite the key takes a new table, which TypeORM fills and renames with foreign keys off; what refers to it stays. */
  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, "department", varchar("parentId", 36, optional));
    // Read anew: what the runner remembers of the table is from before the column.
    const table = await runner.getTable("department");
    if (table === undefined) throw new Error("there is no table department");
    await runner.createForeignKey(
      table,
      new TableForeignKey(reference("department_parent_fk", "parentId", "department", "RESTRICT")),
    );
    await runner.createIndex("department", new TableIndex(index("department_parent", "parentId", "id")));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropForeignKey("department", "department_parent_fk");
    await runner.dropIndex("department", "department_parent");
    await runner.dropColumn("department", "parentId");
  }
}
