import type { ResourceField } from "../../resources/field";
import { text } from "../../resources/field-text";
import type { Resource } from "../../resources/resource";
import { FILE_HEADER } from "../csv/column-header";
import type { ImportColumn } from "./import-column";

/** What operating systems take for a path, at most. */
const LONGEST_PATH = 4096;

/** What records of a kind have outside of their table, e.g. the content of a document. */
export interface ImportedContent {
  /** Holds the path of the content below the folder of the run; read and not written. */
  readonly file: ImportColumn;
  /** What the content itself says, written beside the columns of the file: the digest, and whatever only the service sets. */
  readonly found: readonly ImportColumn[];
  /** The one of `found` that tells contents apart. */
  readonly digest: ResourceField;
}

/** The content of a resource's records; null where they have none. */
export function contentOf({ attachment, fields }: Resource): ImportedContent | null {
  if (attachment === undefined) return null;
  const described = fields.filter(({ setBy, kind }) => setBy === "service" && kind !== "instant");
  const digest = named(attachment.column, { maxLength: 64, description: "SHA-256 of the content." });
  const file = named(FILE_HEADER, { maxLength: LONGEST_PATH, description: "Path of the content." });
  return { file: columnOf(file), found: [...described, digest].map(columnOf), digest };
}

function named(name: string, options: { readonly maxLength: number; readonly description: string }): ResourceField {
  return { ...text({ required: true, ...options }), name, column: name };
}

function columnOf(field: ResourceField): ImportColumn {
  return { header: field.name, aliases: [], field, rules: field, never: [] };
}
