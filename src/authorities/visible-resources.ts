import type { AccessIndex } from "../access/access-index";
import type { Scope } from "../access/scope";
import { hasBit } from "../kernel/bitset";
import type { AuthorityName } from "./authority-catalogue";
import type { ResourceType } from "./resource.type";

/** Whoever composes grants, or reads those of others, needs the names of what they do not hold. */
const SEES_EVERYTHING: readonly AuthorityName[] = [
  "MANAGE_ROLES",
  "MANAGE_API_SETS",
  "MANAGE_USER_API_KEY",
  "VIEW_ROLES",
];

/**
 * The resources, actions and fields whose names `scope` may learn: all of them with an authority over grants, otherwise what it
 * holds itself. A key never has an authority, so a key sees what it holds.
 */
export function visibleResources(index: AccessIndex, scope: Scope): ResourceType[] {
  const resources = [...index.resources.values()];
  const all = SEES_EVERYTHING.some((name) => scope.authorities.has(name));
  const holds = (permission: string): boolean => {
    const bit = index.bitOf(permission);
    return all || (bit !== undefined && hasBit(scope.bits, bit));
  };
  return resources
    .map(({ name, actions, fields }) => ({
      name,
      actions: actions.filter((action) => holds(`${name}:${action}`)),
      fields: [...fields]
        .map(([field, offered]) => ({
          name: field,
          actions: offered.filter((action) => holds(`${name}.${field}:${action}`)),
        }))
        .filter((field) => field.actions.length > 0),
    }))
    .filter((resource) => resource.actions.length > 0);
}
