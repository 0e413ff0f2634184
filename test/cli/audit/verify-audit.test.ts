import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditChain1763722800000 } from "../../../migrations/1763722800000-audit-chain";
import { declareActions, declaredAction } from "../../../src/audit/audit-actions";
import { record } from "../../../src/audit/record";
import { type Verification, verifyChain } from "../../../src/audit/verify-chain";
import { parseDatabaseUrl } from "../../../src/config";
import { migrations } from "../../../src/registry";
import { createDataSource } from "../../../src/store/data-source";
import { migrate } from "../../../src/store/migrate";
import { freshDatabase } from "../../support/database";
import { startLatchkey, type TestLatchkey } from "../../support/latchkey";
import { runLatchkey } from "../../support/run-latchkey";

type Row = Record<string, unknown> & { sequence: number; id: string; hash: string };

let latchkey: TestLatchkey;
let folder: string;
/** The trail and its head as the service wrote them. */
let rows: Row[];
let head: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-audit-"));
  latchkey = await startLatchkey();
  for (let at = 0; at < 12; at++) await write(`row${at}`);
  rows = await latchkey.store.select<Row>("SELECT * FROM audit_event ORDER BY sequence", []);
  [head = {}] = await latchkey.store.select<Record<string, unknown>>("SELECT * FROM audit_head", []);
});
afterEach(restore);
afterAll(async () => {
  await latchkey?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** One more row, as the service writes it. */
function write(verb: string): Promise<void> {
  declareActions("test", [verb]);
  const action = declaredAction("test", verb);
  return latchkey.store.transaction((tx) =>
    record(tx, latchkey.operator, {
      action,
      target: { kind: "test", id: action, name: "größe 💡 " },
      after: { a: [1] },
    }),
  );
}

/** Statements by somebody with the database alone. */
function tamper(...statements: readonly (string | [string, ...unknown[]])[]): Promise<void> {
  return latchkey.store.transaction(async (tx) => {
    for (const statement of statements) {
      const [sql, ...parameters] = typeof statement === "string" ? [statement] : statement;
      await tx.query(sql, parameters);
    }
  });
}

function insertion(row: Record<string, unknown>): [string, ...unknown[]] {
  const columns = Object.keys(row);
  const names = columns.map((column) => `\`${column}\``).join(", ");
  return [
    `INSERT INTO audit_event (${names}) VALUES (${columns.map(() => "?").join(", ")})`,
    ...columns.map((column) => row[column]),
  ];
}

async function restore(): Promise<void> {
  const setHead = "UPDATE audit_head SET sequence = ?, `hash` = ?, seal = ? WHERE id = 1";
  await tamper("DELETE FROM audit_event", ...rows.map(insertion), "DELETE FROM audit_head", [
    "INSERT INTO audit_head (id, sequence, `hash`, seal) VALUES (1, 0, '', '')",
  ]);
  await tamper([setHead, head["sequence"], head["hash"], head["seal"]]);
}

const verify = (): Promise<Verification> => verifyChain(latchkey.store, latchkey.operator.pepper);
const last = (): Row => rows.at(-1) as Row;
/** Renumbers from the far end on, so that no two rows have one number in between. */
const shift = (from: number, by: 1 | -1): string[] =>
  rows
    .filter(({ sequence }) => sequence >= from)
    .sort((one, other) => by * (other.sequence - one.sequence))
    .map(({ id, sequence }) => `UPDATE audit_event SET sequence = ${sequence + by} WHERE id = '${id}'`);

describe("B9: an audit trail as the service wrote it", () => {
  it("is intact: one chain from row 1 to the head", async () => {
    expect(await verify()).toEqual({
      count: rows.length,
      end: { sequence: last().sequence, hash: last().hash },
      begun: { at: expect.any(String), earlierRows: 0 },
      broken: null,
    });
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, at) => at + 1));
    expect(rows.slice(1).map(({ previousHash }) => previousHash)).toEqual(rows.slice(0, -1).map(({ hash }) => hash));
  });

  it("is said to be so by `latchkey audit verify`, with count and head", async () => {
    const { code, stdout } = await runLatchkey(latchkey, ["audit", "verify"]);
    expect(stdout).toContain(`${rows.length} rows are as they were written`);
    expect(stdout).toContain(last().hash);
    expect(code).toBe(0);
  });
});

