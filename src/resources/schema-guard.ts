import type { Action } from "../access/grant";

/** The directive that asks for a grant of `action` on the resource, or on one field of it. READ is the directive's default. */
export function guard(resource: string, action: Action, field?: string): string {
  const parts = [`resource: "${resource}"`];
  if (action !== "READ") parts.push(`action: ${action}`);
  if (field !== undefined) parts.push(`field: "${field}"`);
  return `@access(${parts.join(", ")})`;
}
