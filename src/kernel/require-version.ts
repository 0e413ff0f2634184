import { ServiceError } from "./service-error";

/**
 * Throws CONFLICT when a client names the version that it has seen and somebody has changed the thing since. A client that names
 * none overwrites knowingly.
 */
export function requireVersion(seen: number | null | undefined, present: number, what: string): void {
  if (seen == null || seen === present) return;
  throw new ServiceError(
    "CONFLICT",
    `Version ${seen} of this ${what} was replaced by version ${present}: read it again.`,
    {
      field: "input.version",
      version: present,
    },
  );
}
