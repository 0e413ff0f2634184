import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { download, type FormPart, fileOf, filesIn, upload, uploaded } from "./files";
import { type Caller, callerOf, ID, keyWith, personWith, STAFF } from "./staff";

const PDF = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(2_000, "x")]);
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const CREATE =
  "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id mimeType size fileName } }";
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

const rows = () => latchkey.store.select<{ id: string }>("SELECT id FROM document", []);
const content = () => latchkey.store.select<{ id: string }>("SELECT id FROM document_content", []);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of buffers that are in use, by the client and the service, which share this process. */
function heldNow(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** Nothing is stored: neither record nor content, nor anything that was to become content. */
async function expectNothing(): Promise<void> {
  expect(await rows()).toEqual([]);
  expect(await filesIn(latchkey.documentsDir)).toEqual([]);
  expect(await content()).toEqual([]);
}

describe("a document that is uploaded", () => {
  it("is read, listed, filtered, sorted, found below its employee, changed and deleted with its content", async () => {
    const before = new Date(latchkey.clock.now()).toISOString();
    const reply = await upload(latchkey, owner.token, fileOf(ID.bo, PDF, { category: "CONTRACT" }));
    expect(reply).toMatchObject({
      status: 201,
      data: {
        document: {
          title: "Contract",
          category: "CONTRACT",
          fileName: "contract.pdf",
          mimeType: "application/pdf",
          size: PDF.length,
        },
      },
    });
    const { id, createdAt } = (reply.data as { document: object }).document as { id: string; createdAt: string };
    expect(createdAt >= before).toBe(true);
    expect(reply.headers.get("location")).toBe(`/documents/${id}/content`);
    await uploaded(latchkey, owner.token, fileOf(ID.cy, "later", { title: "Another", name: "a.txt" }));

    expect(
      await owner.read(
        `query ($id: ID!, $createdAt: DateTime!) {
          document(id: $id) { title createdAt contentPath employee { firstName } }
          documents(filter: { size: { gt: 100 }, createdAt: { lte: $createdAt } }) { totalCount nodes { id } }
          sorted: documents(sort: [{ createdAt: DESC }], first: 1) { nodes { title } pageInfo { endCursor } }
          employees(filter: { firstName: { eq: "Bo" } }) { nodes { documents { totalCount nodes { fileName } } } }
        }`,
        { id, createdAt },
      ),
    ).toEqual({
      document: {
        title: "Contract",
        createdAt,
        contentPath: `/documents/${id}/content`,
        employee: { firstName: "Bo" },
      },
      documents: { totalCount: 1, nodes: [{ id }] },
      sorted: { nodes: [{ title: "Another" }], pageInfo: { endCursor: expect.any(String) } },
      employees: { nodes: [{ documents: { totalCount: 1, nodes: [{ fileName: "contract.pdf" }] } }] },
    });
    expect(
      await owner.read(
        'mutation ($id: ID!) { updateDocument(id: $id, input: { title: "Signed", category: null, version: 1 }) { title category version fileName } }',
        { id },
      ),
    ).toEqual({ updateDocument: { title: "Signed", category: null, version: 2, fileName: "contract.pdf" } });
    expect(await filesIn(latchkey.documentsDir)).toHaveLength(2);
    await owner.read("mutation ($id: ID!) { deleteDocument(id: $id, version: 2) { id } }", { id });
    expect(await filesIn(latchkey.documentsDir)).toHaveLength(1);
    expect((await download(latchkey, owner.token, id)).status).toBe(404);
  });

  it("pages by the moment of its upload", async () => {
    for (const title of ["One", "Two", "Three"]) {
      await uploaded(latchkey, owner.token, fileOf(ID.bo, title, { title }));
      latchkey.clock.advance(5);
    }
    const page =
      "query ($after: String) { documents(first: 2, after: $after, sort: [{ createdAt: DESC }]) { nodes { title } pageInfo { endCursor hasNextPage } } }";
    const first = await owner.read<{ documents: { pageInfo: { endCursor: string } } }>(page);
    expect(first).toMatchObject({
      documents: { nodes: [{ title: "Three" }, { title: "Two" }], pageInfo: { hasNextPage: true } },
    });
    expect(await owner.read(page, { after: first.documents.pageInfo.endCursor })).toMatchObject({
      documents: { nodes: [{ title: "One" }], pageInfo: { hasNextPage: false } },
    });
  });

  it.each([
    ["a PNG that is called a text", PNG, "note.txt", "text/plain", "image/png"],
    ["a text, by its extension", "Größe;1\n", "pay.csv", "application/pdf", "text/csv"],
    ["a text of an extension that says nothing", "hello", "hello.xyz", "text/html", "application/octet-stream"],
    [
      "HTML, which no browser is told to show",
      "<!doctype html><script>1</script>",
      "a.html",
      "text/html",
      "application/octet-stream",
    ],
    [
      "bytes that are no text under a text's name",
      Buffer.from([0x61, 0xff, 0xfe, 0x00]),
      "a.txt",
      "text/plain",
      "application/octet-stream",
    ],
    ["an empty file", "", "empty.txt", "", "text/plain"],
  ])("has the type that its content shows: %s", async (_what, bytes, name, type, expected) => {
    const parts: FormPart[] = [
      ["employeeId", ID.bo],
      ["title", "T"],
      ["file", { content: bytes, name, type }],
    ];
    const reply = await upload(latchkey, owner.token, parts);
    expect(reply.data?.document).toMatchObject({ mimeType: expected, size: Buffer.byteLength(bytes) });
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\bo\\pay.pdf", "pay.pdf"],
    ["..", "document"],
    ["exe\u202efdp.pdf", "exefdp.pdf"],
    [`${"ä".repeat(300)}.pdf`, `${"ä".repeat(251)}.pdf`],
    ["what?*.pdf", "what__.pdf"],
  ])("is called by a name without tricks: %j", async (name, expected) => {
    const reply = await upload(latchkey, owner.token, fileOf(ID.bo, "x", { name }));
    expect(reply.data?.document).toMatchObject({ fileName: expected });
    expect((await filesIn(latchkey.documentsDir)).every((path) => path.startsWith(latchkey.documentsDir))).toBe(true);
  });

  it("does not grow the service's memory by its size", async () => {
    const big = await startLatchkey({ documentsMaxBytes: 200 * 1024 * 1024 });
    try {
      await load(big.store, STAFF);
      const piece = Buffer.alloc(1024 * 1024, 7);
      const boundary = "xyz";
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="employeeId"\r\n\r\n${ID.bo}\r\n--${boundary}\r\ncontent-disposition: form-data; name="title"\r\n\r\nBig\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="big.bin"\r\n\r\n`;
      let most = 0;
      // Now and then: a full collection takes a while.
      const look = (at: number): void => {
        if (at % 30 === 0) most = Math.max(most, heldNow());
      };
      const before = heldNow();
      const sending = request(`${big.url}/documents`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${big.ownerToken}`,
          "content-type": `multipart/form-data; boundary=${boundary}`,
        },
      });
      const answered = once(sending, "response") as Promise<[IncomingMessage]>;
      sending.write(head);
      for (let at = 1; at <= 120; at++) {
        if (!sending.write(piece)) await once(sending, "drain");
        look(at);
      }
      sending.end(`\r\n--${boundary}--\r\n`);
      const [response] = await answered;
      expect(response.statusCode).toBe(201);
      const { data } = (await json(response)) as { data: { document: { id: string } } };
      const back = await download(big, big.ownerToken, data.document.id);
      let size = 0;
      for await (const part of back.body as unknown as AsyncIterable<Uint8Array>) {
        const passed = Math.floor(size / piece.length);
        size += part.length;
        if (Math.floor(size / piece.length) > passed) look(passed + 1);
      }
      expect(size).toBe(120 * 1024 * 1024);
      expect(most - before).toBeLessThan(40 * 1024 * 1024);
    } finally {
      await big.stop();
    }
  });

  it("can come by createDocument when it is small", async () => {
    const input = { employeeId: ID.bo, title: "Photo", fileName: "bo.jpg", content: PNG.toString("base64") };
    const { createDocument } = await owner.read<{ createDocument: { id: string } }>(CREATE, { input });
    expect(createDocument).toMatchObject({ mimeType: "image/png", size: PNG.length, fileName: "bo.jpg" });
    const back = await download(latchkey, owner.token, createDocument.id);
    expect(Buffer.from(await back.arrayBuffer()).equals(PNG)).toBe(true);
  });

  it.each([
    ["content", { content: "no Base64!" }],
    ["fileName", { fileName: "a/b.pdf" }],
    ["fileName", { fileName: ".." }],
    ["fileName", { fileName: "slip\u202efdp.exe" }],
    ["fileName", { fileName: "a:b.pdf" }],
    ["title", { title: " " }],
    ["employeeId", { employeeId: ID.nobody }],
  ])("by createDocument is refused with a bad %s, and leaves nothing", async (field, wrong) => {
    const input = { employeeId: ID.bo, title: "Photo", fileName: "bo.jpg", content: PNG.toString("base64"), ...wrong };
    expect(await owner.ask(CREATE, { input })).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }],
    });
    await expectNothing();
  });
});

