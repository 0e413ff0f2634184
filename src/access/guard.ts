import type { Action } from "./grant";

/** What one directive of ours says about a place in the schema. */
export type Guard =
  | { readonly kind: "PUBLIC" }
  | { readonly kind: "AUTHENTICATED" }
  | { readonly kind: "AUTHORITY"; readonly anyOf: readonly string[] }
  | {
      readonly kind: "ACCESS";
      readonly resource: string;
      readonly action: Action;
      /** null = on a type each field by its own name, elsewhere the resource as a whole. */
      readonly field: string | null;
    };

/** What one bit of an `AccessIndex` stands for. */
export type Permission =
  | { readonly kind: "AUTHENTICATED" }
  | { readonly kind: "AUTHORITY"; readonly anyOf: readonly string[] }
  | {
      readonly kind: "FIELD";
      readonly resource: string;
      readonly action: Action;
      /** null = the resource as a whole: held with any grant of the action. */
      readonly field: string | null;
    };

/**
 * The one spelling of a permission, in errors and look-ups alike.
 *
 * @example
 * permissionName({ kind: "FIELD", resource: "employee", field: "salary", action: Action.READ }); // "employee.salary:READ"
 */
export function permissionName(permission: Permission): string {
  switch (permission.kind) {
    case "AUTHENTICATED":
      return "authenticated";
    case "AUTHORITY":
      return `authority:${permission.anyOf.join("|")}`;
    case "FIELD": {
      const { resource, field, action } = permission;
      return field === null ? `${resource}:${action}` : `${resource}.${field}:${action}`;
    }
  }
}
