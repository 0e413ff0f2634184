import type { GraphQLSchema } from "graphql";
import { AccessSchemaError } from "./access-schema-error";
import { Action } from "./grant";
import { type Permission, permissionName } from "./guard";
import { readSchemaGuards } from "./schema-guards";

/** A protected resource as the schema offers it: what grants may name. */
export interface ResourceEntry {
  readonly name: string;
  /** In the order of `Action`. */
  readonly actions: readonly Action[];
  /** Field → the actions that are held on it by itself (CREATE, READ, UPDATE), in the order of `Action`. */
  readonly fields: ReadonlyMap<string, readonly Action[]>;
}

/** The bits of one action on one resource. */
export interface ActionBits {
  /** `resource:ACTION`, held with any grant of the action. */
  readonly whole: number;
  /** `resource.field:ACTION` by field. */
  readonly fields: ReadonlyMap<string, number>;
}

/** What a coordinate needs when it needs nothing of its own. */
export const FREE = -1;

/**
 * The schema's guards as numbered permissions ("bits"): `resource.field:ACTION`, `resource:ACTION`, `authority:NAME`, one for
 * each set of authorities of which any suffices (`authority:A|B`), and `authenticated`. Immutable; one per schema.
 */
export interface AccessIndex {
  /** Number of bits; every `Bitset` of a scope or plan has this size. */
  readonly size: number;
  /** By name, e.g. `employee.salary:READ`; undefined when the schema has no such permission. */
  bitOf(permission: string): number | undefined;
  /** Name of a bit; throws on a number that is none. */
  permissionOf(bit: number): string;
  /** What a bit stands for; throws on a number that is none. */
  permission(bit: number): Permission;
  readonly authorities: readonly string[];
  /** The catalogue that grants are checked against, derived from the schema; by name, in alphabetical order. */
  readonly resources: ReadonlyMap<string, ResourceEntry>;
  /**
   * The bit that `Type.field`, `Type.field(arg:)` or `Input.field` needs, or `FREE`. Throws on an unknown coordinate: what the
   * index does not know is never let through.
   */
  requirementOf(coordinate: string): number;
  /** Bits of an action on a resource, undefined where the schema offers none. */
  bitsOf(resource: string, action: Action): ActionBits | undefined;
  /** Bits that stand for any one of several authorities. */
  readonly combinations: ReadonlyMap<number, readonly string[]>;
}

/**
 * Compiles the directives of `schema` at boot. `authorities` is the whole catalogue of names.
 *
 * @throws AccessSchemaError naming every field, argument and input field that no directive covers, every unknown authority and
 * every deniable field that is not nullable.
 */
export function compileAccessIndex(schema: GraphQLSchema, authorities: readonly string[]): AccessIndex {
  const { requirements, problems } = readSchemaGuards(schema, authorities);
  if (problems.length > 0) throw new AccessSchemaError(problems);

  const permissions: Permission[] = [];
  const bits = new Map<string, number>();
  const number = (permission: Permission): number => {
    const name = permissionName(permission);
    const known = bits.get(name);
    if (known !== undefined) return known;
    bits.set(name, permissions.length);
    return permissions.push(permission) - 1;
  };

  number({ kind: "AUTHENTICATED" });
  for (const name of authorities) number({ kind: "AUTHORITY", anyOf: [name] });
  const needed = new Map<string, number>();
  for (const [coordinate, permission] of requirements) {
    needed.set(coordinate, permission === null ? FREE : number(permission));
    if (permission?.kind === "FIELD") number({ ...permission, field: null });
  }

  const actionBits = collectActionBits(permissions);
  return Object.freeze({
    size: permissions.length,
    bitOf: (name: string) => bits.get(name),
    permissionOf: (bit: number) => permissionName(at(permissions, bit)),
    permission: (bit: number) => at(permissions, bit),
    authorities: Object.freeze([...authorities]),
    resources: catalogue(actionBits),
    requirementOf: (coordinate: string) => {
      const bit = needed.get(coordinate);
      if (bit === undefined) throw new Error(`The access index has no coordinate ${coordinate}`);
      return bit;
    },
    bitsOf: (resource: string, action: Action) => actionBits.get(resource)?.get(action),
    combinations: new Map(
      permissions.flatMap((permission, bit) =>
        permission.kind === "AUTHORITY" && permission.anyOf.length > 1 ? [[bit, permission.anyOf] as const] : [],
      ),
    ),
  });
}

function at(permissions: readonly Permission[], bit: number): Permission {
  const permission = permissions[bit];
  if (permission === undefined) throw new Error(`The access index has no bit ${bit}`);
  return permission;
}

type BitsByAction = ReadonlyMap<Action, ActionBits>;

function collectActionBits(permissions: readonly Permission[]): ReadonlyMap<string, BitsByAction> {
  const found = new Map<string, Map<Action, { whole: number; fields: Map<string, number> }>>();
  for (const [bit, permission] of permissions.entries()) {
    if (permission.kind !== "FIELD") continue;
    const byAction =
      found.get(permission.resource) ?? new Map<Action, { whole: number; fields: Map<string, number> }>();
    found.set(permission.resource, byAction);
    const entry = byAction.get(permission.action) ?? { whole: bit, fields: new Map<string, number>() };
    byAction.set(permission.action, entry);
    if (permission.field === null) entry.whole = bit;
    else entry.fields.set(permission.field, bit);
  }
  return found;
}

function catalogue(actionBits: ReadonlyMap<string, BitsByAction>): ReadonlyMap<string, ResourceEntry> {
  const resources = new Map<string, ResourceEntry>();
  const byName = [...actionBits].sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [name, byAction] of byName) {
    const actions = Object.values(Action).filter((action) => byAction.has(action));
    const fields = new Map<string, Action[]>();
    for (const action of actions) {
      for (const field of byAction.get(action)?.fields.keys() ?? []) {
        fields.set(field, [...(fields.get(field) ?? []), action]);
      }
    }
    resources.set(name, { name, actions, fields });
  }
  return resources;
}
