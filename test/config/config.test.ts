import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError, loadConfig, parseDatabaseUrl } from "../../src/config";

const SECRET = "0123456789abcdef0123456789abcdef";

describe("the configuration", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const embedded = (environment: Record<string, string> = {}) =>
    loadConfig({ DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`, ...environment });

  it("needs nothing but a place for the embedded database", () => {
    expect(embedded()).toMatchObject({
      port: 4000,
      host: "127.0.0.1",
      logLevel: "info",
      trustProxy: false,
      fastPath: true,
    });
  });

  it("makes the embedded secret once, readable by its owner only, and finds it again", () => {
    const first = embedded().secret;
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(folder, "latchkey.secret")).mode & 0o777).toBe(0o600);
    expect(embedded().secret).toBe(first);
  });

  it("refuses to make a new secret beside a database whose keys depend on a lost one", () => {
    writeFileSync(join(folder, "latchkey.db"), "");
    expect(() => embedded()).toThrow(/latchkey\.secret is missing though the database exists/);
    expect(existsSync(join(folder, "latchkey.secret"))).toBe(false);
  });

  it("requires a secret with a database server", () => {
    expect(() => loadConfig({ DATABASE_URL: "mysql://u:p@db/latchkey" })).toThrow(/LATCHKEY_SECRET is required/);
  });

  it("reads any value from NAME_FILE, but not from both", () => {
    const path = join(folder, "secret");
    writeFileSync(path, `${SECRET}\n`);
    expect(embedded({ LATCHKEY_SECRET_FILE: path }).secret).toBe(SECRET);
    expect(() => embedded({ LATCHKEY_SECRET_FILE: path, LATCHKEY_SECRET: SECRET })).toThrow(/both set/);
    expect(() => embedded({ LATCHKEY_SECRET_FILE: join(folder, "none") })).toThrow(
      /LATCHKEY_SECRET_FILE cannot be read/,
    );
    expect(readFileSync(path, "utf8")).toContain(SECRET);
  });

  it("takes a bucket for documents, its prefix with a slash at the end", () => {
    const place = embedded({ DOCUMENTS_URL: "s3://hr-files/latchkey?region=eu-central-1&endpoint=https://s3.example" });
    expect(place.documentsBucket).toEqual({
      bucket: "hr-files",
      prefix: "latchkey/",
      region: "eu-central-1",
      endpoint: "https://s3.example",
    });
    expect(embedded({ DOCUMENTS_URL: "s3://hr-files" }).documentsBucket).toEqual({
      bucket: "hr-files",
      prefix: "",
      region: null,
      endpoint: null,
    });
    expect(embedded().documentsBucket).toBeNull();
  });

  it.each([
    [{ PORT: "http" }, /PORT/],
    [{ PORT: "70000" }, /PORT/],
    [{ PORT: "-1" }, /PORT/],
    [{ LOG_LEVEL: "loud" }, /LOG_LEVEL/],
    [{ DOCUMENTS_MAX_BYTES: "25MB" }, /DOCUMENTS_MAX_BYTES must be a number/],
    [{ DOCUMENTS_MAX_BYTES: "0" }, /DOCUMENTS_MAX_BYTES/],
    [{ DOCUMENTS_MAX_BYTES: "2147483648" }, /DOCUMENTS_MAX_BYTES/],
    [{ DOCUMENTS_URL: "s3:/bucket" }, /DOCUMENTS_URL must look like s3:/],
    [{ DOCUMENTS_URL: "s3://bucket?key=AKIA" }, /DOCUMENTS_URL must look like .*credentials come from AWS_/],
    [{ DOCUMENTS_URL: "s3://bucket?endpoint=ftp://host" }, /DOCUMENTS_URL must look like/],
    [{ DOCUMENTS_URL: "s3://bucket", DOCUMENTS_DIR: "./documents" }, /DOCUMENTS_URL and DOCUMENTS_DIR are both set/],
    [{ LATCHKEY_SECRET: "short" }, /LATCHKEY_SECRET must have at least 32/],
    [{ TRUST_PROXY: "10.0.0.0/40" }, /TRUST_PROXY/],
    [{ METRICS_TOKEN: "short" }, /METRICS_TOKEN must have at least 24 characters/],
    [{ METRICS_TOKEN: "a token with blanks in it, which no header takes" }, /METRICS_TOKEN may hold/],
    [{ TRUST_PROXY: "proxy.internal" }, /TRUST_PROXY/],
    [{ LATCHKEY_FAST_PATH: "false" }, /LATCHKEY_FAST_PATH must be on or off/],
  ])("stops at %j with one line that names the setting", (environment, message) => {
    expect(() => embedded(environment)).toThrow(message);
    expect(() => embedded(environment)).toThrow(ConfigError);
  });

  it("understands both forms of DATABASE_URL", () => {
    expect(parseDatabaseUrl("sqlite:./data/x.db")).toEqual({ dialect: "sqlite", file: resolve("data/x.db") });
    expect(parseDatabaseUrl("sqlite:///var/x.db")).toEqual({ dialect: "sqlite", file: "/var/x.db" });
    expect(parseDatabaseUrl("mysql://hr:p%40ss@db1:3307,db2/latchkey")).toEqual({
      dialect: "mariadb",
      user: "hr",
      password: "p@ss",
      database: "latchkey",
      hosts: [
        { host: "db1", port: 3307 },
        { host: "db2", port: 3306 },
      ],
    });
  });

  it.each(["postgres://u:p@h/d", "mysql://h/d", "sqlite:", "", "mysql://u:secret@h:99999/d", "mysql://u:secret%@h/d"])(
    "refuses DATABASE_URL=%j without repeating a password",
    (url) => {
      expect(() => parseDatabaseUrl(url)).toThrow(/DATABASE_URL/);
      expect(() => parseDatabaseUrl(url)).not.toThrow(/secret/);
    },
  );
});
