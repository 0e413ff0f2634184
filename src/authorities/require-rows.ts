import { Action, type RowScope } from "../access/grant";
import type { Scope } from "../access/scope";
import type { RequestContext, Transaction } from "../context";
import { hasBit } from "../kernel/bitset";
import { ServiceError } from "../kernel/service-error";
import { ID_LENGTH } from "../resources/field-to-one";
import { resourceNamed } from "../resources/resource-map";
import { reachedOf } from "../resources/write-reach";

/** Whose ids each list of a row scope holds. */
const RESOURCES = { departmentIds: "department", employeeIds: "employee" } as const;
const IDS_PER_QUERY = 500;

/** A grant, as far as its rows go. */
interface Named {
  readonly rows?: RowScope | null;
}

type List = keyof typeof RESOURCES;

/**
 * Refuses row scopes that name a department or employee which does not exist, or which the holder may not see: with NOT_FOUND in
 * either case, naming the place, e.g. `input.grants[0].rows.departmentIds[1]`. What the holder's own row scopes name may be named
 * again, seen or not, and so may what `before` names, the grants that these replace.
 */
export async function requireRowsExist(
  ctx: RequestContext,
  tx: Transaction,
  { scope }: { readonly scope: Scope },
  { grants, before }: { readonly grants: readonly Named[]; readonly before: readonly Named[] },
  field: string,
): Promise<void> {
  for (const list of Object.keys(RESOURCES) as List[]) {
    const own = [...scope.rows.values()].flat();
    const kept = before.map(({ rows }) => rows ?? {});
    const named = new Set([...own, ...kept].flatMap((rows) => rows[list] ?? []));
    const places = grants.flatMap(({ rows }, grant) =>
      (rows?.[list] ?? []).map((id, at) => ({ id, place: `${field}[${grant}].rows.${list}[${at}]` })),
    );
    const unknown = places.filter(({ id }) => !named.has(id));
    const seen = await seenOf(ctx, tx, scope, list, [...new Set(unknown.map(({ id }) => id))]);
    const missing = unknown.find(({ id }) => !seen.has(id));
    if (missing === undefined) continue;
    const message = `There is no ${RESOURCES[list]} with the id at ${missing.place}.`;
    throw new ServiceError("NOT_FOUND", message, { field: missing.place });
  }
}

async function seenOf(
  ctx: RequestContext,
  tx: Transaction,
  scope: Scope,
  list: List,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const bit = ctx.index.bitsOf(RESOURCES[list], Action.READ)?.whole;
  if (bit === undefined || !hasBit(scope.bits, bit)) return new Set();
  const found = new Set<string>();
  const wanted = ids.filter((id) => id.length === ID_LENGTH);
  for (let at = 0; at < wanted.length; at += IDS_PER_QUERY) {
    const part = wanted.slice(at, at + IDS_PER_QUERY);
    const rule = scope.rows.get(bit) ?? [];
    for (const id of await reachedOf(ctx, tx, resourceNamed(RESOURCES[list]), part, rule)) found.add(id);
  }
  return found;
}
