import { hasBit } from "../kernel/bitset";
import type { AccessIndex, ResourceEntry } from "./access-index";
import type { Action, Grant } from "./grant";
import { rowSetCovers } from "./row-set";
import { heldBits, type RowRule, type Scope } from "./scope";

/** Something in a list of grants that its author must mend. */
export interface GrantProblem {
  /** E.g. `grants[0].fields[2]`. */
  readonly path: string;
  /** Names the bad value and what exists instead. */
  readonly problem: string;
}

/** Everything in `grants` that the schema does not offer; empty when they can be stored. */
export function grantProblems(index: AccessIndex, grants: readonly Grant[]): GrantProblem[] {
  return grants.flatMap((grant, at) =>
    problemsOfOne(index, grant).map(({ path, problem }) => ({ path: `grants[${at}].${path}`, problem })),
  );
}

function problemsOfOne(index: AccessIndex, grant: Grant): GrantProblem[] {
  const resource = index.resources.get(grant.resource);
  if (resource === undefined) {
    const names = [...index.resources.keys()].join(", ");
    return [{ path: "resource", problem: `there is no resource ${quote(grant.resource)}; there are ${names}` }];
  }
  return [...actionProblems(resource, grant.actions), ...fieldProblems(resource, grant)];
}

function actionProblems(resource: ResourceEntry, actions: readonly Action[]): GrantProblem[] {
  const offered = resource.actions.join(", ");
  if (actions.length === 0) return [{ path: "actions", problem: `must name at least one of ${offered}` }];
  return actions.flatMap((action, at) =>
    resource.actions.includes(action)
      ? []
      : [{ path: `actions[${at}]`, problem: `${resource.name} does not offer ${quote(action)}; it offers ${offered}` }],
  );
}

function unknownField({ name, fields }: ResourceEntry, field: string): string {
  // Keys that read anything of a record read its id, and nobody else does.
  if (field === "id") return `"id" is not granted by itself: it comes with READ of ${name}, whatever the fields`;
  return `${name} has no field ${quote(field)}; it has ${[...fields.keys()].join(", ")}`;
}

function fieldProblems(resource: ResourceEntry, grant: Grant): GrantProblem[] {
  if (grant.fields === null) return [];
  if (grant.fields.length === 0) {
    return [{ path: "fields", problem: "must name at least one field, or be left out for ALL" }];
  }
  const actions = grant.actions.filter((action) => resource.actions.includes(action));
  return grant.fields.flatMap((field, at) => {
    const path = `fields[${at}]`;
    const offered = resource.fields.get(field);
    if (offered === undefined) return [{ path, problem: unknownField(resource, field) }];
    if (actions.length === 0 || actions.some((action) => offered.includes(action))) return [];
    const problem = `${quote(field)} cannot be granted for ${actions.join(", ")}; it offers ${offered.join(", ")}`;
    return [{ path, problem }];
  });
}

function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

/**
 * What `wanted` has and `holder` lacks, by the names of permissions (`employee.salary:READ`, `authority:MANAGE_USERS`); one that
 * the holder has on fewer rows is marked `employee.salary:READ (rows)`. Empty = the holder may hand it out.
 *
 * Rows are compared by their spelling alone, so that the answer does not change with the records: an unrestricted permission
 * covers everything, a limited one only what its parts name themselves.
 *
 * `sameEmployee: false` is for a holder who gets `wanted` as another user has it, e.g. by a key of theirs: that user's SELF and
 * REPORTS are other records than the holder's, so only an unrestricted permission covers them.
 */
export function missingFrom(
  index: AccessIndex,
  holder: Scope,
  wanted: Scope,
  { sameEmployee = true }: { readonly sameEmployee?: boolean } = {},
): string[] {
  const missing: string[] = [];
  for (const bit of heldBits(wanted)) {
    if (index.combinations.has(bit)) continue;
    const name = index.permissionOf(bit);
    if (!hasBit(holder.bits, bit)) missing.push(name);
    else if (!ruleCovers(holder.rows.get(bit) ?? [], wanted.rows.get(bit) ?? [], sameEmployee)) {
      missing.push(`${name} (rows)`);
    }
  }
  return missing;
}

/** Whether every record that satisfies `inner` certainly satisfies `outer`. */
function ruleCovers(outer: RowRule, inner: RowRule, sameEmployee: boolean): boolean {
  return outer.every((outerSet) => inner.some((innerSet) => rowSetCovers(outerSet, innerSet, sameEmployee)));
}
