import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Action } from "../../../src/access/grant";
import { ApiKey } from "../../../src/api-keys/api-key.entity";
import { revokeApiKey } from "../../../src/api-keys/revoke-api-key";
import { findKey } from "../../../src/api-keys/verify-key";
import { createApiSet } from "../../../src/api-sets/create-api-set";
import { type Booted, boot } from "../../../src/boot";
import { CredentialsFile } from "../../../src/cli/demo/credentials";
import { type PreparedDemo, prepareDemo } from "../../../src/cli/demo/prepare-demo";
import { CommandError } from "../../../src/cli/run-command";
import { type DatabaseConfig, parseDatabaseUrl } from "../../../src/config";
import { systemClock } from "../../../src/kernel/clock";
import { Compensation } from "../../../src/resources/compensation/compensation.entity";
import { Department } from "../../../src/resources/department/department.entity";
import { Employee } from "../../../src/resources/employee/employee.entity";
import { TimeOff } from "../../../src/resources/time-off/time-off.entity";
import { User } from "../../../src/users/user.entity";
import { type FreshDatabase, freshDatabase } from "../../support/database";

const SECRET = "test secret of more than thirty-two characters";

/** A database with the service's schema, and a credentials file of its own. */
class Place {
  private constructor(
    private readonly fresh: FreshDatabase,
    private readonly folder: string,
    readonly database: DatabaseConfig,
    readonly booted: Booted,
  ) {}

  static async open(): Promise<Place> {
    const fresh = await freshDatabase();
    const database = parseDatabaseUrl(fresh.url);
    const booted = await boot(
      { database, secret: SECRET, documentsDir: "/nowhere" },
      systemClock,
      pino({ level: "silent" }),
    );
    return new Place(fresh, mkdtempSync(join(tmpdir(), "latchkey-demo-")), database, booted);
  }

  get file(): string {
    return join(this.folder, "credentials.json");
  }

  prepare(): Promise<PreparedDemo> {
    return prepareDemo(this.booted.operator, new CredentialsFile(this.file, this.database), "the database");
  }

  count(entity: new () => object): Promise<number> {
    return this.booted.store.reader.getRepository(entity).count();
  }

  async close(): Promise<void> {
    await this.booted.store.close();
    await this.fresh.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe("the demo on an empty database", () => {
  let place: Place;
  let first: PreparedDemo;

  beforeAll(async () => {
    place = await Place.open();
    first = await place.prepare();
  });
  afterAll(() => place.close());

  it("has the company, the accounts, and one key for each API set", async () => {
    expect(first.isNew).toBe(true);
    expect(await place.count(Department)).toBe(12);
    expect(await place.count(Employee)).toBe(2000);
    expect(await place.count(Compensation)).toBeGreaterThan(2000);
    expect(await place.count(TimeOff)).toBeGreaterThan(1000);
    expect(await place.count(User)).toBe(5);
    expect(first.keys.map(({ set, replaced }) => [set.name, replaced])).toEqual([
      ["Directory", null],
      ["Payroll", null],
      ["Org chart", null],
    ]);
    expect(await place.count(ApiKey)).toBe(3);
  });

  it("gives each key what its API set holds and nothing less, since its owner holds it too", async () => {
    const { store, schema, operator } = place.booted;
    for (const { token, set } of first.keys) {
      const key = await findKey(store.reader.manager, schema.index, operator.pepper.digest(token));
      const held = [...schema.index.resources.keys()].flatMap((resource) => {
        const bits = schema.index.bitsOf(resource, Action.READ);
        const fields = [...(bits?.fields.entries() ?? [])].filter(
          ([, bit]) => key && (key.scope.bits[bit >> 5]! >>> (bit & 31)) & 1,
        );
        return fields.map(([field]) => `${resource}.${field}`);
      });
      const granted = set.grants.flatMap(({ resource, fields }) =>
        (fields ?? []).map((field) => `${resource}.${field}`),
      );
      expect(held.sort()).toEqual(granted.sort());
    }
  });

  it("keeps tokens and the password where only their owner reads them", () => {
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
  });

  it("is found again by the next run: the same records, password and keys, and a session of its own", async () => {
    const second = await place.prepare();
    expect(second.isNew).toBe(false);
    expect(second.ownerPassword).toBe(first.ownerPassword);
    expect(second.keys).toEqual(first.keys);
    expect(second.sessionToken).not.toBe(first.sessionToken);
    expect(await place.count(Employee)).toBe(2000);
    expect(await place.count(User)).toBe(5);
    expect(await place.count(ApiKey)).toBe(3);
  });

  it("gets a fresh key, and says so, for one that was revoked; the others stay", async () => {
    const directory = first.keys[0]!;
    await revokeApiKey(place.booted.operator, directory.id);
    const next = await place.prepare();
    expect(next.keys[0]).toMatchObject({ set: { name: "Directory" }, replaced: "This API key is revoked." });
    expect(next.keys[0]!.token).not.toBe(directory.token);
    expect(next.keys.slice(1)).toEqual(first.keys.slice(1));
    const after = await place.prepare();
    expect(after.keys[0]).toEqual({ ...next.keys[0], replaced: null });
  });

  it("says what is wrong when the kept password is not the owner's any more", async () => {
    const file = new CredentialsFile(place.file, place.database);
    const kept = file.read()!;
    file.write({ ...kept, ownerPassword: "not the password" });
    await expect(place.prepare()).rejects.toThrow(/cannot sign in with the password/);
    file.write(kept);
  });

  it("makes no keys for a database whose credentials are gone", async () => {
    const before = await place.count(ApiKey);
    rmSync(place.file);
    await expect(place.prepare()).rejects.toThrow(CommandError);
    expect(await place.count(ApiKey)).toBe(before);
  });
});

describe("the demo on a database that is not its own", () => {
  it("leaves other records alone, and writes no credentials", async () => {
    const place = await Place.open();
    try {
      const grants = [{ resource: "department", actions: [Action.READ], fields: ["name"] }];
      await createApiSet(place.booted.operator, { name: "Somebody's", grants });
      await expect(place.prepare()).rejects.toThrow(/not the demo's and is left alone/);
      expect(await place.count(Employee)).toBe(0);
      expect(await place.count(User)).toBe(0);
      expect(() => statSync(place.file)).toThrow(/ENOENT/);
    } finally {
      await place.close();
    }
  });

  it("does not overwrite a credentials file that it did not write, or wrote for another database", async () => {
    const place = await Place.open();
    try {
      writeFileSync(place.file, "shopping list");
      await expect(place.prepare()).rejects.toThrow(/is not what the demo wrote/);
      writeFileSync(place.file, JSON.stringify({ database: "other", ownerPassword: "p", tokens: {} }));
      await expect(place.prepare()).rejects.toThrow(/belongs to another database, other/);
      expect(await place.count(Employee)).toBe(0);
    } finally {
      await place.close();
    }
  });
});
