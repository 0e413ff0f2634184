import { startLatchkey, type TestLatchkey } from "../support/latchkey";

let latchkey: TestLatchkey;
beforeAll(async () => {
  latchkey = await startLatchkey();
});
afterAll(() => latchkey?.stop());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${latchkey.url}${path}`, { headers });

describe("an address that is open to everybody", () => {
  it("/healthz says that the process runs, /readyz that the database answers, and neither says anything else", async () => {
    const [health, ready] = [await get("/healthz"), await get("/readyz")];
    expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
    for (const name of ["server", "x-powered-by", "set-cookie"]) expect(ready.headers.get(name)).toBeNull();
  });

  it("GET /graphql in a browser is Apollo Sandbox, also with a session that is over", async () => {
    for (const cookie of ["", "latchkey_session=junk"]) {
      const page = await get("/graphql", { accept: "text/html,application/xhtml+xml,*/*;q=0.8", cookie });
      expect(page.status).toBe(200);
      expect(page.headers.get("content-type")).toMatch(/^text\/html/);
      expect(await page.text()).toMatch(/sandbox/i);
    }
  });

  it("GET /graphql by a program is no page", async () => {
    const reply = await get("/graphql", { accept: "application/json" });
    expect(reply.status).toBe(400);
    expect(reply.headers.get("content-type")).toMatch(/json/);
    expect(await reply.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  it("answers with an id for the log, nothing to keep, and nothing to guess a type from", async () => {
    for (const path of ["/", "/healthz", "/readyz", "/graphql", "/nothing"]) {
      const { headers } = await get(path, { accept: "text/html" });
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe("a page of another site", () => {
  it("gets nothing done with a visitor's cookie: no simple request is an operation, and no header lets it read", async () => {
    const cookie = `latchkey_session=${latchkey.ownerToken}`;
    const body = JSON.stringify({ query: "mutation { signOut }" });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const reply = await fetch(`${latchkey.url}/graphql`, {
        method: "POST",
        headers: { cookie, "content-type": type, origin: "https://evil.example" },
        body,
      });
      expect([type, reply.status]).toEqual([type, 415]);
      expect(reply.headers.get("access-control-allow-origin")).toBeNull();
    }
    const read = await get(`/graphql?query=${encodeURIComponent("{ viewer { kind } }")}`, { cookie });
    expect(read.status).toBe(400);
    expect((await latchkey.query("{ viewer { kind } }", { headers: { cookie } })).status).toBe(200);
  });
});
