import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { expectNothing, type FormPart, fileOf, filesIn, PDF, upload } from "./files";
import { type Caller, callerOf, ID, keyWith, personWith, STAFF } from "./staff";

const MOST = 3 * 1024 * 1024;

let latchkey: TestLatchkey;
let owner: Caller;
beforeAll(async () => {
  latchkey = await startLatchkey({ documentsMaxBytes: MOST });
  owner = callerOf(latchkey, latchkey.ownerToken);
});
afterAll(() => latchkey.stop());
beforeEach(async () => {
  await load(latchkey.store, STAFF);
  for (const { id } of await latchkey.store.select<{ id: string }>("SELECT id FROM document_content", []))
    await latchkey.contents.release(id);
});

describe("an upload on its way", () => {
  const FORM = { "content-type": "multipart/form-data; boundary=b" };
  const part = (name: string, value: string, more = "") =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}`;

  /** Sends a form, and its end only after `meanwhile`. */
  const interrupted = (token: string, meanwhile: () => Promise<unknown>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...FORM, authorization: `Bearer ${token}` };
      const sent = request(`${latchkey.url}/documents`, { method: "POST", headers }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode));
      });
      sent.once("error", reject);
      const parts = [part("employeeId", ID.bo), part("title", "T"), part("file", "begun", '; filename="a.txt"')];
      sent.write(parts.join("\r\n"), () => {
        setTimeout(() => meanwhile().then(() => sent.end("\r\n--b--\r\n"), reject), 200);
      });
    });

  it("makes nothing once its key is revoked, or may no more, before its end", async () => {
    const grants = [{ resource: "document", actions: ["CREATE"] }] as const;
    const [revoked, narrowed, untouched] = [
      await keyWith(latchkey, grants),
      await keyWith(latchkey, grants),
      await keyWith(latchkey, grants),
    ];
    const revoke = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }";
    expect(await interrupted(revoked.token, () => owner.read(revoke, { id: revoked.apiKeyId }))).toBe(401);
    const narrow = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }";
    const input = { grants: [{ resource: "document", actions: ["CREATE"], rows: { employeeIds: [ID.cy] } }] };
    expect(await interrupted(narrowed.token, () => owner.read(narrow, { id: narrowed.apiKeyId, input }))).toBe(403);
    await expectNothing(latchkey);
    expect(await interrupted(untouched.token, async () => undefined)).toBe(201);
  });
});

describe("an upload that may not be", () => {
  const ALL = ["employee", "title", "category", "fileName"];

  it.each([
    ["without a credential", null, 401, "UNAUTHENTICATED"],
    ["with a key that is nobody's", "lk_live_nothing", 401, "UNAUTHENTICATED"],
  ])("%s leaves nothing", async (_what, token, status, code) => {
    expect(await upload(latchkey, token, fileOf(ID.bo, PDF))).toMatchObject({
      status,
      errors: [{ extensions: { code } }],
    });
    await expectNothing(latchkey);
  });

  it("for want of CREATE names what is missing and is put on record", async () => {
    const key = await keyWith(latchkey, [{ resource: "document", actions: ["READ", "DOWNLOAD"] }]);
    const reply = await upload(latchkey, key.token, fileOf(ID.bo, PDF));
    expect(reply).toMatchObject({
      status: 403,
      errors: expect.arrayContaining([
        expect.objectContaining({
          extensions: expect.objectContaining({ code: "FORBIDDEN_FIELD", missing: "document:CREATE", deniedBy: "KEY" }),
        }),
      ]),
    });
    await expectNothing(latchkey);
    await delay(300);
    const noted = await latchkey.store.select(
      "SELECT id FROM audit_event WHERE action = 'request.refused' AND actorId IS NOT NULL",
      [],
    );
    expect(noted.length).toBeGreaterThan(0);
  });

  it("for want of CREATE on one field names that field", async () => {
    const key = await keyWith(latchkey, [
      { resource: "document", actions: ["CREATE"], fields: ["employee", "title", "fileName"] },
    ]);
    expect(await upload(latchkey, key.token, fileOf(ID.bo, PDF, { category: "X" }))).toMatchObject({
      status: 403,
      errors: [
        {
          extensions: {
            code: "FORBIDDEN_FIELD",
            coordinate: "CreateDocumentInput.category",
            missing: "document.category:CREATE",
          },
        },
      ],
    });
    await expectNothing(latchkey);
    const reply = await upload(latchkey, key.token, fileOf(ID.bo, PDF));
    expect(reply.status).toBe(201);
    expect(reply.data).toEqual({ document: { id: expect.any(String) } });
  });

  it("to a folder outside of the rows of CREATE leaves nothing", async () => {
    const key = await keyWith(latchkey, [
      { resource: "document", actions: ["CREATE"], fields: ALL, rows: { departmentIds: [ID.sales] } },
    ]);
    expect(await upload(latchkey, key.token, fileOf(ID.cy, PDF))).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: "OUT_OF_SCOPE" } }],
    });
    await expectNothing(latchkey);
    expect((await upload(latchkey, key.token, fileOf(ID.bo, PDF))).status).toBe(201);
  });

  it("is allowed to one's own folder by SELF, and answers what one may read", async () => {
    const di = await personWith(
      latchkey,
      [
        {
          resource: "document",
          actions: ["CREATE", "READ"],
          fields: ["employee", "title", "fileName"],
          rows: { self: true },
        },
      ],
      ID.di,
    );
    const reply = await upload(latchkey, di.token, fileOf(ID.di, PDF));
    expect(reply.data?.document).toEqual({ id: expect.any(String), title: "Contract", fileName: "contract.pdf" });
    expect((await upload(latchkey, di.token, fileOf(ID.bo, PDF))).status).toBe(403);
  });

  it("by a cookie needs a header that no form of another site can send", async () => {
    const signedIn = await latchkey.query(
      'mutation { signIn(email: "owner@example.com", password: "correct horse battery staple") { user { id } } }',
    );
    const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] as string;
    expect(await upload(latchkey, null, fileOf(ID.bo, PDF), { cookie })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: "Apollo-Require-Preflight" } }],
    });
    await expectNothing(latchkey);
    const headers = { cookie, "apollo-require-preflight": "true" };
    expect((await upload(latchkey, null, fileOf(ID.bo, PDF), headers)).status).toBe(201);
  });
});

describe("an upload that is not well-formed", () => {
  const fields: FormPart[] = [
    ["employeeId", ID.bo],
    ["title", "T"],
  ];
  const file: FormPart = ["file", { content: PDF, name: "a.pdf" }];

  it.each<[string, number, string, FormPart[]]>([
    ["without a file", 400, "file", fields],
    ["with a field after the file", 400, "title", [["employeeId", ID.bo], ["title", "T"], file, ["title", "U"]]],
    ["with two files", 400, "file", [...fields, file, file]],
    ["without a title", 400, "title", [["employeeId", ID.bo], file]],
    ["without an employee", 400, "employeeId", [["title", "T"], file]],
    ["of an employee that there is not", 400, "employeeId", [["employeeId", ID.nobody], ["title", "T"], file]],
    ["with a field that it does not have", 400, "size", [...fields, ["size", "1"], file]],
    ["with a field twice", 400, "title", [...fields, ["title", "U"], file]],
    ["with a title that is too long", 400, "title", [["employeeId", ID.bo], ["title", "x".repeat(201)], file]],
    ["with a file of another name", 400, "attachment", [...fields, ["attachment", { content: PDF, name: "a.pdf" }]]],
    ["that is too large", 413, "file", [...fields, ["file", { content: Buffer.alloc(MOST + 1), name: "a.bin" }]]],
    ["that is far too large", 413, "file", [...fields, ["file", { content: Buffer.alloc(2 * MOST), name: "a.bin" }]]],
  ])("%s is refused (%i, %s) and leaves nothing", async (_what, status, field, parts) => {
    expect(await upload(latchkey, owner.token, parts)).toMatchObject({
      status,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field } }],
    });
    await expectNothing(latchkey);
    expect(latchkey.logged()).not.toContain("unexpected error");
  });

  it("is told that the fields come before the file", async () => {
    const { errors } = await upload(latchkey, owner.token, [file, ...fields]);
    expect(errors?.[0]?.message).toBe("employeeId is required, and must come before the file in the form");
    await expectNothing(latchkey);
  });

  it("takes a file of exactly the largest size", async () => {
    const parts: FormPart[] = [...fields, ["file", { content: Buffer.alloc(MOST), name: "a.bin" }]];
    expect((await upload(latchkey, owner.token, parts)).status).toBe(201);
  });

  it.each([
    ["application/json", "{}", 415],
    ["text/plain", "x", 415],
    ["multipart/form-data; boundary=x", "no form at all", 400],
    ["multipart/form-data; x=y", "--x--", 400],
  ])("as %s is refused", async (type, body, status) => {
    const response = await fetch(`${latchkey.url}/documents`, {
      method: "POST",
      headers: { authorization: `Bearer ${owner.token}`, "content-type": type },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    await expectNothing(latchkey);
    expect(latchkey.logged()).not.toContain("unexpected error");
  });

  it.each([
    ["the connection", false],
    ["the form", true],
  ])("that breaks off with %s leaves nothing", async (_what, isFormOnly) => {
    const { hostname, port } = new URL(latchkey.url);
    const part = (name: string, more = "") => `--b\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
    const body = `${part("employeeId")}${ID.bo}\r\n${part("title")}T\r\n${part("file", '; filename="a.bin"')}${"x".repeat(200_000)}`;
    const socket = connect(Number(port), hostname);
    const answered: Buffer[] = [];
    socket.on("data", (piece) => answered.push(piece)).on("error", () => undefined);
    socket.write(
      `POST /documents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.token}\r\ncontent-type: multipart/form-data; boundary=b\r\n` +
        `content-length: ${isFormOnly ? body.length : 900_000}\r\nconnection: close\r\n\r\n${body}`,
    );
    await delay(300);
    if (!isFormOnly) {
      expect(await filesIn(latchkey.documentsDir)).toHaveLength(1);
      socket.destroy();
      await delay(300);
    }
    expect(Buffer.concat(answered).toString()).toMatch(isFormOnly ? /^HTTP\/1.1 400[\s\S]*ends too early/ : /^$/);
    await expectNothing(latchkey);
    expect(latchkey.logged()).not.toContain("unexpected error");
    socket.destroy();
  });
});
