import { randomBytes } from "node:crypto";
import { readdir, readlink, rm } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { download, fileOf, filesIn, uploaded } from "./files";
import { type Caller, callerOf, ID, keyWith, personWith, STAFF } from "./staff";

const CONTENT = randomBytes(300_000);

let latchkey: TestLatchkey;
let owner: Caller;
let id: string;
beforeAll(async () => {
  latchkey = await startLatchkey();
  owner = callerOf(latchkey, latchkey.ownerToken);
  await load(latchkey.store, STAFF);
  id = await uploaded(latchkey, owner.token, fileOf(ID.di, CONTENT, { name: "Vertrag Größe €.bin" }));
});
afterAll(() => latchkey.stop());

const get = (headers: Record<string, string> = {}, method = "GET") =>
  download(latchkey, owner.token, id, { method, headers });
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe("the content of a document", () => {
  it("comes back byte for byte, to be saved and never to be shown or kept", async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).equals(CONTENT)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "300000",
      "content-disposition":
        "attachment; filename=\"Vertrag Gr\u00f6\u00dfe ?.bin\"; filename*=UTF-8''Vertrag%20Gr%C3%B6%C3%9Fe%20%E2%82%AC.bin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("sandbox"),
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
  });

  it.each([
    ["bytes=0-0", 0, 0],
    ["bytes=1000-1999", 1000, 1999],
    ["bytes=299990-", 299_990, 299_999],
    ["bytes=-10", 299_990, 299_999],
    ["bytes=299990-999999999", 299_990, 299_999],
  ])("comes in part for %s", async (range, first, last) => {
    const response = await get({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/300000`);
    expect((await bytesOf(response)).equals(CONTENT.subarray(first, last + 1))).toBe(true);
  });

  it.each(["bytes=0-1,5-6", "bytes=x-y", "lines=1-2"])(
    "comes whole for %s, which is no single range",
    async (range) => {
      const response = await get({ range });
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toHaveLength(300_000);
    },
  );

  it("is refused beyond its end, with its size", async () => {
    const response = await get({ range: "bytes=300000-" });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */300000");
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: "Range" } }],
    });
  });

  it("comes in part under If-Range only if it is the same content", async () => {
    const etag = (await get({}, "HEAD")).headers.get("etag") as string;
    expect((await get({ range: "bytes=0-9", "if-range": etag })).status).toBe(206);
    expect((await get({ range: "bytes=0-9", "if-range": '"other"' })).status).toBe(200);
    expect((await get({ range: "bytes=0-9", "if-range": `W/${etag}` })).status).toBe(200);
  });

  it("does not come again to whoever has it", async () => {
    const etag = (await get({}, "HEAD")).headers.get("etag") as string;
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const response = await get({ "if-none-match": tag });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
    }
    expect((await get({ "if-none-match": '"x"' })).status).toBe(200);
  });

  it("tells its size and type to HEAD and sends nothing", async () => {
    const response = await get({}, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("300000");
    expect(await response.text()).toBe("");
  });

  it("is an error that says nothing, and a line in the log, when it is missing on the disk", async () => {
    const lost = await uploaded(latchkey, owner.token, fileOf(ID.di, "to be lost"));
    const found = await filesIn(latchkey.documentsDir);
    const digest = (
      (await download(latchkey, owner.token, lost, { method: "HEAD" })).headers.get("etag") as string
    ).slice(1, -1);
    await rm(found.find((path) => path.endsWith(digest)) as string);
    for (const method of ["GET", "HEAD"]) {
      const response = await download(latchkey, owner.token, lost, { method });
      expect(response.status).toBe(500);
      expect(response.headers.get("content-disposition")).toBeNull();
      expect(await response.text()).not.toContain(digest);
    }
    expect(latchkey.logged()).toContain(`the content of document ${lost} is missing`);
  });

  it("is let go of when its reader goes away", async () => {
    const big = await uploaded(latchkey, owner.token, fileOf(ID.di, randomBytes(20 * 1024 * 1024)));
    await new Promise<void>((resolve) => {
      const sent = request(`${latchkey.url}/documents/${big}/content`, {
        headers: { authorization: `Bearer ${owner.token}` },
      });
      sent.on("response", (response) =>
        response.once("data", () => {
          response.pause();
          resolve();
          setTimeout(() => sent.destroy(), 100);
        }),
      );
      sent.on("error", () => undefined).end();
    });
    expect(await openContent()).toBe(1);
    const before = latchkey.logged();
    await delay(500);
    expect(await openContent()).toBe(0);
    expect(latchkey.logged().slice(before.length)).not.toMatch(/"level":[45]0/);
  });
});

/** Files of content that this process holds open. */
async function openContent(): Promise<number> {
  const names = await readdir("/proc/self/fd");
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return targets.filter((target) => target.startsWith(latchkey.documentsDir)).length;
}

describe("a download", () => {
  it("needs DOWNLOAD: READ and all else are not enough", async () => {
    const key = await keyWith(latchkey, [{ resource: "document", actions: ["CREATE", "READ", "UPDATE", "DELETE"] }]);
    const response = await download(latchkey, key.token, id);
    expect(response.status).toBe(403);
    expect(response.headers.get("etag")).toBeNull();
    expect(await response.json()).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: {
            code: "FORBIDDEN_FIELD",
            coordinate: "Document.contentPath",
            action: "DOWNLOAD",
            missing: "document:DOWNLOAD",
            deniedBy: "KEY",
          },
        },
      ],
    });
    expect(await key.ask("query ($id: ID!) { document(id: $id) { title contentPath } }", { id })).toMatchObject({
      status: 403,
      errors: [{ extensions: { missing: "document:DOWNLOAD" } }],
    });
  });

  it("needs nothing else: DOWNLOAD alone downloads, and reads no field", async () => {
    const key = await keyWith(latchkey, [{ resource: "document", actions: ["DOWNLOAD"] }]);
    expect((await bytesOf(await download(latchkey, key.token, id))).equals(CONTENT)).toBe(true);
    expect((await key.ask("query ($id: ID!) { document(id: $id) { id } }", { id })).status).toBe(403);
  });

  it("takes no fields in its grant, since content has none", async () => {
    await expect(
      keyWith(latchkey, [{ resource: "document", actions: ["DOWNLOAD"], fields: ["title"] }]),
    ).rejects.toThrow(/cannot be granted for DOWNLOAD/);
  });

  it.each([
    ["a department", { departmentIds: [ID.sales] }, { departmentIds: [ID.engineering] }],
    ["a place", { locations: ["Bergen"] }, { locations: ["Oslo"] }],
    ["people", { employeeIds: [ID.di] }, { employeeIds: [ID.bo] }],
  ])("reaches the rows of its own grant: %s", async (_what, within, without) => {
    const reader = { resource: "document", actions: ["READ"] } as const;
    const inside = await keyWith(latchkey, [reader, { resource: "document", actions: ["DOWNLOAD"], rows: within }]);
    const outside = await keyWith(latchkey, [reader, { resource: "document", actions: ["DOWNLOAD"], rows: without }]);
    expect((await download(latchkey, inside.token, id)).status).toBe(200);
    const refused = await download(latchkey, outside.token, id);
    const unknown = await download(latchkey, outside.token, ID.nobody);
    expect([refused.status, unknown.status]).toEqual([404, 404]);
    expect(await refused.text()).toBe(await unknown.text());
  });

  it("reaches one's own by SELF and those of one's people by REPORTS", async () => {
    const grant = (rows: object) => [{ resource: "document", actions: ["DOWNLOAD"], rows }] as const;
    const di = await personWith(latchkey, grant({ self: true }), ID.di);
    const ada = await personWith(latchkey, grant({ reports: true }), ID.ada);
    const cy = await personWith(latchkey, grant({ self: true, reports: true }), ID.cy);
    const statuses = await Promise.all(
      [di, ada, cy].map(async ({ token }) => (await download(latchkey, token, id)).status),
    );
    expect(statuses).toEqual([200, 200, 404]);
  });

  it("is refused to a revoked key on its very next request", async () => {
    const key = await keyWith(latchkey, [{ resource: "document", actions: ["DOWNLOAD"] }]);
    expect((await download(latchkey, key.token, id)).status).toBe(200);
    await owner.read("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id: key.apiKeyId });
    const response = await download(latchkey, key.token, id);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });

  it("is refused without a credential, and a key in the URL is none", async () => {
    const key = await keyWith(latchkey, [{ resource: "document", actions: ["DOWNLOAD"] }]);
    for (const query of [
      "",
      `?api_key=${key.token}`,
      `?access_token=${key.token}`,
      `?authorization=Bearer%20${key.token}`,
    ]) {
      const response = await fetch(`${latchkey.url}/documents/${id}/content${query}`);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    }
  });

  it.each(["x", "..", "%2e%2e%2fpasswd", "' OR 1=1 --", "a".repeat(36)])("of %j is NOT_FOUND", async (bad) => {
    const response = await download(latchkey, owner.token, encodeURIComponent(bad));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
  });

  it("counts as use of the key, by what became of it, and a refused one is put on record", async () => {
    const key = await keyWith(latchkey, [{ resource: "document", actions: ["DOWNLOAD"] }]);
    const none = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"] }]);
    await download(latchkey, key.token, id);
    await download(latchkey, key.token, ID.nobody);
    await download(latchkey, none.token, id);
    await delay(1_500);
    const usage = "SELECT apiKeyId, operationName, calls, denials, errors FROM api_key_usage WHERE apiKeyId IN (?, ?)";
    const rows = await latchkey.store.select<Record<string, unknown>>(usage, [key.apiKeyId, none.apiKeyId]);
    const name = "GET /documents/:id/content";
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({ apiKeyId: key.apiKeyId, operationName: name, calls: 2, denials: 0, errors: 1 });
    expect(rows).toContainEqual({ apiKeyId: none.apiKeyId, operationName: name, calls: 1, denials: 1, errors: 0 });
    const noted = await latchkey.store.select(
      "SELECT id FROM audit_event WHERE action = 'request.refused' AND actorId = ?",
      [none.apiKeyId],
    );
    expect(noted).toHaveLength(1);
  });
});
