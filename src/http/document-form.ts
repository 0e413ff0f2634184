import type { Readable } from "node:stream";
import type { MultipartFile, MultipartValue } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { badInput } from "../kernel/service-error";
import { HttpFault } from "./http-fault";

/** What `POST /documents` takes beside the file. */
const FIELDS: ReadonlySet<string> = new Set(["employeeId", "title", "category"]);
const FILE = "file";
/** Longer than any field's longest value; more than that is cut by the parser and refused here. */
const LONGEST_VALUE_BYTES = 4_096;

/** A form as far as the beginning of its file. */
export interface DocumentForm {
  /** Text by field name; what is left empty is left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** As the client calls it: anything. */
  readonly fileName: string;
  /** The content as it arrives. */
  readonly file: Readable;
  /** Resolves once the form is complete and nothing follows the file; call it when `file` is read. */
  end(): Promise<void>;
}

/**
 * Reads the fields of a multipart form, up to its file and no further: what may be done is decided by the fields before any content
 * is taken, so they come first. Throws BAD_USER_INPUT naming the part at fault.
 */
export async function readDocumentForm(request: FastifyRequest): Promise<DocumentForm> {
  const limits = { fields: FIELDS.size + 1, files: 2, parts: FIELDS.size + 2, fieldSize: LONGEST_VALUE_BYTES };
  const parts = partsOf(request, { ...limits, fileSize: Number.POSITIVE_INFINITY });
  const fields: Record<string, string> = {};
  for (let part = await parts(); part !== null; part = await parts()) {
    if (part.type === "file") {
      if (part.fieldname !== FILE) {
        throw badInput(shown(part), `is a file: the part with the file is called ${FILE}`);
      }
      return { fields, fileName: part.filename ?? "", file: part.file, end: () => requireEnd(parts) };
    }
    takeField(fields, part);
  }
  throw badInput(FILE, "is required: send the content as a part with a file name");
}

function takeField(fields: Record<string, string>, part: MultipartValue): void {
  const { fieldname: name, value } = part;
  if (name === FILE) throw badInput(FILE, "must be a file: give its part a file name");
  if (!FIELDS.has(name)) {
    throw badInput(shown(part), `is not a field of this form: it has ${[...FIELDS, FILE].join(", ")}`);
  }
  if (Object.hasOwn(fields, name)) throw badInput(name, "is given twice");
  if (part.valueTruncated) throw badInput(name, `must have at most ${LONGEST_VALUE_BYTES} bytes`);
  if (typeof value !== "string") throw badInput(name, "must be text");
  // A form that people fill in has its empty fields too.
  if (value !== "") fields[name] = value;
}

async function requireEnd(parts: () => Promise<Part | null>): Promise<void> {
  const further = await parts();
  if (further === null) return;
  if (further.type === "file") throw badInput(FILE, "must be one file");
  throw badInput(shown(further), "must come before the file");
}

function shown({ fieldname }: Part): string {
  return fieldname.slice(0, 60);
}

type Part = MultipartFile | MultipartValue;

/** The next part, or null after the last; whatever the parser says of a form that it cannot read is the client's fault. */
function partsOf(request: FastifyRequest, limits: object): () => Promise<Part | null> {
  let iterator: AsyncIterator<Part>;
  return async () => {
    try {
      iterator ??= request.parts({ limits });
      const { value, done } = await iterator.next();
      return done ? null : (value as Part);
    } catch (error) {
      throw malformedForm(error);
    }
  };
}

/** The answer to a form that cannot be read. */
export function malformedForm(error: unknown): HttpFault {
  const { code, message } = error as { code?: string; message?: string };
  if (code === "FST_FIELDS_LIMIT" || code === "FST_PARTS_LIMIT" || code === "FST_FILES_LIMIT") {
    return new HttpFault(400, `The form has too many parts: it has ${[...FIELDS, FILE].join(", ")}, each once.`);
  }
  if (/Unexpected end|terminated early|premature/i.test(message ?? "")) {
    return new HttpFault(400, "The form ends too early.", FILE);
  }
  return new HttpFault(400, "The request body is not a well-formed multipart/form-data form.");
}
