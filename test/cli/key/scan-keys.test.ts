import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeToken } from "../../../src/kernel/token";
import { type Administration, administer } from "../../support/administration";
import { startLatchkey, type TestLatchkey } from "../../support/latchkey";
import { type Ended, runLatchkey } from "../../support/run-latchkey";

let latchkey: TestLatchkey;
let admin: Administration;
let folder: string;
beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  folder = await mkdtemp(join(tmpdir(), "latchkey-scan-"));
});
afterAll(async () => {
  await latchkey?.stop();
  await rm(folder, { recursive: true, force: true });
});

const GRANTS = [{ resource: "employee", actions: ["READ"] }];
const scan = (...args: string[]): Promise<Ended> => runLatchkey(latchkey, ["key", "scan", ...args]);
const publicPart = (token: string): string => `${token.slice(0, 20)}…`;

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return path;
}

describe("B10: `latchkey key scan`", () => {
  it("tells live, disabled, expired, revoked and retired keys from each other and from foreign ones, with exit code 1", async () => {
    const generate = (name: string, rest: object = {}) =>
      admin.key(latchkey.ownerToken, { name, grants: GRANTS, ...rest });
    const live = await generate("Live one");
    const disabled = await generate("Disabled one");
    await admin.asOwner("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", disabled);
    const revoked = await generate("Revoked one");
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", revoked);
    const expired = await generate("Expired one");
    const past = new Date(Date.now() - 1_000);
    await latchkey.store.change((tx) =>
      tx
        .createQueryBuilder()
        .update("api_key")
        .set({ expiresAt: past })
        .where("id = :id", { id: expired.id })
        .execute(),
    );
    const retired = await generate("Rotated one");
    const { rotateApiKey } = await admin.asOwner<{ rotateApiKey: { token: string } }>(
      "mutation ($id: ID!) { rotateApiKey(id: $id) { token } }",
      retired,
    );
    await latchkey.query("{ viewer { kind } }", { token: rotateApiKey.token });
    const foreign = makeToken("live", "ZZZZZZZZZZZZ");
    const tokens = [live.token, disabled.token, revoked.token, expired.token, retired.token, foreign];
    const path = await file("states/keys.env", tokens.map((token, at) => `KEY_${at}="${token}"`).join("\n"));

    const { code, stdout, stderr } = await scan(join(folder, "states"));
    const line = (at: number) => `${path}:${at + 1}:8: ${publicPart(tokens[at] as string)}: `;
    const owner = "of owner@example.com";
    expect(stdout.split("\n")).toEqual([
      `${line(0)}API key "Live one" ${owner}: live`,
      `${line(1)}API key "Disabled one" ${owner}: disabled`,
      `${line(2)}API key "Revoked one" ${owner}: revoked`,
      `${line(3)}API key "Expired one" ${owner}: expired`,
      `${line(4)}API key "Rotated one" ${owner}: retired`,
      `${line(5)}not of this installation`,
      "6 found in 1 file, 1 live.",
      "",
    ]);
    expect(stderr).toBe("");
    expect(code).toBe(1);
    for (const token of tokens) expect(stdout).not.toContain(token);
  });

  it("ends with 0 where nothing live is found", async () => {
    await file("dead/notes.txt", `${makeToken("live", "ZZZZZZZZZZZZ")} and lk_live_ZZZZZZZZZZZZ_nothing`);
    expect(await scan(join(folder, "dead"))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 found in 1 file, 0 live."),
    });
  });

  it("finds a session", async () => {
    await file("session/curl.sh", `curl -H 'authorization: Bearer ${latchkey.ownerToken}'`);
    const { code, stdout } = await scan(join(folder, "session"));
    expect(stdout).toContain("session of owner@example.com: live");
    expect(code).toBe(1);
  });

  it("looks into folders, binary files, UTF-16 and across the borders of what it reads at a time, but not through links", async () => {
    const token = makeToken("live", "ZZZZZZZZZZZZ");
    const deep = await file("many/a/b/c/deep.json", `{"é": "${token}"}`);
    const big = await file("many/big.log", `${"x".repeat(256 * 1024 - 30)}\n${token}\n`);
    const binary = await file("many/core.bin", Buffer.concat([Buffer.from([0, 255, 10, 0]), Buffer.from(token)]));
    const windows = await file("many/windows.txt", Buffer.from(`\ufeffKEY=${token}`, "utf16le"));
    const outside = await file("outside/secret.txt", token);
    await symlink(outside, join(folder, "many/link.txt"));
    await symlink(join(folder, "outside"), join(folder, "many/linked"));
    await symlink(folder, join(folder, "many/a/loop"));
    const { stdout } = await scan(join(folder, "many"));
    expect(stdout.split("\n").map((line) => line.split(": lk_")[0])).toEqual([
      `${deep}:1:8`,
      `${big}:2:1`,
      `${binary}:byte 4`,
      `${windows}:1:5`,
      "4 found in 4 files, 0 live.",
      "",
    ]);
    expect((await scan(join(folder, "many/linked"))).stdout).toContain("1 found in 1 file");
  });

  it("says by --no-database what form and checksum tell, and then any token counts", async () => {
    await file("pre-commit/x.ts", `const key = "${makeToken("live", "ZZZZZZZZZZZZ")}";`);
    const { code, stdout } = await runLatchkey(
      { database: { ...latchkey.database, url: "mysql://nobody:x@127.0.0.1:1/none" } },
      ["key", "scan", "--no-database", join(folder, "pre-commit")],
    );
    expect(stdout).toContain("may be live");
    expect(code).toBe(1);
  });

  it("says what it could not read, and ends with 2 rather than with a clean bill", async () => {
    const { code, stderr } = await scan(join(folder, "no-such-folder"));
    expect(stderr).toContain("no-such-folder cannot be read");
    expect(code).toBe(2);
  });

  it("prints no token that is part of a file's name, whatever stands before it, and nothing that turns a terminal's text", async () => {
    const token = makeToken("live", "ZZZZZZZZZZZZ");
    await file(`names/lk_${token}.txt`, token);
    await file("names/a\u202etxt.exe\u001b[31m", token);
    const { stdout } = await scan(join(folder, "names"));
    expect(stdout).toContain("2 found in 2 files");
    expect(stdout).not.toContain(token.slice(21, 40));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
  });

  it("reads files whose names are not UTF-8", async () => {
    await mkdir(join(folder, "bytes"), { recursive: true });
    const name = Buffer.from([0x2f, 0x6b, 0xff, 0xfe, 0x79]);
    await writeFile(Buffer.concat([Buffer.from(join(folder, "bytes")), name]), makeToken("live", "ZZZZZZZZZZZZ"));
    expect(await scan(join(folder, "bytes"))).toMatchObject({
      stdout: expect.stringContaining("1 found in 1 file"),
      stderr: "",
    });
  });

  it("ends where folders show what the kernel has to say, which has no end", async () => {
    expect(await scan("/proc")).toMatchObject({ code: 0, stdout: "0 found in 0 files, 0 live.\n" });
  });

  it("gives no clean bill under another secret than the service's, nor without a database", async () => {
    const path = await file("secret/x.txt", latchkey.ownerToken);
    const other = { LATCHKEY_SECRET: "another secret of more than thirty-two characters" };
    const foreign = await runLatchkey(latchkey, ["key", "scan", path], other);
    expect(foreign).toMatchObject({ code: 2, stderr: expect.stringContaining("LATCHKEY_SECRET is not the one") });
    const nowhere = join(folder, "nowhere/latchkey.db");
    const elsewhere = { database: { ...latchkey.database, url: `sqlite:${nowhere}` } };
    for (const command of [
      ["key", "scan", path],
      ["audit", "verify"],
      ["audit", "checkpoint"],
    ]) {
      expect(await runLatchkey(elsewhere, command)).toMatchObject({
        code: 1,
        stdout: "",
        stderr: `latchkey: DATABASE_URL names ${nowhere}, where there is no database\n`,
      });
    }
    expect(existsSync(nowhere)).toBe(false);
  });

  it("ends quietly when nobody reads on", async () => {
    const many = Array.from({ length: 20_000 }, () => makeToken("live", "ZZZZZZZZZZZZ")).join("\n");
    const path = await file("many-tokens/x.txt", many);
    const command = `${process.execPath} -r ./scripts/register.cjs src/cli/main.ts key scan --no-database ${path}`;
    const { stderr } = await promisify(execFile)("/bin/sh", ["-c", `${command} | head -n 1`], {
      cwd: join(__dirname, "../../.."),
    });
    expect(stderr).toBe("");
  });

  it("writes nothing to the database", async () => {
    const before = await admin.state();
    await file("quiet/x.txt", latchkey.ownerToken);
    await scan(join(folder, "quiet"));
    expect(await admin.state()).toBe(before);
  });
});
