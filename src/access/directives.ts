import {
  type ConstDirectiveNode,
  type ConstValueNode,
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLEnumType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  Kind,
} from "graphql";
import { Action } from "./grant";
import type { Guard } from "./guard";

const NAMES: ReadonlySet<string> = new Set(["public", "authenticated", "authority", "access"]);

const ON_TYPES_AND_FIELDS = [
  DirectiveLocation.OBJECT,
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.INPUT_OBJECT,
];

/** Whether `name` is one of our four directives; the filtered schema shows none of them. */
export function isAccessDirective(name: string): boolean {
  return NAMES.has(name);
}

/**
 * The definitions of `@public`, `@authenticated`, `@authority` and `@access`, for the schema builder (which needs
 * `specifiedDirectives` beside them). `actionEnum` is the schema's own `Action`, whose internal value of READ is the default.
 */
export function accessDirectives(actionEnum: GraphQLEnumType): GraphQLDirective[] {
  const text = new GraphQLNonNull(GraphQLString);
  return [
    new GraphQLDirective({
      name: "public",
      description: "Needs nothing: answers to anybody.",
      locations: ON_TYPES_AND_FIELDS,
    }),
    new GraphQLDirective({
      name: "authenticated",
      description: "Needs any principal: a session or an API key.",
      locations: ON_TYPES_AND_FIELDS,
    }),
    new GraphQLDirective({
      name: "authority",
      description: "Needs one of these authorities; an API key never has any.",
      locations: ON_TYPES_AND_FIELDS,
      args: { anyOf: { type: new GraphQLNonNull(new GraphQLList(text)) } },
    }),
    new GraphQLDirective({
      name: "access",
      description:
        "Needs a grant on the resource. On a type every field is guarded by its own name; on a field, input field or " +
        "argument by `field`, or without it by any grant of the action.",
      locations: [
        ...ON_TYPES_AND_FIELDS,
        DirectiveLocation.INPUT_FIELD_DEFINITION,
        DirectiveLocation.ARGUMENT_DEFINITION,
      ],
      args: {
        resource: { type: text },
        action: { type: actionEnum, defaultValue: actionEnum.getValue(Action.READ)?.value ?? Action.READ },
        field: { type: GraphQLString },
      },
    }),
  ];
}

/** A node that directives may stand on, as far as reading them goes; type-graphql leaves it out where there are none. */
export interface Directed {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** The guard that was read, nothing, or why the directives make no sense. */
export type GuardReading = { readonly guard: Guard | null } | { readonly problem: string };

/**
 * Reads the guard that stands on a definition and its extensions. Two of ours on one place are refused rather than combined,
 * since nobody agrees on whether two guards mean AND or OR.
 */
export function readGuard(nodes: readonly (Directed | null | undefined)[]): GuardReading {
  const uses = nodes.flatMap((node) => node?.directives ?? []).filter((use) => isAccessDirective(use.name.value));
  const [use, second] = uses;
  if (use === undefined) return { guard: null };
  if (second !== undefined) {
    return { problem: `carries @${use.name.value} and @${second.name.value}; keep one` };
  }
  switch (use.name.value) {
    case "public":
      return { guard: { kind: "PUBLIC" } };
    case "authenticated":
      return { guard: { kind: "AUTHENTICATED" } };
    case "authority":
      return readAuthority(use);
    default:
      return readAccess(use);
  }
}

function readAuthority(use: ConstDirectiveNode): GuardReading {
  const value = argument(use, "anyOf");
  const items = value?.kind === Kind.LIST ? value.values : [value];
  const names = items.map((item) => (item?.kind === Kind.STRING ? item.value : null));
  if (names.length === 0 || names.some((name) => name === null)) {
    return { problem: '@authority needs anyOf: at least one name, e.g. @authority(anyOf: ["MANAGE_USERS"])' };
  }
  const anyOf = [...new Set(names.filter((name) => name !== null))].sort();
  return { guard: { kind: "AUTHORITY", anyOf } };
}

function readAccess(use: ConstDirectiveNode): GuardReading {
  const resource = text(argument(use, "resource"));
  if (resource === null || !/^[A-Za-z]\w*$/.test(resource)) {
    return { problem: '@access needs the name of a resource, e.g. @access(resource: "employee")' };
  }
  const action = argument(use, "action");
  const actionName = action === undefined ? Action.READ : text(action);
  if (!isAction(actionName))
    return { problem: `@access has an unknown action; use one of ${Object.values(Action).join(", ")}` };
  const fieldNode = argument(use, "field");
  const field = text(fieldNode);
  if (fieldNode !== undefined && fieldNode.kind !== Kind.NULL && (field === null || !/^[A-Za-z]\w*$/.test(field))) {
    return { problem: '@access needs the name of a field as `field`, e.g. field: "salary"' };
  }
  return { guard: { kind: "ACCESS", resource, action: actionName, field } };
}

function argument(use: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return use.arguments?.find((given) => given.name.value === name)?.value;
}

function text(value: ConstValueNode | undefined): string | null {
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null;
}

function isAction(name: string | null): name is Action {
  return name !== null && Object.hasOwn(Action, name);
}