describe("content that two documents share", () => {
  it("is stored once, and goes with the last of them", async () => {
    const [first, second] = [
      await uploaded(latchkey, owner.token, fileOf(ID.bo, PDF)),
      await uploaded(latchkey, owner.token, fileOf(ID.cy, PDF)),
    ];
    expect(await filesIn(latchkey.documentsDir)).toHaveLength(1);
    await owner.read("mutation ($id: ID!) { deleteDocument(id: $id) { id } }", { id: first });
    expect((await download(latchkey, owner.token, second)).status).toBe(200);
    await owner.read("mutation ($id: ID!) { deleteDocument(id: $id) { id } }", { id: second });
    await expectNothing();
  });

  it("is never lost to a deletion at the moment of an upload", async () => {
    let last = await uploaded(latchkey, owner.token, fileOf(ID.bo, PDF));
    for (let round = 0; round < 15; round++) {
      const [next] = await Promise.all([
        uploaded(latchkey, owner.token, fileOf(ID.cy, PDF)),
        owner.read("mutation ($id: ID!) { deleteDocument(id: $id) { id } }", { id: last }),
      ]);
      last = next;
      expect((await download(latchkey, owner.token, last)).status).toBe(200);
    }
    expect(await filesIn(latchkey.documentsDir)).toHaveLength(1);
  });

  it("keeps its employee from being deleted", async () => {
    await uploaded(latchkey, owner.token, fileOf(ID.gus, PDF));
    expect(await owner.ask("mutation ($id: ID!) { deleteEmployee(id: $id) { id } }", { id: ID.gus })).toMatchObject({
      status: 409,
      errors: [{ extensions: { code: "CONFLICT" } }],
    });
    expect(await rows()).toHaveLength(1);
  });

  it("is swept when a crash left it, once it is old, and not while a document has it", async () => {
    const kept = await uploaded(latchkey, owner.token, fileOf(ID.bo, "kept"));
    const gone = await uploaded(latchkey, owner.token, fileOf(ID.bo, "gone"));
    await latchkey.store.transaction((tx) => tx.query("DELETE FROM document WHERE id = ?", [gone]));
    await latchkey.contents.sweep();
    expect(await filesIn(latchkey.documentsDir)).toHaveLength(2);
    latchkey.clock.advance(2 * 3_600_000);
    const token = await latchkey.signIn("owner@example.com", "correct horse battery staple");
    await latchkey.contents.sweep();
    expect(await filesIn(latchkey.documentsDir)).toHaveLength(1);
    expect((await download(latchkey, token, kept)).status).toBe(200);
    owner = callerOf(latchkey, token);
  });
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
    await expectNothing();
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
    await expectNothing();
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
    await expectNothing();
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
    await expectNothing();
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
    await expectNothing();
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
    await expectNothing();
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
    await expectNothing();
    expect(latchkey.logged()).not.toContain("unexpected error");
  });

  it("is told that the fields come before the file", async () => {
    const { errors } = await upload(latchkey, owner.token, [file, ...fields]);
    expect(errors?.[0]?.message).toBe("employeeId is required, and must come before the file in the form");
    await expectNothing();
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
    await expectNothing();
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
    await expectNothing();
    expect(latchkey.logged()).not.toContain("unexpected error");
    socket.destroy();
  });
});
