import { isDeepStrictEqual } from "node:util";
import { record } from "../audit/record";
import { requireGrantable } from "../authorities/require-grantable";
import type { RequestContext } from "../context";
import { requireVersion } from "../kernel/require-version";
import { badInput } from "../kernel/service-error";
import { nameKeyOf, optionalText, requireText } from "../kernel/text";
import { loadActor } from "../roles/load-actor";
import { Unchanged } from "../store/unchanged";
import { ApiSet } from "./api-set.entity";
import type { ApiSetInput } from "./api-set.input";
import {
  describeApiSet,
  LONGEST_DESCRIPTION,
  LONGEST_NAME,
  requireEditableApiSet,
  requireFreeName,
} from "./api-set-change";
import { isBoundForOthers } from "./is-bound-for-others";

/**
 * Replaces an API set; every key bound to it has the new grants from its next request on. What the set gives now and what it is
 * to give must both be held by the actor; where the set serves other users' keys, SELF and REPORTS are theirs, not the actor's.
 * An edit that changes nothing moves no version and leaves no trail.
 */
export async function updateApiSet(ctx: RequestContext, id: string, input: ApiSetInput): Promise<ApiSet> {
  const name = requireText(input.name, "input.name", LONGEST_NAME);
  const description = optionalText(input.description, "input.description", LONGEST_DESCRIPTION);
  if (input.grants.length === 0) throw badInput("input.grants", "must have at least one grant");
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_API_SETS"]);
    const set = await requireEditableApiSet(ctx, tx, actor, id);
    requireVersion(input.version, set.version, "API set");
    await requireFreeName(tx, name, id);
    const judged = { sameEmployee: !(await isBoundForOthers(tx, actor, id)), before: set.grants };
    const grants = await requireGrantable(ctx, tx, actor, input.grants, "input.grants", judged);
    const next = tx.create(ApiSet, {
      ...set,
      name,
      nameKey: nameKeyOf(name),
      description: input.description === undefined ? set.description : description,
      grants,
      version: set.version + 1,
      updatedAt: new Date(ctx.clock.now()),
    });
    if (isDeepStrictEqual(describeApiSet(set), describeApiSet(next))) return new Unchanged(set);
    await tx.update(ApiSet, { id: set.id }, next);
    await record(tx, ctx, {
      action: "apiSet.update",
      target: { kind: "apiSet", id, name },
      before: describeApiSet(set),
      after: describeApiSet(next),
    });
    return next;
  });
}
