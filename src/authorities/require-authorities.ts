import type { Scope } from "../access/scope";
import { badInput, ServiceError } from "../kernel/service-error";
import { type AuthorityName, isAuthorityName } from "./authority-catalogue";

/**
 * Names of authorities that a client gave, sorted and without repetition. Throws BAD_USER_INPUT naming the first that does not
 * exist.
 */
export function requireAuthorityNames(names: readonly string[], field: string): AuthorityName[] {
  const known = names.map((name, at) => {
    if (!isAuthorityName(name)) throw badInput(`${field}[${at}]`, "is not an authority; `authorities` lists them");
    return name;
  });
  return [...new Set(known)].sort();
}

/**
 * Throws FORBIDDEN naming the authorities of which `scope` has none, as http/enforce does for a whole operation; and `field`, where
 * it is one part of the input that needs them.
 */
export function requireAnyAuthority(scope: Scope, anyOf: readonly AuthorityName[], field?: string): void {
  if (anyOf.some((name) => scope.authorities.has(name))) return;
  const authorities = [...anyOf];
  const message = `You lack the authority ${authorities.join(" or ")}, which ${field ?? "this"} needs.`;
  throw new ServiceError("FORBIDDEN", message, { authorities, ...(field !== undefined && { field }) });
}
