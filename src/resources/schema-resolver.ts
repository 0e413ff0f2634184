import type { GraphQLResolveInfo } from "graphql";
import { Args, ArgsType, type ClassType, Ctx, Directive, ID, Info, Int, Mutation, Query, Resolver } from "type-graphql";
import { Action } from "../access/grant";
import type { RequestContext } from "../context";
import { takesJson } from "../kernel/json-text";
import { endAttached } from "./attachment";
import type { Node } from "./read-mapper";
import { type PageRequest, readPage } from "./read-page";
import { readRecord } from "./read-record";
import { pageSelection, recordSelection, type Selection } from "./read-selection";
import type { RecordStep } from "./record-step";
import { fieldNamed, type Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import { declareMembers, type Member, namedClass, optional, required, withArticle } from "./schema-declare";
import { guard } from "./schema-guard";
import { addList, pageMembers } from "./schema-list";
import { typesOf } from "./schema-operators";
import { createInput, updateInput } from "./schema-types";
import type { RecordInput } from "./write-input";
import { createRecord, deleteRecord, stepRecord, updateRecord } from "./write-record";

/** What the queries and mutations of a resource are made of. */
export type ResolverSource = Omit<Resource, "resolver">;

/** One query or mutation; `run` gets the arguments as the class of `args` declares them. */
export interface Operation {
  readonly name: string;
  readonly root: typeof Query;
  readonly action: Action;
  /** The field whose permission it needs; the resource's as a whole when left out. */
  readonly field?: string;
  readonly returns: () => ClassType;
  readonly nullable: boolean;
  readonly description: string;
  /** Those without a guard of their own have the operation's. */
  readonly args: readonly Member[];
  run(resource: Resource, args: OperationArgs, ctx: RequestContext, info: GraphQLResolveInfo): Promise<unknown>;
}

/** Arguments of any of them. */
export interface OperationArgs extends PageRequest {
  readonly [taken: string]: unknown;
  readonly id: string;
  readonly input: RecordInput;
  readonly version?: number | null;
}

/**
 * The type-graphql resolver class of a resource: `employees`, `employee`, `createEmployee`, `updateEmployee`, `deleteEmployee`,
 * and one mutation for each of its steps.
 * Each operation and each of its arguments needs a grant of the operation's action; what is selected and given is guarded by the
 * types, field by field.
 */
export function resolverClass(source: ResolverSource): new () => object {
  const made = namedClass(`${source.typeName}Resolver`) as new () => object;
  for (const operation of [
    ...queriesOf(source),
    ...mutationsOf(source),
    ...source.steps.map((step) => stepOf(source, step)),
  ])
    addOperation(made, source.name, operation);
  for (const list of source.lists) addList(made, source, list);
  Resolver(() => source.objectType)(made);
  return made;
}

/** The queries for a list of records and for one of them. */
export function queriesOf(source: ResolverSource): Operation[] {
  const { name, plural, typeName, objectType, listTypes } = source;
  const shared = { root: Query, action: Action.READ } as const;
  return [
    {
      ...shared,
      name: plural,
      returns: () => listTypes.connection,
      nullable: false,
      description: `Lists ${typeName} records, page by page, in order of creation unless \`sort\` says otherwise.`,
      args: pageMembers(() => listTypes),
      run: (resource, args, ctx, info) => readPage(ctx, resource, args, pageSelection(info, resource), takesJson(info)),
    },
    {
      ...shared,
      name,
      returns: () => objectType,
      nullable: true,
      description: `One ${typeName} by id; null when there is none that you may read.`,
      args: [required("id", () => ID, "Id of the record.")],
      run: (resource, args, ctx, info) => readRecord(ctx, resource, args.id, recordSelection(info, resource)),
    },
  ];
}

function mutationsOf(source: ResolverSource): Operation[] {
  const { typeName, objectType } = source;
  const [create, update] = [createInput(source), updateInput(source)];
  const shared = { root: Mutation, returns: () => objectType, nullable: false } as const;
  const id = required("id", () => ID, "Id of the record.");
  return [
    {
      ...shared,
      name: `create${typeName}`,
      action: Action.CREATE,
      description: `Makes ${withArticle(typeName)} and returns it.`,
      args: [required("input", () => create, "Values of the new record.")],
      run: (resource, args, ctx, info) => createWhole(resource, args.input, ctx, recordSelection(info, resource)),
    },
    {
      ...shared,
      name: `update${typeName}`,
      action: Action.UPDATE,
      description: `Changes ${withArticle(typeName)} and returns it as it is then.`,
      args: [id, required("input", () => update, "What to change.")],
      run: (resource, args, ctx, info) =>
        updateRecord(ctx, resource, args.id, args.input, recordSelection(info, resource)),
    },
    {
      ...shared,
      name: `delete${typeName}`,
      action: Action.DELETE,
      description: `Deletes ${withArticle(typeName)} and returns it as it was. Answers CONFLICT while other records refer to it.`,
      args: [
        id,
        optional("version", () => Int, "The version that was read: answers CONFLICT when it has changed since."),
      ],
      run: (resource, args, ctx, info) =>
        deleteRecord(ctx, resource, args.id, args.version, recordSelection(info, resource)),
    },
  ];
}

async function createWhole(
  resource: Resource,
  input: RecordInput,
  ctx: RequestContext,
  selection: Selection,
): Promise<Node> {
  const attached = await resource.attachment?.receive(ctx, input);
  if (attached === undefined) return createRecord(ctx, resource, input, selection);
  return endAttached(attached, () => createRecord(ctx, resource, input, selection, attached));
}

function stepOf(source: ResolverSource, step: RecordStep): Operation {
  const { name, typeName, objectType } = source;
  const taken = (step.takes ?? []).map((field): Member => {
    const found = fieldNamed(source, field);
    if (found === undefined) throw new Error(`${name} has no field ${field} for ${step.verb}`);
    return { ...optional(field, typesOf(found).type, found.description), guard: guard(name, Action.UPDATE, field) };
  });
  return {
    name: `${step.verb}${typeName}`,
    root: Mutation,
    action: Action.UPDATE,
    field: step.field,
    returns: () => objectType,
    nullable: false,
    description: step.description,
    args: [
      required("id", () => ID, "Id of the record."),
      ...taken,
      optional("version", () => Int, "The version that was read: answers CONFLICT when it has changed since."),
    ],
    run: (resource, args, ctx, info) => stepRecord(ctx, resource, step, args, recordSelection(info, resource)),
  };
}

/** What `@Query() @Directive() name(@Args() args, @Ctx() ctx, @Info() info)` does on a written class. */
function addOperation(made: new () => object, resourceName: string, operation: Operation): void {
  const { name, root, returns, nullable, description } = operation;
  const needs = guard(resourceName, operation.action, operation.field);
  const args = namedClass(`${name}Args`);
  declareMembers(
    args,
    operation.args.map((arg) => ({ guard: needs, ...arg })),
  );
  ArgsType()(args);

  const prototype = made.prototype as Record<string, unknown>;
  const handler = (given: OperationArgs, ctx: RequestContext, info: GraphQLResolveInfo): Promise<unknown> =>
    operation.run(resourceNamed(resourceName), given, ctx, info);
  prototype[name] = handler;
  const descriptor = { value: handler };
  root(returns, { nullable, description })(prototype, name, descriptor);
  Directive(needs)(prototype, name, descriptor);
  Args(() => args)(prototype, name, 0);
  Ctx()(prototype, name, 1);
  Info()(prototype, name, 2);
}
