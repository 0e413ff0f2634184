import { Action } from "../../access/grant";
import { cleanFileName, LONGEST_FILE_NAME } from "../../documents/file-name";
import { defineResource } from "../define-resource";
import { type FieldKind, parseWith } from "../field";
import { pathTo } from "../field-derived";
import { instant } from "../field-instant";
import { integer } from "../field-number";
import { text } from "../field-text";
import { toOne } from "../field-to-one";
import { Document } from "./document.entity";
import { documentContent } from "./document-content";

const NAME = text({
  required: true,
  maxLength: LONGEST_FILE_NAME,
  pattern: { form: /^[^/\\]*$/, problem: "must be a name without a path" },
  description: "Name of the file, as it is offered on download.",
});
/** What an upload would change of its file's name, `createDocument` refuses. */
const UNFIT = 'must not have invisible characters or any of <>:"|?*, nor begin or end in blanks, nor end in a dot';
const checkName: FieldKind["check"] = (value) =>
  NAME.check(value) ?? (cleanFileName(String(value)) === value ? null : UNFIT);

/**
 * The files in people's folders. What is known of one are fields like any other; its content is fetched by
 * `GET /documents/:id/content`, which needs DOWNLOAD and nothing else. A new one comes by `POST /documents`, or by
 * `createDocument` when it is small.
 */
export const document = defineResource({
  name: "document",
  plural: "documents",
  typeName: "Document",
  description: "A file in a person's folder.",
  entity: Document,
  fields: {
    employee: toOne("employee", {
      required: true,
      description: "Whose folder it is in.",
    }),
    title: text({ required: true, maxLength: 200, description: "What it is, in people's words." }),
    category: text({ maxLength: 60, description: "Kind of document, e.g. CONTRACT or PAYSLIP." }),
    fileName: {
      ...NAME,
      check: checkName,
      parseText: parseWith(checkName, (name) => name, "must be text"),
      setBy: "creation",
    },
    mimeType: {
      ...text({
        required: true,
        maxLength: 255,
        description: "Media type, as the content itself shows it, e.g. application/pdf.",
      }),
      setBy: "service",
    },
    size: { ...integer({ required: true, description: "Bytes of the content." }), setBy: "service" },
    createdAt: instant({ setBy: "service", description: "When it was uploaded." }),
    contentPath: pathTo(
      { before: "/documents/", after: "/content" },
      {
        readBy: Action.DOWNLOAD,
        description:
          "Where to download the content from, below the address of this service. Reveals nothing but the id.",
      },
    ),
  },
  attachment: documentContent,
  rowScopes: {
    departmentIds: { own: "employeeId", resource: "employee", match: "id", where: "departmentId" },
    locations: { own: "employeeId", resource: "employee", match: "id", where: "location" },
    employeeIds: "employeeId",
  },
});
