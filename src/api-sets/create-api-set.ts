import { record } from "../audit/record";
import { requireGrantable } from "../authorities/require-grantable";
import type { RequestContext } from "../context";
import { newId } from "../kernel/id";
import { badInput } from "../kernel/service-error";
import { nameKeyOf, optionalText, requireText } from "../kernel/text";
import { loadActor } from "../roles/load-actor";
import { ApiSet } from "./api-set.entity";
import type { ApiSetInput } from "./api-set.input";
import { describeApiSet, LONGEST_DESCRIPTION, LONGEST_NAME, requireFreeName } from "./api-set-change";

/** Makes an API set of grants that the actor holds now. Throws BAD_USER_INPUT, CONFLICT for a taken name, or OUT_OF_SCOPE. */
export async function createApiSet(ctx: RequestContext, input: ApiSetInput): Promise<ApiSet> {
  const name = requireText(input.name, "input.name", LONGEST_NAME);
  const description = optionalText(input.description, "input.description", LONGEST_DESCRIPTION);
  if (input.grants.length === 0) throw badInput("input.grants", "must have at least one grant");
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_API_SETS"]);
    await requireFreeName(tx, name, null);
    const grants = await requireGrantable(ctx, tx, actor, input.grants, "input.grants");
    const now = new Date(ctx.clock.now());
    const values = { id: newId(), name, nameKey: nameKeyOf(name), description, grants, version: 1 };
    const set = tx.create(ApiSet, { ...values, createdAt: now, updatedAt: now });
    await tx.insert(ApiSet, set);
    await record(tx, ctx, {
      action: "apiSet.create",
      target: { kind: "apiSet", id: set.id, name },
      after: describeApiSet(set),
    });
    return set;
  });
}
