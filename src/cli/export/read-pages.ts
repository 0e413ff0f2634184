import { type DocumentNode, type GraphQLSchema, parse } from "graphql";
import { LARGEST_PAGE } from "../../connection/page-args";
import type { RequestContext } from "../../context";
import type { Authenticated } from "../../http/request-state";
import { runOperation } from "../../http/run-operation";
import type { Resource } from "../../resources/resource";
import type { ContentsFolder } from "./contents-folder";
import type { ExportColumn } from "./export-columns";
import type { Identify } from "./export-principal";

/** What is exported. */
export interface ExportRequest {
  readonly resource: Resource;
  readonly columns: readonly ExportColumn[];
  /** As in the API, e.g. `{ lastName: { startsWith: "K" } }`; null for every record. */
  readonly filter: Readonly<Record<string, unknown>> | null;
  /** Where the contents of the records go; the last of `columns` is then `contentColumn`'s. */
  readonly contents?: ContentsFolder;
}

/** Records of a page with contents: a key that is revoked under a long export should not get hundreds of files more. */
const PAGE_WITH_CONTENTS = 20;

/** Records of one page, as text. */
export interface ExportPage {
  readonly who: Authenticated;
  readonly rows: readonly (readonly string[])[];
}

interface Connection {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * The records in order of creation, page by page, each read by a GraphQL operation of its own: identified, decided and limited to
 * rows anew, so that what changes under a long export counts from the very next page.
 */
export async function* readPages(
  ctx: RequestContext,
  schema: GraphQLSchema,
  identify: Identify,
  request: ExportRequest,
): AsyncGenerator<ExportPage> {
  const { resource, columns, filter } = request;
  const document = documentOf(request);
  let after: string | null = null;
  for (;;) {
    const who: Authenticated = await identify();
    const variables = {
      first: request.contents ? PAGE_WITH_CONTENTS : LARGEST_PAGE,
      after,
      ...(filter !== null && { filter }),
    };
    const data = await runOperation(ctx, who, { schema, document, variables });
    const { nodes, pageInfo } = data[resource.plural] as Connection;
    yield { who, rows: nodes.map((node) => columns.map((column) => column.cellOf(node))) };
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

function documentOf({ resource, columns, filter }: ExportRequest): DocumentNode {
  const { plural, typeName } = resource;
  const [declared, given] = filter === null ? ["", ""] : [`, $filter: ${typeName}Filter`, ", filter: $filter"];
  return parse(
    `query Export($first: Int, $after: String${declared}) {
       ${plural}(first: $first, after: $after${given}) {
         nodes { ${columns.map(({ selection }) => selection).join(" ")} }
         pageInfo { hasNextPage endCursor }
       }
     }`,
    { noLocation: true },
  );
}
