import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Reply, TestLatchkey } from "../support/latchkey";

/** A part of a form, in the order given: text, or a file. */
export type FormPart = readonly [
  name: string,
  value: string | { readonly content: Uint8Array | string; readonly name: string; readonly type?: string },
];

export const PDF = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(2_000, "x")]);
export const CREATE_DOCUMENT =
  "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id mimeType size fileName } }";

interface Uploaded {
  document: { id: string; [field: string]: unknown };
}

const PREFLIGHT = { "apollo-require-preflight": "true" };

/** Posts a form to `/documents` with the credential of `token`, or with `headers` alone. */
export async function upload(
  latchkey: Pick<TestLatchkey, "url">,
  token: string | null,
  parts: readonly FormPart[],
  headers: Record<string, string> = PREFLIGHT,
): Promise<Reply<Uploaded>> {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === "string") form.append(name, value);
    else
      form.append(name, new Blob([value.content as Uint8Array<ArrayBuffer>], { type: value.type ?? "" }), value.name);
  }
  const response = await fetch(`${latchkey.url}/documents`, {
    method: "POST",
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
    body: form,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ...(JSON.parse(text) as object) };
}

/** The parts of an ordinary upload of `content`. */
export function fileOf(
  employeeId: string,
  content: Uint8Array | string,
  { title = "Contract", name = "contract.pdf", category }: { title?: string; name?: string; category?: string } = {},
): FormPart[] {
  const fields: FormPart[] = [
    ["employeeId", employeeId],
    ["title", title],
  ];
  return [
    ...fields,
    ...(category === undefined ? [] : [["category", category] as FormPart]),
    ["file", { content, name }],
  ];
}

/** Id of a document that is uploaded without fail. */
export async function uploaded(...args: Parameters<typeof upload>): Promise<string> {
  const reply = await upload(...args);
  if (reply.status !== 201) throw new Error(`upload answered ${reply.status}: ${reply.text}`);
  return (reply.data as Uploaded).document.id;
}

export function download(
  latchkey: Pick<TestLatchkey, "url">,
  token: string | null,
  id: string,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...init.headers };
  return fetch(`${latchkey.url}/documents/${id}/content`, { ...init, headers });
}

/** Every file below `folder`, staged or kept. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Nothing is stored: neither record nor content, nor anything that was to become content. */
export async function expectNothing({ store, documentsDir }: TestLatchkey): Promise<void> {
  expect(await store.select("SELECT id FROM document", [])).toEqual([]);
  expect(await filesIn(documentsDir)).toEqual([]);
  expect(await store.select("SELECT id FROM document_content", [])).toEqual([]);
}
