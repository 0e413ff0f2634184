import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { SchemaProblem } from "./access-schema-error";
import { type Directed, readGuard } from "./directives";
import { Action } from "./grant";
import type { Guard, Permission } from "./guard";

/** What each coordinate needs (null = nothing of its own), and what keeps the schema from being guarded. */
export interface SchemaGuards {
  readonly requirements: ReadonlyMap<string, Permission | null>;
  readonly problems: readonly SchemaProblem[];
}

const HELD_AS_A_WHOLE: ReadonlySet<Action> = new Set([Action.DELETE, Action.DOWNLOAD]);

/**
 * Reads every guard of the schema. Deny by default: a place that no guard covers is a problem.
 *
 * Fields of interfaces need no guard of their own, because a selection through an interface is expanded to every possible type;
 * one that stands there is needed besides. Arguments of a field that is not guarded by `@access` come with the field.
 */
export function readSchemaGuards(schema: GraphQLSchema, authorities: readonly string[]): SchemaGuards {
  const reader = new GuardReader(new Set(authorities));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isObjectType(type) || isInterfaceType(type)) reader.readOutput(type);
    else if (isInputObjectType(type)) reader.readInput(type);
  }
  return { requirements: reader.requirements, problems: reader.problems };
}

class GuardReader {
  readonly requirements = new Map<string, Permission | null>();
  readonly problems: SchemaProblem[] = [];

  constructor(private readonly authorities: ReadonlySet<string>) {}

  readOutput(type: GraphQLObjectType | GraphQLInterfaceType): void {
    const typeGuard = this.guardAt(type.name, [type.astNode, ...type.extensionASTNodes]);
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const guard = this.guardAt(coordinate, [field.astNode]) ?? typeGuard;
      if (guard === null && isObjectType(type)) {
        this.refuse(
          coordinate,
          "no directive covers it; add @access(resource:, field:), @authority(anyOf:), @authenticated or @public to the " +
            "field or its type",
        );
      }
      const permission = this.need(coordinate, guard, guard === typeGuard ? field.name : null);
      this.requireNullable(coordinate, field, permission);
      for (const arg of field.args) this.readArgument(`${coordinate}(${arg.name}:)`, arg, guard);
    }
  }

  readInput(type: GraphQLInputObjectType): void {
    const typeGuard = this.guardAt(type.name, [type.astNode, ...type.extensionASTNodes]);
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const own = this.onlyAccess(coordinate, this.guardAt(coordinate, [field.astNode]));
      const guard = own ?? typeGuard;
      if (guard === null) {
        this.refuse(
          coordinate,
          "no directive covers it; add @access(resource:, action:, field:) to the input field, or @access, @authority, " +
            "@authenticated or @public to its type",
        );
      }
      this.need(coordinate, guard, own === null ? field.name : null);
    }
  }

  private readArgument(coordinate: string, arg: GraphQLArgument, fieldGuard: Guard | null): void {
    const own = this.onlyAccess(coordinate, this.guardAt(coordinate, [arg.astNode]));
    if (own === null && fieldGuard?.kind === "ACCESS" && !isInputObjectType(getNamedType(arg.type))) {
      this.refuse(
        coordinate,
        "no directive covers it; its field is guarded by @access, so give the argument its own @access(resource:) or an input " +
          "object type whose fields are guarded",
      );
    }
    this.need(coordinate, own, null);
  }

  private guardAt(coordinate: string, nodes: readonly (Directed | null | undefined)[]): Guard | null {
    const reading = readGuard(nodes);
    if ("guard" in reading) return reading.guard;
    this.refuse(coordinate, reading.problem);
    // Stands in for what was meant, so that the place is not called uncovered too; the boot fails anyway.
    return { kind: "PUBLIC" };
  }

  private onlyAccess(coordinate: string, guard: Guard | null): Guard | null {
    if (guard !== null && guard.kind !== "ACCESS" && !this.problems.some((found) => found.coordinate === coordinate)) {
      this.refuse(
        coordinate,
        `@${guard.kind.toLowerCase()} may not stand on it; use @access, or guard the field or type`,
      );
    }
    return guard;
  }

  /** Turns a guard into what the coordinate needs; `ownName` is the field's, where the guard stands on its type. */
  private need(coordinate: string, guard: Guard | null, ownName: string | null): Permission | null {
    const permission = this.permissionOf(coordinate, guard, ownName);
    this.requirements.set(coordinate, permission);
    return permission;
  }

  private permissionOf(coordinate: string, guard: Guard | null, ownName: string | null): Permission | null {
    if (guard === null || guard.kind === "PUBLIC") return null;
    if (guard.kind === "AUTHENTICATED") return { kind: "AUTHENTICATED" };
    if (guard.kind === "AUTHORITY") {
      const unknown = guard.anyOf.filter((name) => !this.authorities.has(name));
      if (unknown.length > 0) {
        this.refuse(
          coordinate,
          `unknown authority ${unknown.join(", ")}; there are ${[...this.authorities].join(", ")}`,
        );
      }
      return { kind: "AUTHORITY", anyOf: guard.anyOf };
    }
    const { resource, action } = guard;
    const field = guard.field ?? ownName;
    if (field !== null && HELD_AS_A_WHOLE.has(action)) {
      this.refuse(
        coordinate,
        `${action} is held on ${resource} as a whole; guard the field itself with @access without field:`,
      );
    }
    return { kind: "FIELD", resource, action, field };
  }

  /** A denied field can only come back as null, and not break its record, where its type allows null. */
  private requireNullable(
    coordinate: string,
    field: GraphQLField<unknown, unknown>,
    permission: Permission | null,
  ): void {
    if (permission?.kind !== "FIELD" || permission.field === null || permission.action !== Action.READ) return;
    if (field.name !== "id" && isNonNullType(field.type)) {
      this.refuse(coordinate, `can be denied, so it must be nullable; make its type ${field.type.ofType}`);
    }
  }

  private refuse(coordinate: string, problem: string): void {
    this.problems.push({ coordinate, problem });
  }
}