describe("B9: an audit trail that somebody with the database has changed", () => {
  it.each([
    ["the action", "action = 'nothing.happened'"],
    ["who acted", "actorName = 'somebody.else@example.com'"],
    ["the actor's id", "actorId = NULL, actorKind = 'NOBODY'"],
    ["the time, by a microsecond", "`at` = '2030-01-01 00:00:00.000001'"],
    ["the state after, by a blank", "`after` = '{\"a\": [1]}'"],
    ["the state before", "`before` = '{}'"],
    ["the address", "ip = '10.0.0.1'"],
    ["the request id", "requestId = 'x'"],
    ["the hash", `\`hash\` = '${"f".repeat(64)}'`],
    ["the hash before", `\`previousHash\` = '${"f".repeat(64)}'`],
  ])("names the row of which %s was changed", async (_what, assignment) => {
    const row = rows[9] as Row;
    await tamper(`UPDATE audit_event SET ${assignment} WHERE sequence = 10`);
    expect((await verify()).broken).toMatchObject({ kind: "CHANGED", sequence: 10, id: row.id });
  });

  it("is not fooled by a hash that was computed anew without the key", async () => {
    const { createHash } = await import("node:crypto");
    const forged = createHash("sha256").update("anything").digest("hex");
    await tamper(
      [`UPDATE audit_event SET action = 'x', \`hash\` = ? WHERE sequence = 10`, forged],
      ["UPDATE audit_event SET `previousHash` = ? WHERE sequence = 11", forged],
    );
    expect((await verify()).broken).toMatchObject({ kind: "CHANGED", sequence: 10 });
  });

  it("names the number of a row that was removed, and the command does with exit code 1", async () => {
    await tamper("DELETE FROM audit_event WHERE sequence IN (9, 10)");
    expect(await verify()).toMatchObject({ count: 8, broken: { kind: "MISSING", sequence: 9, id: null } });
    const { code, stdout, stderr } = await runLatchkey(latchkey, ["audit", "verify"]);
    expect(stderr).toContain("First broken row: 9: MISSING");
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  it("names it also when the rows after it were numbered anew", async () => {
    await tamper("DELETE FROM audit_event WHERE sequence = 9", ...shift(10, -1));
    expect((await verify()).broken).toMatchObject({ kind: "MISSING", sequence: 9 });
  });

  it("names the first of the newest rows that were removed", async () => {
    await tamper(`DELETE FROM audit_event WHERE sequence > ${last().sequence - 3}`);
    expect((await verify()).broken).toMatchObject({ kind: "MISSING", sequence: last().sequence - 2 });
  });

  it("sees that the head was set back to hide it, and still sees it when the service has gone on", async () => {
    const kept = rows.at(-4) as Row;
    await tamper(`DELETE FROM audit_event WHERE sequence > ${kept.sequence}`, [
      "UPDATE audit_head SET sequence = ?, `hash` = ?",
      kept.sequence,
      kept.hash,
    ]);
    expect((await verify()).broken).toMatchObject({ kind: "HEAD", sequence: kept.sequence });
    await write("later");
    expect((await verify()).broken).toMatchObject({ kind: "HEAD", sequence: kept.sequence + 1 });
  });

  it("names the row that was inserted between two", async () => {
    const forged = { ...(rows[4] as Row), id: "00000000-0000-7000-8000-000000000000", sequence: 10, action: "forged" };
    await tamper(...shift(10, 1), insertion(forged));
    expect((await verify()).broken).toMatchObject({ kind: "INSERTED", sequence: 10, id: forged.id });
  });

  it("names the row that was added at the end", async () => {
    const { sequence, hash } = last();
    const forged = {
      ...last(),
      id: "00000000-0000-7000-8000-000000000000",
      sequence: sequence + 1,
      previousHash: hash,
    };
    await tamper(insertion(forged));
    expect((await verify()).broken).toMatchObject({ kind: "INSERTED", sequence: sequence + 1, id: forged.id });
  });

  it("names the row that was put before the first", async () => {
    await tamper(insertion({ ...last(), id: "00000000-0000-7000-8000-000000000000", sequence: 0 }));
    expect((await verify()).broken).toMatchObject({ kind: "INSERTED", sequence: 0 });
  });

  it("names the first of two rows that changed places", async () => {
    const [one, other] = [rows[9] as Row, rows[10] as Row];
    await tamper(
      `UPDATE audit_event SET sequence = 1000 WHERE id = '${one.id}'`,
      `UPDATE audit_event SET sequence = 10 WHERE id = '${other.id}'`,
      `UPDATE audit_event SET sequence = 11 WHERE id = '${one.id}'`,
    );
    expect((await verify()).broken).toMatchObject({ kind: "ORDER", sequence: 10, id: other.id });
  });

  it("sees a head that was deleted, and one that was made to begin anew", async () => {
    await tamper("DELETE FROM audit_head");
    expect((await verify()).broken).toMatchObject({ kind: "HEAD" });
    await restore();
    await tamper("UPDATE audit_event SET action = 'nothing.happened' WHERE sequence = 10", [
      "UPDATE audit_head SET seal = ''",
    ]);
    await write("later");
    expect((await verify()).broken).toMatchObject({ kind: "HEAD", sequence: last().sequence + 1 });
  });
});

describe("B9: an audit trail that somebody has made begin anew, so that the service itself hashes what was changed", () => {
  it.each([
    ["as after the upgrade to a version that chains", (): number => rows.length],
    ["as if there had been no row", (): number => 0],
  ])("is found broken where it began, %s", async (_how, sequence) => {
    await tamper(
      "UPDATE audit_event SET action = 'session.signIn' WHERE action = 'audit.begin'",
      "UPDATE audit_event SET actorName = 'somebody.else@example.com' WHERE sequence = 9",
      "UPDATE audit_event SET `hash` = '', `previousHash` = ''",
      ["UPDATE audit_head SET sequence = ?, `hash` = '', seal = ''", sequence()],
    );
    await write("later");
    const { broken } = await verify();
    expect(broken).toMatchObject({ kind: "HEAD", sequence: rows.length + 1 });
    expect(broken?.reason).toContain(`behind ${rows.length} rows`);
    const { code, stderr } = await runLatchkey(latchkey, ["audit", "verify"]);
    expect(stderr).toContain(`First broken row: ${rows.length + 1}`);
    expect(code).toBe(1);
  });
});

describe("B9: an audit head that was put back to where it was before, seal and all", () => {
  const putBack = async (): Promise<void> => {
    await write("one");
    await write("two");
    await tamper([
      "UPDATE audit_head SET sequence = ?, `hash` = ?, seal = ?",
      head["sequence"],
      head["hash"],
      head["seal"],
    ]);
  };

  it("is seen though every row is as it was written", async () => {
    await putBack();
    expect((await verify()).broken).toMatchObject({
      kind: "HEAD",
      sequence: rows.length + 2,
      reason: `audit_head was set back to row ${rows.length}`,
    });
  });

  it("does not stop the service, which says so in a row", async () => {
    await putBack();
    await write("later");
    const found = await latchkey.store.select("SELECT action, severity FROM audit_event WHERE sequence > ?", [
      rows.length,
    ]);
    expect(found).toMatchObject([
      { action: "test.one" },
      { action: "test.two" },
      { action: "audit.headForged", severity: "HIGH" },
      { action: "test.later" },
    ]);
    expect((await verify()).broken).toMatchObject({ kind: "HEAD", sequence: rows.length + 3 });
  });
});

describe("B9: a checkpoint of the audit trail", () => {
  const take = async (name: string): Promise<string> => {
    const file = join(folder, name);
    expect(await runLatchkey(latchkey, ["audit", "checkpoint", "--out", file])).toMatchObject({ code: 0, stderr: "" });
    return file;
  };
  const verifyWith = (file: string) => runLatchkey(latchkey, ["audit", "verify", "--checkpoint", file]);

  it("names the end of the trail", async () => {
    const { sequence, hash } = last();
    const taken = JSON.parse(await readFile(await take("end"), "utf8")) as object;
    expect(taken).toMatchObject({ sequence, hash, count: sequence, at: expect.any(String), mac: expect.any(String) });
    expect(JSON.parse((await runLatchkey(latchkey, ["audit", "checkpoint"])).stdout)).toMatchObject({ sequence, hash });
  });

  it("holds while the trail goes on", async () => {
    const file = await take("goes-on");
    await write("later");
    expect(await verifyWith(file)).toMatchObject({ code: 0, stderr: "" });
  });

  it("shows that the newest rows were removed, where the trail with its head was set back to an earlier state of both", async () => {
    await write("later");
    const file = await take("set-back");
    await restore();
    expect((await verify()).broken).toBeNull();
    const { code, stderr } = await verifyWith(file);
    expect(stderr).toContain(`First broken row: ${last().sequence + 1}: MISSING`);
    expect(code).toBe(1);
  });

  it("shows that history took another course since", async () => {
    await write("one");
    const file = await take("course");
    await restore();
    await write("other");
    await write("more");
    const { code, stderr } = await verifyWith(file);
    expect(stderr).toMatch(new RegExp(`First broken row: ${last().sequence + 1} .*CHECKPOINT`));
    expect(code).toBe(1);
  });

  it("is refused when it was changed or written under another secret", async () => {
    const file = await take("changed");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/"sequence": \d+/, '"sequence": 1'));
    expect(await verifyWith(file)).toMatchObject({ code: 1, stderr: expect.stringContaining("is no checkpoint") });
    await writeFile(file, text);
    const other = { LATCHKEY_SECRET: "another secret of more than thirty-two characters" };
    expect(await runLatchkey(latchkey, ["audit", "verify", "--checkpoint", file], other)).toMatchObject({ code: 1 });
  });

  it("does not overwrite an earlier one that the trail contradicts, nor what is no checkpoint", async () => {
    await write("later");
    const file = await take("kept");
    const text = await readFile(file, "utf8");
    await write("later still");
    expect(await runLatchkey(latchkey, ["audit", "checkpoint", "--out", file])).toMatchObject({ code: 0 });
    const newer = await readFile(file, "utf8");
    expect(newer).not.toBe(text);
    await restore();
    const { code, stderr } = await runLatchkey(latchkey, ["audit", "checkpoint", "--out", file]);
    expect(stderr).toContain(`First broken row: ${last().sequence + 1}: MISSING`);
    expect(code).toBe(1);
    expect(await readFile(file, "utf8")).toBe(newer);
    await writeFile(file, "my diary");
    expect(await runLatchkey(latchkey, ["audit", "checkpoint", "--out", file])).toMatchObject({ code: 1 });
    expect(await readFile(file, "utf8")).toBe("my diary");
  });

  it("is compared with its row also where that is among those that are to be believed", async () => {
    const { pepper } = latchkey.operator;
    const { sequence, hash } = rows[9] as Row;
    const after = { sequence: 11, hash: (rows[10] as Row).hash };
    const options = { after, checkpoint: { sequence, hash, at: "", count: sequence } };
    expect((await verifyChain(latchkey.store, pepper, options)).broken).toBeNull();
    await tamper("UPDATE audit_event SET `hash` = 'x' WHERE sequence = 10");
    expect((await verifyChain(latchkey.store, pepper, options)).broken).toMatchObject({ kind: "CHECKPOINT", sequence });
    await tamper("DELETE FROM audit_event WHERE sequence = 10");
    expect((await verifyChain(latchkey.store, pepper, options)).broken).toMatchObject({ kind: "MISSING", sequence });
  });

  it("is not taken of a broken trail", async () => {
    await tamper("UPDATE audit_event SET action = 'x' WHERE sequence = 10");
    const { code, stdout } = await runLatchkey(latchkey, ["audit", "checkpoint"]);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe("B9: an audit trail under another LATCHKEY_SECRET", () => {
  it("is broken from its first row on, and verified after the last of the old rows when these are believed", async () => {
    const { code, stderr } = await runLatchkey(latchkey, ["audit", "verify"], {
      LATCHKEY_SECRET: "another secret of more than thirty-two characters",
    });
    expect(stderr).toContain("LATCHKEY_SECRET is not the one");
    expect(code).toBe(1);
    const after = await runLatchkey(latchkey, ["audit", "verify", "--after", "10"]);
    expect(after.stdout).toContain(`${rows.length - 10} rows are as they were written`);
  });
});

describe("B9: an audit trail from before there was a chain", () => {
  it("is numbered by the migration, covered from the next start on, and the first row of the chain says so", async () => {
    const database = await freshDatabase();
    const chainAt = migrations.indexOf(AuditChain1763722800000);
    const place = parseDatabaseUrl(database.url);
    const old = createDataSource(place, { entities: [], migrations: migrations.slice(0, chainAt), role: "writer" });
    await old.initialize();
    await migrate(old);
    for (let at = 0; at < 450; at++) {
      const id = `00000000-0000-7000-8000-${String(at).padStart(12, "0")}`;
      await old.query(
        "INSERT INTO audit_event (id, `at`, actorKind, action, severity, `after`, requestId) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [id, "2020-01-01 00:00:00.123456", "OPERATOR", `old.row${at}`, "INFO", '{"é":  1}', "r"],
      );
    }
    await old.destroy();

    const upgraded = await startLatchkey({ database });
    const { pepper } = upgraded.operator;
    const untold = await verifyChain(upgraded.store, pepper);
    const { broken, begun, count } = await verifyChain(upgraded.store, pepper, { earlierRows: 450 });
    const [first] = await upgraded.store.select("SELECT * FROM audit_event WHERE sequence = 1", []);
    await upgraded.store.transaction((tx) => tx.query("UPDATE audit_event SET severity = 'HIGH' WHERE sequence = 300"));
    const changed = await verifyChain(upgraded.store, pepper, { earlierRows: 450 });
    await upgraded.stop();
    await database.dispose();
    expect(first).toMatchObject({ action: "old.row0", after: '{"é":  1}' });
    expect(untold.broken).toMatchObject({
      kind: "HEAD",
      sequence: 451,
      reason: expect.stringContaining("--earlier 450"),
    });
    expect(broken).toBeNull();
    expect(begun).toMatchObject({ earlierRows: 450 });
    expect(count).toBeGreaterThan(451);
    expect(changed.broken).toMatchObject({ kind: "CHANGED", sequence: 300 });
  });

  it("is what it was when the migration is taken back", async () => {
    const database = await freshDatabase();
    const upTo = migrations.slice(0, migrations.indexOf(AuditChain1763722800000) + 1);
    const source = createDataSource(parseDatabaseUrl(database.url), { entities: [], migrations: upTo, role: "writer" });
    await source.initialize();
    await migrate(source);
    await source.query(
      "INSERT INTO audit_event (id, `at`, actorKind, action, severity, requestId, sequence, `previousHash`, `hash`) VALUES (?, ?, ?, ?, ?, ?, 1, '', '')",
      ["00000000-0000-7000-8000-000000000000", "2020-01-01 00:00:00.123456", "OPERATOR", "old.row", "INFO", "r"],
    );
    await source.undoLastMigration();
    const back = (await source.query("SELECT * FROM audit_event")) as object[];
    await migrate(source);
    const again = (await source.query("SELECT sequence, action FROM audit_event")) as object[];
    await source.destroy();
    await database.dispose();
    expect(back).toHaveLength(1);
    expect(back[0]).not.toHaveProperty("sequence");
    expect(again).toEqual([{ sequence: 1, action: "old.row" }]);
  });
});
