/**
 * Every code a client can meet, with the HTTP status it travels under.
 *
 * The list is closed: clients switch on it, so a new situation takes an existing code or a decision record.
 */
export const ERROR_STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  FORBIDDEN_FIELD: 403,
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  OUT_OF_SCOPE: 403,
  RATE_LIMITED: 429,
  QUERY_TOO_COSTLY: 400,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What a client may learn beside code and message, e.g. `{ field: "input.name" }`. Never a secret or a variable's value. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A refusal or failure that the client is meant to read: a closed code, a public message, optional details.
 *
 * `cause` is for the log only. Anything thrown that is not a `ServiceError` reaches the client as a blank `INTERNAL` with a
 * request id.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** HTTP status of this code, e.g. 409 for `CONFLICT`. */
  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** A `BAD_USER_INPUT` that names the field at fault, e.g. `badInput("input.name", "must not be empty")`. */
export function badInput(field: string, problem: string): ServiceError {
  return new ServiceError("BAD_USER_INPUT", `${field} ${problem}`, { field });
}

/**
 * The one answer for a foreign id, whether it does not exist or may not be seen. `field` is where an input named it.
 *
 * @example
 * notFound("role", "input.roleIds", "12").message; // 'input.roleIds: no such role "12".'
 */
export function notFound(what: string, field?: string, id?: string): ServiceError {
  if (field === undefined) return new ServiceError("NOT_FOUND", `No such ${what}.`);
  const named = id === undefined ? "" : ` ${JSON.stringify(id.slice(0, 40))}`;
  return new ServiceError("NOT_FOUND", `${field}: no such ${what}${named}.`, { field });
}
