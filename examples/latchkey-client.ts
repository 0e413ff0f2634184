import { readFileSync } from "node:fs";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { ClientError, GraphQLClient } from "graphql-request";

/** Where Latchkey is, and the key to ask it with. */
export interface Access {
  /** Base URL, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly key: string;
}

/**
 * Reads `LATCHKEY_URL` (`http://127.0.0.1:4000` unless set) and the file that `LATCHKEY_KEY_FILE` names, as the console downloads it.
 * A key is never taken from the command line, where every user of the machine can read it.
 */
export function readAccess(environment: NodeJS.ProcessEnv): Access {
  const keyFile = environment.LATCHKEY_KEY_FILE;
  if (!keyFile) throw new Error("LATCHKEY_KEY_FILE is not set: name the file that holds the API key");
  const key = readFileSync(keyFile, "utf8").trim();
  if (key === "") throw new Error(`${keyFile} is empty: it should hold the API key`);
  return { url: environment.LATCHKEY_URL ?? "http://127.0.0.1:4000", key };
}

/** A list as Latchkey pages it. */
interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

const PAGE_SIZE = 500;

/**
 * Yields every record of a paged query, holding one page at a time. A refusal (the key was revoked, say, between two pages) ends it
 * with an error that says what is missing; there is no half answer.
 */
export async function* everyRecord<Data, Variables extends { first: number; after?: string | null }, Node>(
  access: Access,
  query: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, "first" | "after">,
  pageOf: (data: Data) => Page<Node>,
): AsyncGenerator<Node> {
  const client = new GraphQLClient(`${access.url}/graphql`, { headers: { authorization: `Bearer ${access.key}` } });
  let after: string | null | undefined = null;
  do {
    const { nodes, pageInfo }: Page<Node> = pageOf(
      await client
        .request<Data>(query, { ...variables, first: PAGE_SIZE, after })
        .catch((error: unknown) => Promise.reject(inWords(error, access))),
    );
    yield* nodes;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
}

/** Writes to standard output, and fails where its reader has gone, so that nobody takes for delivered what was not. */
export async function print(text: string): Promise<void> {
  // Without a listener the stream's own event ends the process before the write below can tell.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error) reject(new Error("standard output was closed before everything was written", { cause: error }));
      else resolve();
    });
  });
}

/** Latchkey's own words for a refusal; the library's message repeats the whole request. A server out of reach is named. */
function inWords(error: unknown, { url }: Access): unknown {
  if (!(error instanceof ClientError)) {
    return error instanceof TypeError ? new Error(`${url} cannot be reached (LATCHKEY_URL)`, { cause: error }) : error;
  }
  const messages = (error.response.errors ?? []).map(({ message }) => message);
  return messages.length > 0 ? new Error(messages.join("\n"), { cause: error }) : error;
}
