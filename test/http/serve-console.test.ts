import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { sendError } from "../../src/http/client-error";
import { serveConsole } from "../../src/http/serve-console";

let folder: string;
let http: FastifyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-console-"));
  http = Fastify();
  http.setErrorHandler<Error>(sendError);
});
afterEach(async () => {
  await http.close();
  rmSync(folder, { recursive: true });
});

describe("a server where the console is built", () => {
  beforeEach(async () => {
    mkdirSync(join(folder, "console/assets"), { recursive: true });
    writeFileSync(join(folder, "console/index.html"), '<meta name="csp-nonce" content="__CSP_NONCE__">');
    writeFileSync(join(folder, "console/assets/index-1a2b.js"), "1;");
    writeFileSync(join(folder, "secret.txt"), "secret");
    await serveConsole(http, join(folder, "console"));
  });

  it("puts the nonce of the answer's policy into the page, another one each time", async () => {
    const replies = [await http.inject("/"), await http.inject("/")];
    const nonces = replies.map(({ body }) => /content="([^"]+)"/.exec(body)?.[1]);
    expect(
      replies.map(({ headers }) => /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1]),
    ).toEqual(nonces);
    expect(nonces[0]).toMatch(/^[\w+/]{22}==$/);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it("lets nobody run what is not its own, or frame it", async () => {
    const { headers } = await http.inject("/");
    const policy = String(headers["content-security-policy"]);
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect(policy.split("; ")).toContain(part);
    }
    expect(policy).not.toContain("unsafe");
  });

  it("sends assets to be kept for good, and nothing from outside their folder", async () => {
    const asset = await http.inject("/assets/index-1a2b.js");
    expect([asset.statusCode, asset.headers["cache-control"]]).toEqual([200, "public, max-age=31536000, immutable"]);
    for (const path of ["/assets/../index.html", "/assets/..%2f..%2fsecret.txt", "/assets/", "/assets/none.js"]) {
      const { statusCode, body } = await http.inject(path);
      expect(statusCode).toBeGreaterThanOrEqual(400);
      expect(body).not.toContain("secret");
    }
  });
});

describe("a server whose console is built anew while it runs", () => {
  it("sends the page and the assets of the new build", async () => {
    const built = join(folder, "console");
    mkdirSync(join(built, "assets"), { recursive: true });
    writeFileSync(join(built, "index.html"), "old");
    await serveConsole(http, built);
    expect((await http.inject("/")).body).toBe("old");
    rmSync(built, { recursive: true });
    mkdirSync(join(built, "assets"), { recursive: true });
    writeFileSync(join(built, "index.html"), "new");
    writeFileSync(join(built, "assets/new.js"), "2;");
    expect((await http.inject("/")).body).toBe("new");
    expect((await http.inject("/assets/new.js")).body).toBe("2;");
  });
});

describe("a server where the console is not built", () => {
  it("says at / how to get it, and serves everything else", async () => {
    await serveConsole(http, null);
    http.get("/healthz", async () => ({ status: "ok" }));
    const page = await http.inject("/");
    expect(page.statusCode).toBe(404);
    expect(page.json()).toMatchObject({
      errors: [{ message: expect.stringContaining("npm run build"), extensions: { code: "NOT_FOUND" } }],
    });
    expect((await http.inject("/healthz")).statusCode).toBe(200);
  });
});
