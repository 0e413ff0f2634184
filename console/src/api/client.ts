import type { Operation } from "./operation";

/** What the service answered instead of data, or that it could not be reached (`code` UNREACHABLE). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    message: string,
    /** The argument at fault, e.g. `input.name` or `input.grants[0].fields`; null when it is none in particular. */
    readonly field: string | null = null,
    /** Seconds after which to try again, of a RATE_LIMITED. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

interface Reply<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly field?: string };
  }[];
}

let whenSignedOut: () => void = () => undefined;

/** Says what to do when a reply tells that there is no session any more. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

/**
 * Runs an operation with the session cookie. Throws an ApiError unless there is data and no error: the console never shows half an
 * answer.
 */
export async function request<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await post(operation.text, variables);
  const reply = await readReply<Data>(response);
  const [error] = reply.errors ?? [];
  if (error === undefined && reply.data != null) return reply.data;
  const code = error?.extensions?.code ?? "INTERNAL";
  if (code === "UNAUTHENTICATED") whenSignedOut();
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  throw new ApiError(
    code,
    error?.message ?? "The service answered nothing.",
    error?.extensions?.field ?? null,
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

async function post(query: string, variables: unknown): Promise<Response> {
  try {
    return await fetch("/graphql", {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
        "apollographql-client-name": "latchkey console",
      },
      body: JSON.stringify({ query, variables }),
    });
  } catch {
    throw new ApiError("UNREACHABLE", "The service cannot be reached. Check the connection, and try again.");
  }
}

async function readReply<Data>(response: Response): Promise<Reply<Data>> {
  try {
    return (await response.json()) as Reply<Data>;
  } catch {
    throw new ApiError("UNREACHABLE", `What answers is not Latchkey (status ${response.status}).`);
  }
}
