import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner, Table } from "typeorm";
import { parseDatabaseUrl } from "../../src/config";
import { createStore } from "../../src/store/create-store";
import { Epoch } from "../../src/store/epoch.entity";
import type { Store } from "../../src/store/store";
import { isUniqueViolation } from "../../src/store/violation";
import { type FreshDatabase, freshDatabase } from "../support/database";

@Entity("note")
class Note {
  @PrimaryColumn({ type: "varchar", length: 36 })
  id!: string;

  @Column({ type: "varchar", length: 100 })
  text!: string;
}

class Tables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: "note",
        columns: [
          { name: "id", type: "varchar", length: "36", isPrimary: true },
          { name: "text", type: "varchar", length: "100" },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "epoch",
        columns: [
          { name: "id", type: "integer", isPrimary: true },
          { name: "value", type: "integer" },
        ],
      }),
    );
    await runner.query("INSERT INTO epoch (id, value) VALUES (1, 0)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("note");
    await runner.dropTable("epoch");
  }
}

const parts = { entities: [Note, Epoch], migrations: [Tables1700000000000] };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the store", () => {
  let database: FreshDatabase;
  let store: Store;

  beforeEach(async () => {
    database = await freshDatabase();
    store = await createStore(parseDatabaseUrl(database.url), parts);
  });

  afterEach(async () => {
    await store.close();
    await database.dispose();
  });

  const texts = async (from = store): Promise<string[]> =>
    (await from.select<{ text: string }>("SELECT text FROM note ORDER BY id", [])).map(({ text }) => text);

  it("keeps what one transaction acknowledged when another that ran at the same time rolls back", async () => {
    const failing = store.transaction(async (tx) => {
      await tx.insert(Note, { id: "a", text: "lost" });
      await pause(30);
      throw new Error("changed my mind");
    });
    const succeeding = store.transaction(async (tx) => {
      await tx.insert(Note, { id: "b", text: "kept" });
      await tx.save(Note, { id: "c", text: "kept too" });
    });
    await expect(failing).rejects.toThrow("changed my mind");
    await succeeding;
    expect(await texts()).toEqual(["kept", "kept too"]);
  });

  it("shows readers nothing of an open transaction", async () => {
    let seen: string[] | undefined;
    await store.transaction(async (tx) => {
      await tx.insert(Note, { id: "a", text: "not yet" });
      seen = await texts();
    });
    expect(seen).toEqual([]);
    expect(await texts()).toEqual(["not yet"]);
  });

  it("goes on working after a transaction failed", async () => {
    await store.transaction((tx) => tx.insert(Note, { id: "a", text: "first" }));
    const twice = store.transaction((tx) => tx.insert(Note, { id: "a", text: "again" }));
    expect(await twice.then(() => null, isUniqueViolation)).toBe(true);
    await store.transaction((tx) => tx.insert(Note, { id: "b", text: "second" }));
    expect(await texts()).toEqual(["first", "second"]);
  });

  it("moves the epoch with a change, not with a plain write, and not when the change rolls back", async () => {
    const before = await store.readEpoch();
    await store.transaction((tx) => tx.insert(Note, { id: "a", text: "plain" }));
    expect(await store.readEpoch()).toBe(before);
    await expect(store.change(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(await store.readEpoch()).toBe(before);
    await store.change((tx) => tx.insert(Note, { id: "b", text: "change" }));
    expect(await store.readEpoch()).toBe(before + 1);
  });

  it("runs changes one after the other, each seeing what the one before it wrote", async () => {
    const counts: number[] = [];
    const change = (id: string) =>
      store.change(async (tx) => {
        counts.push(await tx.count(Note));
        await pause(5);
        await tx.insert(Note, { id, text: id });
      });
    await Promise.all(["a", "b", "c", "d", "e"].map(change));
    expect(counts).toEqual([0, 1, 2, 3, 4]);
  });

  describe("beside another process on the same database", () => {
    let other: Store;
    beforeEach(async () => {
      other = await createStore(parseDatabaseUrl(database.url), parts);
    });
    afterEach(() => other.close());

    it("sees the other's change in the first epoch read after it", async () => {
      const before = await store.readEpoch();
      await other.change((tx) => tx.insert(Note, { id: "a", text: "theirs" }));
      expect(await store.readEpoch()).toBe(before + 1);
      expect(await texts()).toEqual(["theirs"]);
    });

    it("waits for the other's write without blocking the event loop, and loses nothing", async () => {
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 5);
      const theirs = other.change(async (tx) => {
        await tx.insert(Note, { id: "a", text: "theirs" });
        await pause(150);
      });
      await pause(20);
      const ours = store.change((tx) => tx.insert(Note, { id: "b", text: "ours" }));
      await Promise.all([theirs, ours]);
      clearInterval(ticking);
      expect(await texts()).toEqual(["theirs", "ours"]);
      expect(ticks).toBeGreaterThan(10);
    });

    it("keeps every acknowledged write of many at once", async () => {
      const writes = Array.from({ length: 60 }, (_, at) =>
        (at % 2 ? store : other).change((tx) => tx.insert(Note, { id: String(at).padStart(3, "0"), text: `${at}` })),
      );
      await Promise.all(writes);
      expect((await texts()).length).toBe(60);
      expect(await store.readEpoch()).toBe(60);
    });
  });

  it("answers UNAVAILABLE once the database cannot be asked", async () => {
    await store.close();
    await expect(store.readEpoch()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    store = await createStore(parseDatabaseUrl(database.url), parts);
  });
});

describe("opening a database that is not there", () => {
  it("names the place and the reason in one line", async () => {
    const nowhere = parseDatabaseUrl("mysql://someone:hidden@127.0.0.1:1/nothing");
    const opening = createStore(nowhere, parts);
    await expect(opening).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(opening).rejects.toThrow(/^the database at 127\.0\.0\.1:1\/nothing cannot be used: .*ECONNREFUSED/);
    await expect(opening).rejects.not.toThrow(/hidden/);
  });
});

describe("a parameter that is an object", () => {
  it("is an error of the statement, never the end of the process", async () => {
    const database = await freshDatabase();
    const store = await createStore(parseDatabaseUrl(database.url), parts);
    if (store.dialect === "sqlite") {
      await expect(store.select("SELECT id FROM note WHERE id = ?", [{ surprise: true }])).rejects.toThrow(
        /is an object/,
      );
    }
    expect(await store.select("SELECT id FROM note WHERE id = ?", ["a"])).toEqual([]);
    await store.close();
    await database.dispose();
  });
});
