import { Action } from "../access/grant";
import { withoutRepeats } from "../access/row-set";
import type { RowRule } from "../access/scope";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import type { ResourceField } from "./field";
import { CHAIN, ownEmployeeId } from "./read-walks";
import { fieldNamed, type Resource, type RowScopeTarget } from "./resource";
import { resourceNamed } from "./resource-map";
import { lockChain } from "./write-chain";
import type { Changes } from "./write-input";
import type { CheckMove } from "./write-move";
import { isReached } from "./write-reach";

/**
 * Looks at a record before something changes that row scopes go by: a person's department, place or manager, or whose pay, time off or
 * document it is.
 *
 * Nobody brings a record to where a limited permission of theirs, or of a key's owner, begins to reach it, whatever UPDATE allows: else
 * whoever may move documents downloads each of them out of their own folder. (Departments move by rules of their own: `beforeMove`.)
 */
export async function beforeWidening(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  changes: Changes,
  current: Readonly<Record<string, unknown>>,
): Promise<CheckMove | null> {
  const deciding = decidingColumns(resource);
  const [decides] = [...changes.keys()].filter(({ column }) => deciding.has(column));
  if (decides === undefined) return null;
  const rules = limitedRules(ctx, resource);
  if (rules.length === 0) return null;
  const id = String(current["id"]);
  const unreached: RowRule[] = [];
  for (const rule of rules) if (!(await isReached(ctx, tx, resource, id, rule))) unreached.push(rule);
  const chain = rules.some(namesReports) ? chainField(resource, changes) : null;
  const wasBelow = chain !== null && (await isBelowOneself(ctx, tx, resource, chain, current[chain.column]));
  return async () => {
    // Everybody below a person comes along when that person's manager changes.
    let widens = chain !== null && !wasBelow && (await isBelowOneself(ctx, tx, resource, chain, changes.get(chain)));
    for (const rule of unreached) widens = widens || (await isReached(ctx, tx, resource, id, rule));
    if (!widens) return;
    throw new ServiceError("OUT_OF_SCOPE", "The change would bring records into your reach that you are kept from.", {
      field: `input.${decides.column}`,
    });
  };
}

function namesReports(rule: RowRule): boolean {
  return rule.some(({ reports }) => reports === true);
}

/** The field that REPORTS go by, where it changes. */
function chainField(resource: Resource, changes: Changes): ResourceField | null {
  const field = resource.name === CHAIN.resource ? fieldNamed(resource, CHAIN.field) : undefined;
  return field !== undefined && changes.has(field) ? field : null;
}

async function isBelowOneself(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  chain: ResourceField,
  manager: unknown,
): Promise<boolean> {
  const own = ownEmployeeId(ctx.principal);
  if (own === null || typeof manager !== "string") return false;
  return (await lockChain(tx, resource, chain, manager)).ids.includes(own);
}

/** Columns of its own by which row scopes reach records of the resource. */
function decidingColumns({ name, rowScopes }: Resource): ReadonlySet<string> {
  const columns = Object.values(rowScopes).map((target: RowScopeTarget) =>
    typeof target === "string" ? target : target.own,
  );
  return new Set([...columns, ...(name === CHAIN.resource ? [CHAIN.column] : [])]);
}

/** Rules of all permissions that are limited to some rows and reach by these records: on them, or on what belongs to them. */
function limitedRules({ index, scope, ownerScope }: RequestContext, resource: Resource): RowRule[] {
  const found = new Map<string, RowRule>();
  for (const [bit, rule] of [...scope.rows, ...ownerScope.rows]) {
    const permission = index.permission(bit);
    // What may be made is nothing that there is.
    if (permission.kind !== "FIELD" || permission.action === Action.CREATE) continue;
    if (goesBy(resourceNamed(permission.resource), resource)) found.set(JSON.stringify(withoutRepeats(rule)), rule);
  }
  return [...found.values()];
}

/** Whether records of `reached` are in the rows of exactly those records of `resource` that they belong to, or are these. */
function goesBy(reached: Resource, resource: Resource): boolean {
  if (reached === resource) return true;
  return Object.values(reached.rowScopes).some(
    (target: RowScopeTarget) =>
      typeof target !== "string" && target.resource === resource.name && target.match === "id",
  );
}
