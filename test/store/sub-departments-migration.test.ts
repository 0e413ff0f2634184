import { parseDatabaseUrl } from "../../src/config";
import { entities, migrations } from "../../src/registry";
import { createDataSource } from "../../src/store/data-source";
import { migrate } from "../../src/store/migrate";
import { freshDatabase } from "../support/database";

describe("a database from before departments had parents", () => {
  it("keeps its records when it is migrated, and every reference to and from them", async () => {
    const database = await freshDatabase();
    const open = async (count?: number) => {
      const parts = { entities, migrations: migrations.slice(0, count), role: "writer" } as const;
      return createDataSource(parseDatabaseUrl(database.url), parts).initialize();
    };
    const before = await open(migrations.findIndex(({ name }) => name.startsWith("SubDepartments")));
    await migrate(before);
    const stamps = "1, '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000'";
    await before.query(
      `INSERT INTO department (id, code, name, managerId, version, createdAt, updatedAt) VALUES ('d', 'D', 'Dé', NULL, ${stamps})`,
    );
    await before.query(
      `INSERT INTO employee (id, employeeNumber, firstName, lastName, departmentId, version, createdAt, updatedAt)
       VALUES ('e', '1', 'Ada', 'L', 'd', ${stamps})`,
    );
    await before.query("UPDATE department SET managerId = 'e'");
    await before.destroy();

    const after = await open();
    expect(await migrate(after)).toBeGreaterThan(0);
    expect(await after.query("SELECT id, code, name, managerId, parentId FROM department")).toEqual([
      { id: "d", code: "D", name: "Dé", managerId: "e", parentId: null },
    ]);
    await expect(after.query("DELETE FROM department WHERE id = 'd'")).rejects.toThrow(/foreign key/i);
    await expect(after.query("DELETE FROM employee WHERE id = 'e'")).rejects.toThrow(/foreign key/i);
    await expect(after.query("UPDATE department SET parentId = 'nobody'")).rejects.toThrow(/foreign key/i);
    await after.query("UPDATE department SET parentId = NULL");
    await after.destroy();
    await database.dispose();
  });
});
