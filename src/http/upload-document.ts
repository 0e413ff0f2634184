import type { FastifyReply, FastifyRequest } from "fastify";
import { type OperationDefinitionNode, parse } from "graphql";
import { planOf } from "../access/action-plan";
import { decide } from "../access/decide";
import { Action } from "../access/grant";
import { bindPlan } from "../access/plan";
import type { RefusalTrail } from "../audit/refusal-trail";
import { cleanFileName } from "../documents/file-name";
import { ContentTooLarge } from "../documents/inspect-content";
import { hasBit } from "../kernel/bitset";
import { badInput, ServiceError } from "../kernel/service-error";
import { type Attached, endAttached } from "../resources/attachment";
import { document } from "../resources/document/document.resource";
import { receiveContent } from "../resources/document/document-content";
import type { Node } from "../resources/read-mapper";
import { readRecord } from "../resources/read-record";
import type { Selection } from "../resources/read-selection";
import { createRecord } from "../resources/write-record";
import { noteRefusal, noteRefusedOperation } from "./audit-refusals";
import { type DocumentForm, malformedForm, readDocumentForm } from "./document-form";
import { HttpFault } from "./http-fault";
import { RefusedRequest, refusalErrors } from "./refusal";
import type { RequestState } from "./request-state";

/** An upload is decided as this mutation, coordinate by coordinate. */
const MUTATION = parse("mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { __typename } }");
const OPERATION = MUTATION.definitions[0] as OperationDefinitionNode;
/** What boundaries, headers and fields of a form take beside the file, at most. */
const FORM_BYTES = 64 * 1024;
const ANSWERED = ["title", "category", "fileName", "mimeType", "size", "createdAt"] as const;
const NOTHING: Selection = { columns: [], relations: [], hasLists: false, key: "" };

/** What the route needs of the server. */
export interface UploadParts {
  readonly trail: RefusalTrail;
  readonly mostBytes: number;
  /** Who the sender is by now and what that may do; throws where nobody any more. */
  current(): Promise<RequestState>;
}

/**
 * `POST /documents`: makes a document of a form's fields and file.
 *
 * It is decided exactly as `createDocument` with these fields would be, when the fields are read and before any content is taken; whoever
 * may create no document at all is refused before the body is read.
 */
export async function uploadDocument(
  { trail, mostBytes, current }: UploadParts,
  begun: RequestState,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<object> {
  requireForm(request, mostBytes);
  requireGranted(trail, begun, { content: "" });
  const form = await readDocumentForm(request);
  const fileName = cleanFileName(form.fileName);
  const input = { ...form.fields, fileName };
  requireGranted(trail, begun, { ...input, content: "" });
  for (const name of ["employeeId", "title"]) {
    if (!Object.hasOwn(input, name)) throw badInput(name, "is required, and must come before the file in the form");
  }

  const attached = await receiveFile(begun, request, form, fileName, mostBytes);
  let state = begun;
  const made = await endAttached(attached, async () => {
    await form.end();
    // A body may take minutes: what was revoked meanwhile makes nothing.
    state = await current();
    requireGranted(trail, state, { ...input, content: "" });
    return createRecord(state, document, input, NOTHING, attached);
  }).catch((error: unknown) => {
    noteRefusal(trail, state, "createDocument", error);
    throw inTermsOfForm(error);
  });
  const id = String(made["id"]);
  reply.code(201).header("location", `/documents/${id}/content`);
  return { data: { document: { id, ...(await readable(state, id)) } } };
}

function requireForm(request: FastifyRequest, mostBytes: number): void {
  if (!/^multipart\/form-data\s*;/i.test(request.headers["content-type"] ?? "")) {
    throw new HttpFault(415, "The request body must be a form: send `content-type: multipart/form-data`.");
  }
  if (Number(request.headers["content-length"] ?? 0) > mostBytes + FORM_BYTES) throw tooLarge(mostBytes);
}

/** Throws the refusal of the mutation with this input; without fields, that of whoever may create nothing whatever they give. */
function requireGranted(trail: RefusalTrail, state: RequestState, input: Readonly<Record<string, string>>): void {
  const compiled = state.compiler.compile(MUTATION);
  if (compiled.kind !== "ready") throw new Error("the schema has no createDocument as uploads know it");
  const variables = { input };
  const bound = bindPlan(compiled.planFor(OPERATION), variables);
  const decision = decide(bound, state.scope, state.ownerScope);
  if (!decision.allowed) {
    const errors = refusalErrors(decision.refusals, state);
    noteRefusedOperation(
      trail,
      state,
      { operation: OPERATION, variables },
      decision.refusals,
      String(errors[0]?.extensions?.["code"]),
    );
    throw new RefusedRequest(errors);
  }
  state.bound = bound;
}

async function receiveFile(
  state: RequestState,
  request: FastifyRequest,
  { file }: DocumentForm,
  fileName: string,
  mostBytes: number,
): Promise<Attached> {
  let broken: Error | null = null;
  file.once("error", (error) => {
    broken = error;
  });
  try {
    return await receiveContent(state, file, fileName, mostBytes);
  } catch (error) {
    if (error instanceof ContentTooLarge) throw tooLarge(mostBytes);
    // A form that breaks off is its sender's fault; a disk that does is not.
    throw broken === null && !request.raw.destroyed ? error : malformedForm(broken ?? error);
  }
}

/** The mutation's `input.title` is the form's `title`. */
function inTermsOfForm(error: unknown): unknown {
  if (!(error instanceof ServiceError) || !String(error.details["field"]).startsWith("input.")) return error;
  const field = String(error.details["field"]).replace("input.", "");
  return new ServiceError(error.code, error.message.replace("input.", ""), { ...error.details, field }, error);
}

function tooLarge(mostBytes: number): HttpFault {
  return new HttpFault(413, `file must have at most ${mostBytes} bytes`, "file");
}

/** Of the new document, what the principal may read of all documents there, or nothing but the id that it made. */
async function readable(state: RequestState, id: string): Promise<Node | null> {
  const held = state.index.bitsOf(document.name, Action.READ)?.fields;
  const columns = ANSWERED.filter((name) => {
    const bit = held?.get(name);
    return bit !== undefined && hasBit(state.scope.bits, bit);
  });
  if (columns.length === 0) return null;
  state.bound = bindPlan(
    planOf(
      state.index,
      columns.map((name) => `${document.typeName}.${name}`),
    ),
    {},
  );
  return readRecord(state, document, id, { columns, relations: [], hasLists: false, key: columns.join() });
}
