import type { AccessIndex } from "../access/access-index";
import type { Action, Grant } from "../access/grant";
import { rowSetKey } from "../access/row-set";
import type { RowRule, RowSet, Scope } from "../access/scope";
import { hasBit } from "../kernel/bitset";

/**
 * A grant as it works out. `rows` is null for every record; `alsoWithin` are further row scopes that a record must be in too, as
 * where a key and its owner are each limited in their own way.
 */
export interface EffectiveGrant extends Grant {
  readonly alsoWithin: readonly RowSet[];
}

/** The part of one action on one resource that reaches the same records. */
interface Part {
  readonly action: Action;
  readonly rule: RowRule;
  /** Null for actions that are held as a whole. */
  fields: string[] | null;
}

/**
 * Says a scope as grants: per resource, actions with the same fields on the same rows together. Fields are always named, also
 * where they are all there are today; null stands only with DELETE and DOWNLOAD, which have none. READ with no field is what
 * remains where key and owner have no field in common: `id` and how many records there are.
 */
export function effectiveGrants(index: AccessIndex, scope: Scope): EffectiveGrant[] {
  return [...index.resources.values()].flatMap(({ name, actions }) => {
    const parts = actions.flatMap((action) => partsOf(index, scope, name, action));
    const merged = new Map<string, { actions: Action[]; part: Part }>();
    for (const part of parts) {
      const key = JSON.stringify([part.fields, ruleKey(part.rule)]);
      const same = merged.get(key);
      if (same) same.actions.push(part.action);
      else merged.set(key, { actions: [part.action], part });
    }
    return [...merged.values()].map(({ actions: held, part }) => asGrant(name, held, part));
  });
}

function partsOf(index: AccessIndex, scope: Scope, resource: string, action: Action): Part[] {
  const offered = index.bitsOf(resource, action);
  if (offered === undefined || !hasBit(scope.bits, offered.whole)) return [];
  const parts = new Map<string, Part>();
  for (const [field, bit] of offered.fields) {
    if (!hasBit(scope.bits, bit)) continue;
    const rule = scope.rows.get(bit) ?? [];
    const part = parts.get(ruleKey(rule)) ?? { action, rule, fields: [] };
    part.fields?.push(field);
    parts.set(ruleKey(rule), part);
  }
  if (parts.size > 0) return [...parts.values()].map((part) => ({ ...part, fields: part.fields?.sort() ?? null }));
  return [{ action, rule: scope.rows.get(offered.whole) ?? [], fields: offered.fields.size === 0 ? null : [] }];
}

function asGrant(resource: string, actions: readonly Action[], { fields, rule }: Part): EffectiveGrant {
  const [rows = null, ...alsoWithin] = rule;
  return { resource, actions, fields, rows, alsoWithin };
}

function ruleKey(rule: RowRule): string {
  return rule.map(rowSetKey).sort().join(" AND ");
}
