import {
  type GraphQLDirective,
  type GraphQLSchema,
  getDirectiveValues,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import type { Grant } from "../../../src/access/grant";
import type { Choices } from "./choices";

/** What a coordinate needs, read anew from the schema and by other means than the code under test. */
export type OracleNeed =
  | { readonly kind: "nothing" }
  | { readonly kind: "principal" }
  | { readonly kind: "authority"; readonly anyOf: readonly string[] }
  | { readonly kind: "grant"; readonly resource: string; readonly action: string; readonly field: string | null };

/** A role's access, or a key's with its owner's: all of them must hold what is needed. */
export interface OracleAccess {
  readonly owner: { readonly authorities: readonly string[]; readonly grants: readonly Grant[] };
  readonly key: readonly Grant[] | null;
}

/** Answers by looking through the grants, one coordinate at a time. */
export class OracleGuards {
  private readonly needs = new Map<string, OracleNeed>();
  /** `resource:ACTION` → its fields. */
  readonly offered = new Map<string, Set<string>>();

  constructor(private readonly schema: GraphQLSchema) {
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__") || !(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)))
        continue;
      for (const field of Object.values(type.getFields())) {
        const need = this.read(field, null) ?? this.read(type, field.name) ?? { kind: "nothing" };
        this.add(`${type.name}.${field.name}`, need);
        for (const arg of "args" in field ? field.args : []) {
          this.add(`${type.name}.${field.name}(${arg.name}:)`, this.read(arg, null) ?? { kind: "nothing" });
        }
      }
    }
  }

  needOf(coordinate: string): OracleNeed {
    const need = this.needs.get(coordinate);
    if (need === undefined) throw new Error(`The oracle has no coordinate ${coordinate}`);
    return need;
  }

  isGranted(coordinate: string, { owner, key }: OracleAccess): boolean {
    const need = this.needOf(coordinate);
    if (need.kind === "nothing" || need.kind === "principal") return true;
    if (need.kind === "authority") return key === null && need.anyOf.some((name) => owner.authorities.includes(name));
    return this.isHeld(need, owner.grants) && (key === null || this.isHeld(need, key));
  }

  private isHeld(need: OracleNeed & { kind: "grant" }, grants: readonly Grant[]): boolean {
    const fields = this.offered.get(`${need.resource}:${need.action}`) ?? new Set();
    return grants.some((grant) => {
      if (grant.resource !== need.resource || !grant.actions.some((action) => action === need.action)) return false;
      if (grant.fields === null) return true;
      if (need.field !== null) return grant.fields.includes(need.field);
      return fields.size === 0 || grant.fields.some((field) => fields.has(field));
    });
  }

  private add(coordinate: string, need: OracleNeed): void {
    this.needs.set(coordinate, need);
    if (need.kind !== "grant") return;
    const key = `${need.resource}:${need.action}`;
    const fields = this.offered.get(key) ?? new Set<string>();
    this.offered.set(key, fields);
    if (need.field !== null) fields.add(need.field);
  }

  private read(place: { readonly astNode?: unknown }, ownName: string | null): OracleNeed | null {
    const node = place.astNode as Parameters<typeof getDirectiveValues>[1] | undefined;
    if (!node) return null;
    const values = (name: string) => getDirectiveValues(this.schema.getDirective(name) as GraphQLDirective, node);
    if (values("public")) return { kind: "nothing" };
    if (values("authenticated")) return { kind: "principal" };
    const authority = values("authority") as { anyOf: string[] } | undefined;
    if (authority) return { kind: "authority", anyOf: authority.anyOf };
    const access = values("access") as { resource: string; action: string; field?: string } | undefined;
    return access ? { kind: "grant", ...access, field: access.field ?? ownName } : null;
  }
}

/** Any access at all, of a session or of a key. */
export function randomAccess(choices: Choices, guards: OracleGuards, authorities: readonly string[]): OracleAccess {
  const grants = () => Array.from({ length: choices.below(5) }, () => randomGrant(choices, guards));
  const owner = { authorities: choices.some(authorities, 40), grants: grants() };
  return { owner, key: choices.chance(50) ? grants() : null };
}

function randomGrant(choices: Choices, guards: OracleGuards): Grant {
  const [resource = ""] = choices.of([...guards.offered.keys()]).split(":");
  const offered = [...guards.offered].filter(([key]) => key.startsWith(`${resource}:`));
  const actions = choices.some(
    offered.map(([key]) => key.split(":")[1] as Grant["actions"][number]),
    60,
  );
  const names = [...new Set(offered.flatMap(([, fields]) => [...fields])), "nothing"];
  return { resource, actions, fields: choices.chance(35) ? null : choices.some(names, 50), rows: null };
}

/** Grants and authorities that give every one of `coordinates`, and little more. */
export function accessFor(guards: OracleGuards, coordinates: Iterable<string>): OracleAccess["owner"] {
  const authorities = new Set<string>();
  const grants = new Map<string, Grant>();
  for (const coordinate of coordinates) {
    const need = guards.needOf(coordinate);
    if (need.kind === "authority") authorities.add(need.anyOf[0] as string);
    if (need.kind !== "grant") continue;
    const [anyField] = guards.offered.get(`${need.resource}:${need.action}`) ?? [];
    const field = need.field ?? anyField;
    const actions = [need.action as Grant["actions"][number]];
    const grant = { resource: need.resource, actions, fields: field === undefined ? null : [field], rows: null };
    grants.set(JSON.stringify(grant), grant);
  }
  return { authorities: [...authorities], grants: [...grants.values()] };
}
