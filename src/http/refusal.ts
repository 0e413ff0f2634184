import type { GraphQLFormattedError } from "graphql";
import type { Refusal } from "../access/decide";
import type { Principal } from "../context";

/** Thrown by a route that is no GraphQL operation; answered with all of its errors, as an operation would be. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";

  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super("refused");
  }
}

/**
 * One error per refused coordinate, each telling what is missing and who lacks it, so that a caller mends its query or its
 * grants in one round trip. For nobody there is one UNAUTHENTICATED instead.
 */
export function refusalErrors(
  refusals: readonly Refusal[],
  { principal }: { principal: Principal },
): GraphQLFormattedError[] {
  if (principal.kind === "NOBODY") {
    return [
      {
        message: "Sign in, or send an API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.",
        extensions: { code: "UNAUTHENTICATED" },
      },
    ];
  }
  return refusals.map((refusal) =>
    refusal.kind === "FIELD" ? fieldError(refusal, principal) : authorityError(refusal, principal),
  );
}

function fieldError(refusal: Refusal, principal: Principal): GraphQLFormattedError {
  const { coordinate, action, permission, deniedBy } = refusal;
  return {
    message: `${lacking(principal, deniedBy)} ${permission}, which ${coordinate} needs${ownerIn(principal)}.`,
    extensions: { code: "FORBIDDEN_FIELD", coordinate, action, missing: permission, deniedBy },
  };
}

function authorityError(refusal: Refusal, principal: Principal): GraphQLFormattedError {
  const { coordinate, authorities = [], deniedBy } = refusal;
  const names = authorities.join(" or ");
  const message =
    principal.kind === "API_KEY"
      ? `An API key carries no authority: ${coordinate} needs a signed-in user with ${names}.`
      : `You lack the authority ${names}, which ${coordinate} needs${ownerIn(principal)}.`;
  return { message, extensions: { code: "FORBIDDEN", coordinate, authorities, deniedBy } };
}

/** A session has no key beside its user, and the values of `deniedBy` are closed: the message says whom OWNER means. */
function ownerIn(principal: Principal): string {
  return principal.kind === "API_KEY" ? "" : ": no role of yours gives it (OWNER means you, the signed-in user)";
}

function lacking(principal: Principal, deniedBy: "KEY" | "OWNER"): string {
  if (principal.kind !== "API_KEY") return "You lack";
  return deniedBy === "KEY" ? "This API key lacks" : "The owner of this API key lacks";
}
