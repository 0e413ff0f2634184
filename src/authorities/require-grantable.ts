import { grantProblems, missingFrom } from "../access/check-grants";
import type { Action, Grant, RowScope } from "../access/grant";
import { roleScope, type Scope } from "../access/scope";
import type { RequestContext, Transaction } from "../context";
import { badInput, ServiceError } from "../kernel/service-error";
import type { GrantInput, RowScopeInput } from "./grant.input";
import { requireRowsExist } from "./require-rows";

const MOST_GRANTS = 100;
const MOST_ENTRIES = 500;
/** A `text` column of MariaDB holds 65,535 bytes. */
const MOST_BYTES = 60_000;
/** Missing permissions that a message names; `details.missing` has them all. */
const NAMED_IN_MESSAGE = 3;

/**
 * Turns grants that a client gave into grants to store, in one form for one meaning: sorted, without repetition, `fields`
 * null for ALL.
 *
 * Throws BAD_USER_INPUT naming the place at fault, e.g. `input.grants[0].fields[1]` where `field` is `input.grants`, and
 * OUT_OF_SCOPE with `details.missing` when `holder` does not hold everything in them, rows included: nobody hands out what
 * they lack. NOT_FOUND naming the place for a department or employee of a row scope that does not exist or that they may not see,
 * unless `before`, the grants that these replace, names it already: a record that was deleted since must not keep anybody from
 * editing the rest. `sameEmployee` as for `missingFrom`.
 */
export async function requireGrantable(
  ctx: RequestContext,
  tx: Transaction,
  holder: { readonly scope: Scope },
  grants: readonly GrantInput[],
  field: string,
  { sameEmployee = true, before = [] }: { readonly sameEmployee?: boolean; readonly before?: readonly Grant[] } = {},
): Promise<Grant[]> {
  requireWellFormed(grants, field);
  const normal = grants.map(normalised);
  if (Buffer.byteLength(JSON.stringify(normal)) > MOST_BYTES)
    throw badInput(field, `must be at most ${MOST_BYTES} bytes as JSON`);
  requireKnown(ctx, grants, field);
  requireHeld(ctx, holder.scope, { authorities: [], grants: normal }, field, sameEmployee);
  await requireRowsExist(ctx, tx, holder, { grants, before }, field);
  return normal;
}

/** The subset rule alone, for authorities and grants that are stored already. `sameEmployee` as for `missingFrom`. */
export function requireHeld(
  ctx: Pick<RequestContext, "index">,
  holder: Scope,
  wanted: { readonly authorities: readonly string[]; readonly grants: readonly Grant[] },
  field: string,
  sameEmployee = true,
): void {
  const missing = missingFrom(ctx.index, holder, roleScope(ctx.index, wanted), { sameEmployee });
  if (missing.length === 0) return;
  throw outOfScope(field, "what you do not hold yourself", missing);
}

/** The refusal of what somebody lacks, e.g. `outOfScope("input.grants", "what you do not hold yourself", ["employee:READ"])`. */
export function outOfScope(field: string, lack: string, missing: readonly string[]): ServiceError {
  const more = missing.length - NAMED_IN_MESSAGE;
  const named = missing.slice(0, NAMED_IN_MESSAGE).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return new ServiceError("OUT_OF_SCOPE", `${field} gives ${lack}: ${named}.`, { field, missing });
}

function requireWellFormed(grants: readonly GrantInput[], field: string): void {
  if (grants.length > MOST_GRANTS) throw badInput(field, `must have at most ${MOST_GRANTS} grants`);
  for (const [at, grant] of grants.entries()) {
    const path = `${field}[${at}]`;
    if (grant.actions.length === 0) throw badInput(`${path}.actions`, "must name at least one action");
    if (grant.fields?.length === 0)
      throw badInput(`${path}.fields`, "must not be empty: leave it out to grant ALL fields");
    requireShort(grant.fields, `${path}.fields`);
    if (grant.rows != null) requireRows(grant.rows, `${path}.rows`);
  }
}

/** Judged as given, before sorting, so that the place named is the place that the client wrote. */
function requireKnown(ctx: Pick<RequestContext, "index">, grants: readonly GrantInput[], field: string): void {
  const [first] = grantProblems(ctx.index, grants.map(asGrant));
  if (first === undefined) return;
  const place = field + first.path.slice("grants".length);
  throw new ServiceError("BAD_USER_INPUT", `${place}: ${first.problem}`, { field: place });
}

/** An empty row scope would read as "every record" to some and as "no record" to others, so it is neither: it is refused. */
function requireRows(rows: RowScopeInput, path: string): void {
  const lists = ["departmentIds", "locations", "employeeIds"] as const;
  for (const list of lists) {
    requireShort(rows[list], `${path}.${list}`);
    const blank = rows[list]?.findIndex((entry) => entry.trim() === "") ?? -1;
    if (blank >= 0) throw badInput(`${path}.${list}[${blank}]`, "must not be blank");
  }
  const names = lists.some((list) => (rows[list]?.length ?? 0) > 0) || rows.self === true || rows.reports === true;
  if (!names) throw badInput(path, "must name some records: leave it out to reach every record");
}

function requireShort(entries: readonly string[] | null | undefined, path: string): void {
  if ((entries?.length ?? 0) > MOST_ENTRIES) throw badInput(path, `must have at most ${MOST_ENTRIES} entries`);
}

function asGrant(input: GrantInput): Grant {
  return { ...input, fields: input.fields ?? null, rows: input.rows ?? null };
}

function normalised(input: GrantInput): Grant {
  return {
    resource: input.resource,
    actions: sortedUnique(input.actions) as Action[],
    fields: input.fields == null ? null : sortedUnique(input.fields),
    rows: input.rows == null ? null : normalisedRows(input.rows),
  };
}

/** Only the parts that name something, so that equal scopes are equal JSON. */
function normalisedRows(rows: RowScopeInput): RowScope {
  const parts: { -readonly [Part in keyof RowScope]: RowScope[Part] } = {};
  if (rows.departmentIds?.length) parts.departmentIds = sortedUnique(rows.departmentIds);
  if (rows.locations?.length) parts.locations = sortedUnique(rows.locations);
  if (rows.employeeIds?.length) parts.employeeIds = sortedUnique(rows.employeeIds);
  if (rows.self === true) parts.self = true;
  if (rows.reports === true) parts.reports = true;
  return parts;
}

function sortedUnique(entries: readonly string[]): string[] {
  return [...new Set(entries)].sort();
}
