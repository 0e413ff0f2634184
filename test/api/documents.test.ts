import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import {
  CREATE_DOCUMENT,
  download,
  expectNothing,
  type FormPart,
  fileOf,
  filesIn,
  PDF,
  upload,
  uploaded,
} from "./files";
import { type Caller, callerOf, ID, STAFF } from "./staff";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
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

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of buffers that are in use, by the client and the service, which share this process. */
function heldNow(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
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
    const { createDocument } = await owner.read<{ createDocument: { id: string } }>(CREATE_DOCUMENT, { input });
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
    expect(await owner.ask(CREATE_DOCUMENT, { input })).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }],
    });
    await expectNothing(latchkey);
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
    await expectNothing(latchkey);
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
    expect(await latchkey.store.select("SELECT id FROM document", [])).toHaveLength(1);
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
