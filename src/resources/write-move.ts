import { Action } from "../access/grant";
import type { Scope } from "../access/scope";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { TREE } from "./read-walks";
import { fieldNamed, type Resource } from "./resource";
import { lockChain } from "./write-chain";
import type { Changes } from "./write-input";
import { isReached } from "./write-reach";

/** Refuses a move, with OUT_OF_SCOPE, once it is made; so that the write and this check see the same tree. */
export type CheckMove = () => Promise<void>;

/**
 * Looks at a department that is about to get another parent, since row scopes follow the tree: whoever is limited to some
 * departments must not reach more of them by moving one, nor take one away from those who look after it from above.
 *
 * Two things are refused. Where UPDATE is limited to some rows, a move between parents that are not both in them. And for anyone,
 * a move that takes the department under one that some limited permission of theirs, or of a key's owner, names, unless that
 * permission reached it before.
 */
export async function beforeMove(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  changes: Changes,
  current: Readonly<Record<string, unknown>>,
): Promise<CheckMove | null> {
  const field = resource.name === TREE.resource ? fieldNamed(resource, TREE.field) : undefined;
  if (field === undefined || !changes.has(field)) return null;
  const id = String(current["id"]);
  const [from, to] = [current[field.column] as string | null, changes.get(field) as string | null];
  if (from === to) return null;
  const rule = ctx.rowRule(resource.name, Action.UPDATE);
  const before = await lockChain(tx, resource, field, from);
  const leavesUnseen = from !== null && !(await isReached(ctx, tx, resource, from, rule));
  return async () => {
    if (leavesUnseen || (to !== null && !(await isReached(ctx, tx, resource, to, rule)))) {
      throw new ServiceError(
        "OUT_OF_SCOPE",
        "The move is between parents that are not both among those you may update.",
        {
          field: `input.${field.column}`,
        },
      );
    }
    const after = await lockChain(tx, resource, field, to);
    if (widens([ctx.scope, ctx.ownerScope], new Set([id, ...before.ids]), new Set([id, ...after.ids]))) {
      throw new ServiceError("OUT_OF_SCOPE", "The move would bring records into your reach that you are kept from.", {
        field: `input.${field.column}`,
      });
    }
  };
}

/** Whether some row scope names a department above the one that moves, and named none before. */
function widens(scopes: readonly Scope[], before: ReadonlySet<string>, after: ReadonlySet<string>): boolean {
  const sets = scopes.flatMap(({ rows }) => [...rows.values()].flat());
  return sets.some(({ departmentIds }) => {
    const named = departmentIds ?? [];
    return named.some((each) => after.has(each)) && !named.some((each) => before.has(each));
  });
}
